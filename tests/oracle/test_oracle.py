"""prewarm --model against the models' own classes, at every split."""
import json

import cases
import classes
import program
import pytest
import split

FAMILIES = """llama mistral mixtral qwen2 qwen3 qwen3_moe qwen3_next qwen3_5_moe_text llama4_text gemma3_text gemma4_text
    deepseek_v3 deepseek_v32 deepseek_v4 kimi_k2 glm4_moe glm_moe_dsa gpt_oss nemotron_h minimax_m2 phi3"""


@pytest.mark.parametrize("case", cases.all_cases(), ids=cases.label)
def test_the_plan_is_what_the_models_class_needs(case, tmp_path):
    model = cases.Model(case, tmp_path)
    for tp in model.tps:
        for fmt in model.formats:
            check(model, fmt, split.Parallel(tp))
            if model.has_experts and tp > 1:
                check(model, fmt, split.Parallel(tp, ep=tp))


def check(model, fmt, parallel):
    code, stdout = program.run(model.folder, parallel, fmt)
    wanted = model.needed(fmt, parallel)
    if model.refuses(parallel.tp) or not (wanted["k"] or wanted["unaligned"]):
        assert (code, stdout) == (3, ""), parallel
        return
    assert code == (1 if wanted["unaligned"] else 0), parallel
    assert program.differences(program.answer(stdout), wanted) == [], parallel


def test_no_family_is_left_out():
    texts = (classes.text_config(json.loads(case.path.read_text())) for case in cases.all_cases())
    assert {text["model_type"] for text in texts} == set(FAMILIES.split())
