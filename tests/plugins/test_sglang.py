"""SGLang's plugin under SGLang's protocol: what it hooks, what the hooks return, what is prepared and when."""

import importlib
from types import SimpleNamespace

import pytest
import torch
from engine_host import (
    compiles_without_break,
    forget,
    is_mxfp8_of,
    messages,
    prewarmed,
    printed_by_two_processes,
    process_of,
    random_matrix,
    same_bytes,
)

import fp4jit.torch as ft

FP4 = "layers.quantization.fp4_utils"
FP8 = "layers.quantization.fp8_utils"
RUNNER = "model_executor.model_runner"
SCALE = torch.tensor([3.5])


@pytest.fixture
def srt(monkeypatch, tmp_path):
    with process_of("sglang", monkeypatch, tmp_path / "metadata") as module:
        yield lambda name: module(f"srt.{name}")


@pytest.fixture
def loaded(srt):
    srt("plugins").load_plugins()
    return srt


def functions(srt) -> list:
    return [srt(FP4).fp4_quantize, srt(FP8).flashinfer_mxfp8_quantize, srt(RUNNER).ModelRunner.load_model]


def load_again(srt):
    srt("plugins")._plugins_loaded = False
    srt("plugins").load_plugins()


def test_each_hook_is_registered_once_however_often_it_is_loaded(srt, caplog):
    before = functions(srt)
    srt("plugins").load_plugins()
    after = functions(srt)
    load_again(srt)
    assert functions(srt) == after and not set(after) & set(before) and not messages(caplog)
    registry = srt("plugins.hook_registry").HookRegistry
    assert sorted((target, len(hooks)) for target, hooks in registry._hooks.items()) == [
        ("sglang.srt.layers.quantization.fp4_utils.fp4_quantize", 1),
        ("sglang.srt.layers.quantization.fp8_utils.flashinfer_mxfp8_quantize", 1),
        ("sglang.srt.model_executor.model_runner.ModelRunner.load_model", 1),
    ]


def test_names_copied_before_are_hooked_too(srt):
    copied = srt("layers.quantization.modelopt_quant")
    srt("plugins").load_plugins()
    assert copied.fp4_quantize is srt(FP4).fp4_quantize


def test_an_allow_list_without_it_leaves_sglang_as_it_is(srt, monkeypatch):
    monkeypatch.setenv("SGLANG_PLUGINS", "another")
    before = functions(srt)
    srt("plugins").load_plugins()
    assert functions(srt) == before


@pytest.mark.parametrize(
    "arguments,expected",
    [
        ({"global_scale": SCALE}, {"format": "nvfp4"}),
        ({"global_scale": SCALE, "is_sf_swizzled_layout": False}, {"format": "nvfp4", "sf_layout": "linear"}),
        ({"global_scale": SCALE, "is_sf_8x4_layout": True}, {"format": "nvfp4", "sf_layout": "8x4"}),
        ({"global_scale": SCALE, "enable_pdl": True}, {"format": "nvfp4"}),
        ({"sf_vec_size": 32, "sf_use_ue8m0": True}, {"format": "mxfp4"}),
        ({"global_scale": SCALE, "sf_vec_size": 32, "sf_use_ue8m0": True}, {"format": "mxfp4"}),
    ],
)
def test_fp4_has_the_bytes_of_quantize(loaded, arguments, expected):
    x = random_matrix(5, 96)
    scale = SCALE if expected["format"] == "nvfp4" else None
    assert same_bytes(loaded(FP4).fp4_quantize(x, **arguments), ft.quantize(x, scale, **expected))


@pytest.mark.parametrize(
    "x,arguments",
    [
        (random_matrix(5, 96), {"sf_use_ue8m0": True}),
        (random_matrix(96, 5).t(), {}),
        (random_matrix(5, 96).to(torch.float8_e4m3fn), {}),
    ],
)
def test_what_fp4jit_does_not_serve_stays_sglang_s(loaded, x, arguments):
    data, sf = loaded(FP4).fp4_quantize(x, SCALE, **arguments)
    assert data.shape == sf.shape == (1,)


@pytest.mark.parametrize("swizzled,alignment,k_out", [(True, 32, 96), (False, 32, 96), (False, 128, 128)])
def test_mxfp8_has_the_bytes_of_quantize(loaded, swizzled, alignment, k_out):
    x = random_matrix(6, 96)
    result = loaded(FP8).flashinfer_mxfp8_quantize(x.view(2, 3, 96), swizzled, alignment=alignment)
    assert result[1].ndim == 1 and is_mxfp8_of(result, x, "128x4" if swizzled else "linear", k_out)


def test_a_compiled_model_has_no_break(loaded):
    fp4, fp8 = loaded(FP4), loaded(FP8)

    def forward(x):
        return (
            *fp4.fp4_quantize(x, SCALE),
            *fp4.fp4_quantize(x, SCALE, is_sf_swizzled_layout=False),
            *fp8.flashinfer_mxfp8_quantize(x, is_sf_swizzled_layout=True, alignment=32),
        )

    assert compiles_without_break(forward)


