"""The oracle itself: it says of the published models what expected.json, which was made by other means, says."""
import json

import classes
import conftest
import metadata
import pytest
import split

MODELS = conftest.SOURCE / "tests/golden/models"
EXPECTED = json.loads((MODELS / "expected.json").read_text())["models"]


@pytest.mark.parametrize("model", EXPECTED)
def test_the_oracle_agrees_with_expected_json(model):
    found = classes.linears(classes.build(json.loads((MODELS / model / "config.json").read_text()))[0])
    source = metadata.source(MODELS / model)
    for fmt, by_tp in EXPECTED[model]["formats"].items():
        format_of = metadata.reader(source) if source else lambda _: fmt
        for tp, facts in by_tp.items():
            absent = {"unaligned": {}, "pad32": {}, "k_ep": facts["k"]}
            assert wanted(found, format_of, int(tp), fmt) == {**absent, **bare(facts)}


def wanted(found, format_of, tp, fmt):
    answer = split.needed(found, format_of, split.Parallel(tp))
    spread = split.needed(found, format_of, split.Parallel(tp, ep=tp))
    return {
        "k": sorted(answer["k"][fmt]),
        "silu_mul_k": sorted(answer["silu_mul_k"].get(fmt, ())),
        "unaligned": {k: sorted(modules) for (_, k), modules in answer["unaligned"].items()},
        "pad32": {k: sorted(modules) for k, modules in answer["pad32"].items()},
        "k_ep": sorted(spread["k"][fmt]),
    }


def bare(facts):
    return {key: value for key, value in facts.items() if key != "from"}
