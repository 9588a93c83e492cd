"""prewarm, stats, seal and record without a GPU: what is planned for modules, specs and paths, and what is compiled."""

import json
import os
import subprocess
import sys

import pytest
import torch

import fp4jit
import fp4jit.torch as ft
from fp4jit.cli import program_path

MODEL = os.path.join(os.environ["FP4JIT_SOURCE_DIR"], "examples", "models", "Llama-3.3-70B-Instruct-NVFP4")
SPEC = "nvfp4_quantize[k=64,in=bf16,layout=128x4]@sm_100a"


@pytest.fixture(scope="module", autouse=True)
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    ft.configure(cache_dir=folder, record=folder / "trace")
    return folder


def test_specs_are_compiled_once_and_then_found():
    before = ft.stats()
    assert ft.prewarm([SPEC, SPEC], "cpu", target="sm_100a") == [SPEC]
    assert ft.stats()["compiles"] == before["compiles"] + 1
    assert ft.prewarm(SPEC, "cpu", target="sm_100a") == [SPEC]
    after = ft.stats()
    assert after["compiles"] == before["compiles"] + 1 and not after["driver_opened"]


def test_without_a_target_a_cpu_needs_nothing(monkeypatch):
    before = ft.stats()
    assert ft.prewarm(torch.nn.Linear(64, 8), "cpu") == ["nvfp4_quantize[k=64,in=f32,layout=128x4]@sm_90"]
    assert ft.stats() == before


def test_a_module_s_linear_layers_by_their_weights():
    model = torch.nn.Sequential(torch.nn.Linear(96, 64).half(), torch.nn.ReLU(), torch.nn.Linear(64, 32).bfloat16())
    texts = ft.prewarm(model, "cpu", format="mxfp8", sf_layout="linear", numerics="exact", pdl=2)
    assert texts == [
        "mxfp8_quantize[k=96,in=f16,layout=linear,numerics=exact,pdl=2]@sm_90",
        "mxfp8_quantize[k=64,in=bf16,layout=linear,numerics=exact,pdl=2]@sm_90",
    ]


def test_a_width_that_cannot_be_quantised_is_named():
    model = torch.nn.ModuleDict({"cut": torch.nn.Linear(232, 64), "whole": torch.nn.Linear(64, 8)})
    with pytest.warns(UserWarning, match="cut cannot be quantised: k=232 is no multiple of 16"):
        assert len(ft.prewarm(model, "cpu")) == 1


@pytest.mark.parametrize("path", [MODEL, os.path.join(MODEL, "config.json")])
def test_a_checkpoint_is_planned_by_the_program(path):
    texts = ft.prewarm(path, "cpu", tp=8, target="sm_100a")
    assert texts == [f"nvfp4_quantize[k={k},in=bf16,layout=128x4,pdl=1]@sm_100a" for k in (1024, 3584, 8192)]


def test_a_plan_and_a_trace_say_what_to_prepare(store, tmp_path):
    plan = tmp_path / "plan.json"
    command = [program_path(), "prewarm", "--model", MODEL, "--tp", "8", "--target", "sm_100a", "--dry-run"]
    subprocess.run([*command, "--plan", plan], check=True, capture_output=True)
    assert len(ft.prewarm(plan, "cpu")) == 3
    ft.prewarm(SPEC, "cpu", target="sm_100a")
    ft.drain()
    code = f"""
import fp4jit.torch as ft
from fp4jit.cli import program_path
ft.configure(cache_dir={str(tmp_path)!r}, record={str(tmp_path / "trace")!r})
ft.prewarm({SPEC!r}, "cpu", target="sm_100a")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert ft.prewarm(tmp_path / "trace", "cpu") == [SPEC]


def test_what_cannot_be_planned_says_why(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["NobodyKnows"]}))
    with pytest.raises(fp4jit.Error, match="quantisation|NobodyKnows"):
        ft.prewarm(tmp_path, "cpu")
    with pytest.raises(fp4jit.Error, match="nowhere"):
        ft.prewarm(tmp_path / "nowhere", "cpu")


@pytest.mark.parametrize(
    "arguments, error, text",
    [
        ({"what": "nvfp4_quantize[k=40,in=bf16,layout=128x4]@sm_100a"}, fp4jit.InvalidSpec, "k must be a multiple of 16"),
        ({"what": "nvfp4_quantise[k=64,in=bf16,layout=128x4]@sm_100a"}, fp4jit.InvalidSpec, "quantise"),
        ({"what": SPEC, "device": "meta"}, fp4jit.Unsupported, "CUDA device or the CPU; it is meta"),
        ({"what": torch.nn.Linear(64, 8), "tp": 2}, ValueError, "tp must be 1 for a module"),
        ({"what": torch.nn.Linear(64, 8), "format": "nvfp5"}, ValueError, "did you mean 'nvfp4'"),
        ({"what": torch.nn.Linear(64, 8), "sf_layout": "128x5"}, ValueError, "128x4"),
        ({"what": torch.nn.Linear(64, 8), "dtype": torch.int8}, TypeError, "int8"),
        ({"what": 5}, TypeError, "what must be"),
        ({"what": [SPEC, 5]}, TypeError, "it has a int"),
        ({"what": SPEC, "numerics": "exakt"}, ValueError, "did you mean 'exact'"),
    ],
)
def test_bad_input_is_named(arguments, error, text):
    with pytest.raises(error, match=text):
        ft.prewarm(**{"device": "cpu", **arguments})


def test_configure_comes_before_the_first_use():
    ft.stats()
    with pytest.raises(fp4jit.InvalidArgument, match="configure\\(\\) belongs before the first prewarm"):
        ft.configure(cache_dir="elsewhere")


@pytest.mark.parametrize("target, pdl", [("sm_80", 0), ("sm_89", 0), ("sm_90", 1), ("sm_100a", 1), ("sm_120f", 1)])
def test_ahead_of_time_pdl_is_what_a_device_of_the_target_will_have(target, pdl):
    (text,) = ft.prewarm(torch.nn.Linear(64, 8, dtype=torch.bfloat16), "cpu", target=target)
    assert text == f"nvfp4_quantize[k=64,in=bf16,layout=128x4{',pdl=1' if pdl else ''}]@{target}"


def test_of_sealed_blocks_that_overlap_the_strictest_holds():
    inner, outer = ft.sealed("soft"), ft.sealed("hard")
    missing = "nvfp4_quantize[k=112,in=bf16,layout=128x4]@sm_100a"
    outer.__enter__()
    inner.__enter__()
    with pytest.raises(fp4jit.Sealed, match="nothing is read"):
        ft.prewarm(missing, "cpu", target="sm_100a")
    outer.__exit__(None, None, None)  # as on two threads: the first to begin ends first
    with pytest.raises(fp4jit.Sealed, match="not in the store"):
        ft.prewarm(missing, "cpu", target="sm_100a")
    inner.__exit__(None, None, None)
    ft.prewarm(missing, "cpu", target="sm_100a")


def test_seal_modes_have_names():
    with pytest.raises(fp4jit.InvalidArgument, match="seal mode must be one of off, soft, hard; it is 'hart'; did you mean"):
        ft.seal("hart")
    with ft.sealed("soft"):
        with pytest.raises(fp4jit.Sealed, match="fp4jit prewarm"):
            ft.prewarm("nvfp4_quantize[k=80,in=bf16,layout=128x4]@sm_100a", "cpu", target="sm_100a")
    ft.prewarm("nvfp4_quantize[k=80,in=bf16,layout=128x4]@sm_100a", "cpu", target="sm_100a")
