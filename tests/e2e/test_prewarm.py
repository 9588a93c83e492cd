"""prewarm: what it compiles, what it tells, and the exit codes."""
import json
import os
import subprocess

import pytest
from program import MODELS, NOWHERE, SPEC, config_of, spec_of

EXPECTED = json.loads((MODELS / "expected.json").read_text())["models"]
TARGET = ("--target", "sm_100a")


def cases():
    return [(model, fmt, tp) for model, facts in EXPECTED.items() for fmt in facts["formats"] for tp in facts["formats"][fmt]]


@pytest.mark.parametrize("model, fmt, tp", cases())
def test_a_models_widths_are_those_of_expected_json(fp4jit, model, fmt, tp):
    named = ["--format", fmt] if EXPECTED[model]["quant_source"].startswith("none") else []
    expected = EXPECTED[model]["formats"][fmt][tp]
    unaligned = expected.get("unaligned", {})
    answer = fp4jit.json(
        "prewarm", "--model", MODELS / model, "--tp", tp, *TARGET, "--dry-run", *named, code=1 if unaligned else 0
    )  # fmt: skip
    assert [spec["spec"] for spec in answer["specs"]] == [spec_of(k, fmt) for k in expected["k"]]
    assert {spec["status"] for spec in answer["specs"]} == {"planned"}
    assert {str(item["k"]): item["from"] for item in answer["model"]["needed"]} == expected["from"]
    assert {str(item["k"]) for item in answer["unaligned"]} == set(unaligned)
    assert not fp4jit.cache.exists()


def test_a_model_is_compiled_once_and_found_ever_after(fp4jit):
    command = ("prewarm", "--model", MODELS / "Llama-3.3-70B-Instruct-NVFP4", "--tp", "8", *TARGET)
    first = fp4jit.json(*command)
    assert (first["compiled"], first["cached"], first["failed"]) == (3, 0, 0)
    assert first["store"] == str(fp4jit.cache)
    for spec in first["specs"]:
        assert spec["status"] == "compiled" and spec["error"] == "" and spec["ms"] > 0 and spec["bytes"] > 1000
    before = {path: path.read_bytes() for path in fp4jit.records()}
    second = fp4jit.json(*command)
    assert (second["compiled"], second["cached"], second["failed"]) == (0, 3, 0)
    assert [spec["bytes"] for spec in second["specs"]] == [spec["bytes"] for spec in first["specs"]]
    assert {path: path.read_bytes() for path in fp4jit.records()} == before and len(before) == 3


