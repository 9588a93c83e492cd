"""prewarm --model against the models' own classes, at every split."""
import cases
import program
import pytest
import split


@pytest.mark.parametrize("case", cases.all_cases(), ids=lambda case: case.name)
def test_the_plan_is_what_the_models_class_needs(case, tmp_path):
    model = cases.Model(case, tmp_path)
    for tp in model.tps:
        for fmt in model.formats:
            check(model, fmt, split.Parallel(tp))
            if model.has_experts and tp > 1:
                check(model, fmt, split.Parallel(tp, ep=tp))


def check(model, fmt, parallel):
    code, stdout = program.run(model.folder, parallel, fmt)
    if model.refuses(parallel.tp):
        assert (code, stdout) == (3, ""), parallel
        return
    wanted = model.needed(fmt, parallel)
    if not wanted["k"] and not wanted["unaligned"]:
        assert (code, stdout) == (3, ""), parallel
        return
    assert code == (1 if wanted["unaligned"] else 0), parallel
    assert (parallel, program.answer(stdout)) == (parallel, wanted)