def linear(k: int, **names: object) -> torch.nn.Module:
    """A layer as SGLang makes it; a value is the class's name, or that and the attributes of an object of it."""
    layer = torch.nn.Module()
    layer.input_size = k
    for attribute, value in names.items():
        name, members = value if isinstance(value, tuple) else (value, {})
        setattr(layer, attribute, type(name, (), members)())
    return layer


def model() -> torch.nn.Module:
    row_parallel = linear(1024, quant_method=("ModelOptFp4LinearMethod", {"quant_mode": "w4a4"}))
    row_parallel.input_size_per_partition = 128
    layers = [
        row_parallel,
        linear(64, quant_method=("ModelOptFp4LinearMethod", {"quant_mode": "w4a4"})),
        linear(64, quant_method="CompressedTensorsLinearMethod", scheme="CompressedTensorsW4A4Fp4"),
        linear(96, quant_method=("Fp8LinearMethod", {"w8a8_mxfp8_linear": print})),
        linear(256, quant_method=("Fp8LinearMethod", {"w8a8_mxfp8_linear": None})),
        linear(256, quant_method=("ModelOptFp4LinearMethod", {"quant_mode": "w4a16"})),
        linear(72, quant_method=("ModelOptFp4LinearMethod", {"quant_mode": "w4a4"})),
        torch.nn.Linear(512, 8),
    ]
    return torch.nn.Sequential(*layers)


SPECS = [
    "nvfp4_quantize[k=128,in=f16,layout=128x4]@sm_90",
    "nvfp4_quantize[k=64,in=f16,layout=128x4]@sm_90",
    "mxfp8_quantize[k=96,in=f16,layout=128x4]@sm_90",
]


def test_the_kernels_are_prepared_once_after_the_weights(loaded, monkeypatch):
    runner = loaded(RUNNER).ModelRunner(model(), torch.float16)
    asked = prewarmed(monkeypatch, runner.load_model, lambda: runner.model is runner.unloaded)
    assert asked == [(SPECS, torch.device("cpu"))]


def test_the_device_is_this_rank_s(loaded, monkeypatch):
    asked = []
    monkeypatch.setattr(importlib.import_module("fp4jit.engines.sglang"), "prewarm_calls", lambda *a: asked.append(a))
    runner = loaded(RUNNER).ModelRunner(torch.nn.Linear(64, 8), torch.bfloat16)
    runner.device, runner.gpu_id = "cuda", 3
    runner.load_model()
    assert asked == [([], torch.bfloat16, torch.device("cuda", 3))]


def test_another_sglang_is_left_as_it_is_with_one_warning(srt, caplog):
    srt(FP4).fp4_quantize = None
    del srt(RUNNER).ModelRunner.load_model
    before = srt(FP8).flashinfer_mxfp8_quantize
    srt("plugins").load_plugins()
    load_again(srt)
    assert srt(FP4).fp4_quantize is None and srt(FP8).flashinfer_mxfp8_quantize is before
    (message,) = messages(caplog)
    assert "fp4_utils:fp4_quantize is None, no function" in message
    assert "model_runner:ModelRunner.load_model is missing" in message and "knows sglang 0.5.23" in message


def test_a_changed_default_of_the_op_is_another_signature(srt, caplog):
    def other(
        input: torch.Tensor,
        global_scale: torch.Tensor | None = None,
        sf_vec_size: int = 32,
        sf_use_ue8m0: bool = False,
        is_sf_swizzled_layout: bool = True,
        is_sf_8x4_layout: bool = False,
        enable_pdl: bool | None = None,
    ) -> torch.Tensor:
        return input.clone()

    srt(FP4).fp4_quantize = torch.library.custom_op("sglang::other", other, mutates_args=())
    srt("plugins").load_plugins()
    (message,) = messages(caplog)
    assert "takes (input, global_scale=None, sf_vec_size=32" in message


@pytest.mark.parametrize("is_blackwell,has_flashinfer", [(False, True), (True, False)])
def test_where_sglang_defines_no_mxfp8_it_is_not_asked_for(srt, caplog, is_blackwell, has_flashinfer):
    platform = SimpleNamespace(is_blackwell=is_blackwell, has_flashinfer=has_flashinfer)
    srt("runtime_context").get_platform = lambda: platform
    del srt(FP8).flashinfer_mxfp8_quantize
    before = srt(FP4).fp4_quantize
    srt("plugins").load_plugins()
    assert srt(FP4).fp4_quantize is not before and not messages(caplog)


def test_without_sglang_the_entry_point_does_nothing(caplog):
    forget("sglang")
    importlib.import_module("fp4jit.engines.sglang").register()
    assert not messages(caplog)


def test_an_sglang_that_cannot_be_asked_is_left(srt, caplog):
    srt("runtime_context").get_platform = lambda: 1 // 0
    before = functions(srt)
    srt("plugins").load_plugins()
    assert functions(srt) == before and messages(caplog) == ["fp4jit leaves sglang as it is"]


def test_every_process_loads_it_and_none_starts_cuda(tmp_path):
    code = "import sglang.srt.plugins as p; p.load_plugins(); p._plugins_loaded = False; p.load_plugins()"
    swapped = "len(p.HookRegistry._patched)"
    printed = printed_by_two_processes("sglang", tmp_path, code, swapped)
    assert printed == ["swapped 3\n"] * 2