def test_lines_say_what_was_done_and_quiet_says_nothing(fp4jit):
    first = fp4jit.run("prewarm", "--spec", SPEC)
    assert first.returncode == 0 and SPEC in first.stdout and "compiled 1, cached 0, failed 0" in first.stdout
    assert "cached 1" in fp4jit.run("prewarm", "--spec", SPEC).stdout
    quiet = fp4jit.run("prewarm", "--spec", SPEC, "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_axes_are_every_combination_and_have_the_texts_defaults(fp4jit):
    answer = fp4jit.json("prewarm", "--format", "nvfp4", "--k", "4096", *TARGET, "--dry-run")
    assert [spec["spec"] for spec in answer["specs"]] == [SPEC]
    answer = fp4jit.json(
        "prewarm", "--op", "quantize", "--format", "nvfp4,mxfp8", "--k", "4096,7168", "--in", "bf16,f16", "--sf-layout",
        "linear,8x4", "--pdl", "0,1", "--numerics", "exact,trtllm", "--target", "sm_90,sm_100f", "--dry-run",
    )  # fmt: skip
    texts = [spec["spec"] for spec in answer["specs"]]
    assert len(set(texts)) == 2**7
    assert "mxfp8_quantize[k=7168,in=f16,layout=8x4,numerics=exact,pdl=1]@sm_100f" in texts


def test_k_out_and_run_time_k_are_specs_too(fp4jit):
    padded = fp4jit.json("prewarm", "--format", "nvfp4", "--k", "464", "--k-out", "480", *TARGET)
    assert padded["specs"][0]["spec"] == "nvfp4_quantize[k=464,k_out=480,in=bf16,layout=128x4]@sm_100a"
    any_k = fp4jit.json("prewarm", "--format", "mxfp4", "--k", "0", *TARGET)
    assert any_k["specs"][0]["spec"] == "mxfp4_quantize[k=0,in=bf16,layout=128x4]@sm_100a"


def test_equal_specs_are_compiled_once(fp4jit):
    other_order = "nvfp4_quantize[layout=128x4,in=bf16,k=4096,sf_vec_size=16]@sm_100a"
    assert len(fp4jit.prewarm(SPEC, other_order)["specs"]) == 1


def test_the_configs_dtype_is_the_input_unless_another_is_named(fp4jit, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(config_of("Llama-3.1-8B-Instruct") | {"torch_dtype": "float16"}))
    command = ("prewarm", "--model", tmp_path / "config.json", "--format", "nvfp4", *TARGET, "--dry-run")
    assert "in=f16" in fp4jit.json(*command)["specs"][0]["spec"]
    assert "in=f32" in fp4jit.json(*command, "--in", "f32")["specs"][0]["spec"]


def test_unaligned_modules_are_told_and_stop_nothing(fp4jit, tmp_path):
    config = config_of("Llama-3.1-8B-Instruct")
    for width, k in ((1856, 232), (14337, "14337/8")):
        (tmp_path / "config.json").write_text(json.dumps(config | {"intermediate_size": width}))
        answer = fp4jit.json("prewarm", "--model", tmp_path, "--format", "nvfp4", "--tp", "8", *TARGET, code=1)
        (unaligned,) = answer["unaligned"]
        assert (unaligned["module"], unaligned["k"]) == ("model.layers.*.mlp.down_proj", k)
        assert str(width) in unaligned["reason"] or "232 = 14.5 blocks" in unaligned["reason"]
        assert [spec["spec"] for spec in answer["specs"]] == [spec_of(512), spec_of(4096)]
        assert answer["failed"] == 0


def test_settings_that_mean_nothing_are_refused(fp4jit):
    fp4jit.refused(2, "prewarm", "--spec", SPEC, says="FP4JIT_ARTIFACT must be cubin or ptx", env={"FP4JIT_ARTIFACT": "elf"})
    fp4jit.refused(2, "list", says="FP4JIT_LOG must be one of", env={"FP4JIT_LOG": "loud"})


def test_ptx_and_cubin_stand_side_by_side(fp4jit):
    fp4jit.prewarm(SPEC)
    fp4jit.prewarm(SPEC, env={"FP4JIT_ARTIFACT": "ptx"})
    assert sorted(record["kind"] for record in fp4jit.json("list")["records"]) == ["cubin", "ptx"]


def test_artifact_beats_the_environment(fp4jit):
    for env in ({}, {"FP4JIT_ARTIFACT": "cubin"}, {"FP4JIT_ARTIFACT": "elf"}):
        fp4jit.json("prewarm", "--spec", SPEC, "--artifact", "ptx", env=env)
        assert [record["kind"] for record in fp4jit.json("list")["records"]] == ["ptx"]
    assert fp4jit.json("prewarm", "--spec", SPEC, "--artifact", "cubin", env={"FP4JIT_ARTIFACT": "ptx"})["compiled"] == 1
    assert sorted(record["kind"] for record in fp4jit.json("list")["records"]) == ["cubin", "ptx"]


def test_a_spec_without_target_takes_those_of_the_flag(fp4jit):
    text = SPEC.split("@")[0]
    answer = fp4jit.json("prewarm", "--spec", text, text, "--target", "sm_90,compute_120a")
    assert [spec["spec"] for spec in answer["specs"]] == [f"{text}@sm_90", f"{text}@compute_120a"]
    fp4jit.refused(2, "prewarm", "--spec", text, says=["expected FORMAT_OP", "--target"])
    fp4jit.refused(2, "prewarm", "--spec", text, SPEC, "--target", "sm_90", says=[f"'{SPEC}'", "leave out that, or --target"])
    fp4jit.refused(3, "prewarm", "--spec", text, "--target", "native", says=["native", "libcuda"])


def test_native_asks_the_driver(fp4jit):
    fp4jit.refused(
        3, "prewarm", "--format", "nvfp4", "--k", "4096", "--target", "native", says=["native", "--target sm_100a", "libcuda"]
    )


def test_jobs_compile_the_same_bytes(fp4jit, tmp_path):
    specs = [spec_of(k) for k in (16, 32, 48, 64)]
    fp4jit.prewarm(*specs)
    before = {path.name: path.read_bytes() for path in fp4jit.records()}
    other = {"FP4JIT_CACHE_DIR": str(tmp_path / "other")}
    assert fp4jit.json("prewarm", "--spec", *specs, "--jobs", "4", env=other)["compiled"] == 4
    assert {path.name: path.read_bytes() for path in (tmp_path / "other").glob("objects/*/*.rec")} == before


def test_cache_dir_beats_the_environment(fp4jit, tmp_path):
    answer = fp4jit.json("prewarm", "--spec", SPEC, "--cache-dir", tmp_path / "mine")
    assert answer["store"] == str(tmp_path / "mine") and not fp4jit.cache.exists()
    assert len(fp4jit.json("list", "--cache-dir", tmp_path / "mine")["records"]) == 1


def test_without_nvrtc_a_warm_store_serves_and_a_miss_says_where_it_looked(fp4jit):
    gone = {"FP4JIT_NVRTC": NOWHERE}
    fp4jit.prewarm(SPEC)
    assert fp4jit.prewarm(SPEC, env=gone)["cached"] == 1
    fp4jit.refused(3, "prewarm", "--spec", spec_of(7168), says=[NOWHERE, "nvidia-cuda-nvrtc"], env=gone)
    mixed = fp4jit.json("prewarm", "--spec", SPEC, spec_of(7168), code=1, env=gone)
    assert (mixed["cached"], mixed["failed"]) == (1, 1) and NOWHERE in mixed["specs"][1]["error"]


def test_the_command_that_an_error_names_can_be_pasted_into_a_shell(fp4jit, tmp_path):
    env = fp4jit.env | {"FP4JIT_CACHE_DIR": str(tmp_path / "it's a $HOME"), "FP4JIT_ARTIFACT": "ptx"}
    refused = fp4jit.run("prewarm", "--spec", SPEC, env=env | {"FP4JIT_NVRTC": NOWHERE}).stderr
    command = refused.rstrip().splitlines()[-1].partition("run: ")[2]
    assert command.startswith("fp4jit prewarm ") and "--artifact ptx" in command, refused
    path = {"PATH": f"{os.path.dirname(fp4jit.binary)}:{os.environ['PATH']}"}
    subprocess.run(["sh", "-c", command], env=fp4jit.env | path, check=True, capture_output=True, timeout=300)
    assert not fp4jit.cache.exists()
    assert fp4jit.prewarm(SPEC, env=env | {"FP4JIT_NVRTC": NOWHERE})["cached"] == 1
