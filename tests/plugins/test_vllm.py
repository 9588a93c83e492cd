"""vLLM's plugin under vLLM's protocol: what it replaces, what the replacements return, what is prepared and when."""

import functools
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
from fp4jit.torch import preparation

MXFP8_UTILS = "model_executor.layers.quantization.utils.mxfp8_utils"
LOADER_UTILS = "model_executor.model_loader.utils"
SCALE = torch.tensor([3.5])


@pytest.fixture
def vllm(monkeypatch, tmp_path):
    with process_of("vllm", monkeypatch, tmp_path / "metadata") as module:
        yield module


@pytest.fixture
def loaded(vllm):
    vllm("plugins").load_general_plugins()
    return vllm


def is_ours(function) -> bool:
    return isinstance(function, functools.partial) and function.func.__module__ == "fp4jit.engines.vllm"


def places(module) -> list:
    return [
        module("_custom_ops").scaled_fp4_quant,
        module(MXFP8_UTILS).mxfp8_e4m3_quantize,
        module("utils.flashinfer").flashinfer_mxfp4_quantize,
        module("utils.flashinfer").flashinfer_mxfp8_quantize_8x4,
        module(LOADER_UTILS).process_weights_after_loading,
    ]


def test_everything_is_replaced_once_however_often_it_is_loaded(vllm, caplog):
    original = vllm("_custom_ops").scaled_fp4_quant
    vllm("plugins").load_general_plugins()
    first = places(vllm)
    assert all(map(is_ours, first)) and first[0].args == (original,)
    vllm("plugins").plugins_loaded = False
    vllm("plugins").load_general_plugins()
    assert places(vllm) == first and not messages(caplog)


def test_names_copied_before_and_after_are_replaced_too(vllm):
    before = vllm("model_executor.model_loader.base_loader")
    vllm("plugins").load_general_plugins()
    assert is_ours(before.process_weights_after_loading)
    namespace = {}
    exec("from vllm._custom_ops import scaled_fp4_quant", namespace)
    assert is_ours(namespace["scaled_fp4_quant"])


def test_an_allow_list_without_it_leaves_vllm_as_it_is(vllm, monkeypatch):
    monkeypatch.setenv("VLLM_PLUGINS", "another")
    vllm("plugins").load_general_plugins()
    assert not any(map(is_ours, places(vllm)))


@pytest.mark.parametrize(
    "m,arguments,expected",
    [
        (3, {}, {}),
        (3, {"is_sf_swizzled_layout": False}, {"sf_layout": "linear"}),
        (3, {"backend": "cutlass", "padded_n": 96}, {"k_out": 96}),
        (3, {"backend": "cutlass", "padded_n": 80}, {}),
        (32, {"backend": "flashinfer-trtllm"}, {"sf_layout": "8x4"}),
        (33, {"backend": "flashinfer-trtllm"}, {}),
    ],
)
def test_nvfp4_has_the_bytes_of_quantize(loaded, m, arguments, expected):
    x = random_matrix(m, 80)
    results = loaded("_custom_ops").scaled_fp4_quant(x, SCALE, **arguments)
    assert results[0].dtype == torch.uint8 and results[1].dtype == torch.float8_e4m3fn
    assert same_bytes(results, ft.quantize(x, SCALE, format="nvfp4", **expected))


def test_nvfp4_flattens_what_has_more_dimensions(loaded):
    x = random_matrix(6, 64)
    results = loaded("_custom_ops").scaled_fp4_quant(x.view(2, 3, 64), SCALE)
    assert same_bytes(results, ft.quantize(x, SCALE, format="nvfp4"))


@pytest.mark.parametrize("swizzled,alignment,k_out", [(True, 0, 96), (False, 0, 96), (False, 128, 128)])
def test_mxfp8_has_the_bytes_of_quantize(loaded, swizzled, alignment, k_out):
    x = random_matrix(5, 96)
    result = loaded(MXFP8_UTILS).mxfp8_e4m3_quantize(x, swizzled, alignment)
    assert result[1].ndim == (1 if swizzled else 2)
    assert is_mxfp8_of(result, x, "128x4" if swizzled else "linear", k_out)


def test_mxfp8_of_several_matrices_stays_vllm_s(loaded):
    assert loaded(MXFP8_UTILS).mxfp8_e4m3_quantize(random_matrix(4, 64).view(2, 2, 64), True) == "vLLM's own"


def test_flashinfer_s_ops_have_the_bytes_of_quantize(loaded):
    x, ops = random_matrix(5, 96), loaded("utils.flashinfer")
    assert same_bytes(ops.flashinfer_mxfp4_quantize(x, backend="cute-dsl"), ft.quantize(x, format="mxfp4"))
    result = ops.flashinfer_mxfp8_quantize_8x4(x)
    assert result[1].ndim == 1 and is_mxfp8_of(result, x, "8x4")


def test_a_compiled_model_has_no_break(loaded):
    ops, utils, flashinfer = loaded("_custom_ops"), loaded(MXFP8_UTILS), loaded("utils.flashinfer")

    def forward(x):
        return (
            *ops.scaled_fp4_quant(x, SCALE, backend="flashinfer-trtllm"),
            *utils.mxfp8_e4m3_quantize(x, is_sf_swizzled_layout=True),
            *flashinfer.flashinfer_mxfp4_quantize(x, backend="cute-dsl"),
            *flashinfer.flashinfer_mxfp8_quantize_8x4(x),
        )

    assert compiles_without_break(forward)


def linear(kernel: str, k: int, holder: str = "quant_method", weight_bytes: int = 0) -> torch.nn.Module:
    """A layer as vLLM makes it, with the kernel that it chose."""
    layer = torch.nn.Module()
    setattr(layer, holder, SimpleNamespace(kernel=type(kernel, (), {})()))
    layer.input_size_per_partition = k
    layer.weight = torch.zeros(8, weight_bytes or k // 2, dtype=torch.uint8)
    return layer


def model() -> torch.nn.Module:
    layers = [
        linear("CutlassNvFp4LinearKernel", 80, weight_bytes=48),
        linear("CutlassNvFp4LinearKernel", 64, holder="scheme"),
        linear("CutlassNvFp4LinearKernel", 64),
        linear("FlashInferTrtllmNvFp4LinearKernel", 128),
        linear("FlashInferMxFp4LinearKernel", 64),
        linear("FlashInferTrtllmMxfp8LinearKernel", 96),
        linear("MarlinNvFp4LinearKernel", 256),
        torch.nn.Linear(512, 8),
    ]
    return torch.nn.Sequential(*layers)


SPECS = [
    "nvfp4_quantize[k=80,k_out=96,in=bf16,layout=128x4]@sm_90",
    "nvfp4_quantize[k=64,in=bf16,layout=128x4]@sm_90",
    "nvfp4_quantize[k=128,in=bf16,layout=8x4]@sm_90",
    "nvfp4_quantize[k=128,in=bf16,layout=128x4]@sm_90",
    "mxfp4_quantize[k=64,in=bf16,layout=128x4]@sm_90",
    "mxfp8_quantize[k=96,in=bf16,layout=8x4]@sm_90",
]


def test_the_kernels_are_prepared_once_after_the_weights(loaded, monkeypatch, tmp_path):
    whole, loader = model(), loaded("model_executor.model_loader.base_loader")
    arguments = whole, SimpleNamespace(dtype=torch.bfloat16), torch.device("cpu")
    is_ready = lambda: all(layer.weights_are_processed for layer in whole.modules())  # noqa: E731
    asked = prewarmed(monkeypatch, lambda: loader.load_for_test(*arguments), is_ready)
    assert asked == [(SPECS, torch.device("cpu"))]


def test_a_model_without_quantised_layers_prepares_nothing(loaded, monkeypatch):
    monkeypatch.setattr(preparation, "prewarm", None)
    loader = loaded("model_executor.model_loader.base_loader")
    loader.load_for_test(torch.nn.Linear(64, 8), SimpleNamespace(dtype=torch.bfloat16), torch.device("cpu"))


def test_another_vllm_is_left_as_it_is_with_one_warning(vllm, caplog):
    del vllm(LOADER_UTILS).process_weights_after_loading
    vllm("utils.flashinfer").flashinfer_mxfp8_quantize_8x4 = lambda a, swizzle: None
    before = vllm("_custom_ops").scaled_fp4_quant
    vllm("plugins").load_general_plugins()
    vllm("plugins").plugins_loaded = False
    vllm("plugins").load_general_plugins()
    assert vllm("_custom_ops").scaled_fp4_quant is before
    (message,) = messages(caplog)
    assert f"vllm.{LOADER_UTILS}:process_weights_after_loading is missing" in message
    assert "flashinfer_mxfp8_quantize_8x4 takes (a, swizzle), not (a)" in message and "knows vllm 0.33" in message


def test_a_changed_default_is_another_signature(vllm, caplog):
    def mxfp8_e4m3_quantize(x, is_sf_swizzled_layout=True, alignment=0):
        return "newer"

    vllm(MXFP8_UTILS).mxfp8_e4m3_quantize = mxfp8_e4m3_quantize
    vllm("plugins").load_general_plugins()
    assert not any(map(is_ours, places(vllm))) and "is_sf_swizzled_layout=True" in messages(caplog)[0]


def test_without_flashinfer_its_functions_are_not_asked_for(vllm, caplog):
    flashinfer = vllm("utils.flashinfer")
    flashinfer.has_flashinfer = lambda: False
    del flashinfer.flashinfer_mxfp8_quantize_8x4
    vllm("plugins").load_general_plugins()
    assert is_ours(vllm("_custom_ops").scaled_fp4_quant) and not messages(caplog)


def test_without_vllm_the_entry_point_does_nothing(caplog):
    forget("vllm")
    importlib.import_module("fp4jit.engines.vllm").register()
    assert not messages(caplog)


def test_on_other_devices_than_nvidia_s_nothing_is_replaced(vllm, monkeypatch, caplog):
    monkeypatch.setattr(torch.version, "hip", "7.0")
    vllm("plugins").load_general_plugins()
    assert not any(map(is_ours, places(vllm))) and not messages(caplog)


def test_a_vllm_that_cannot_be_imported_is_left(vllm, monkeypatch, caplog):
    monkeypatch.setattr(vllm("utils.flashinfer"), "has_flashinfer", lambda: 1 // 0)
    vllm("plugins").load_general_plugins()
    assert not any(map(is_ours, places(vllm))) and messages(caplog) == ["fp4jit leaves vllm as it is"]


def test_every_process_loads_it_and_none_starts_cuda(tmp_path):
    code = "import vllm.plugins as p; p.load_general_plugins(); p.plugins_loaded = False; p.load_general_plugins()"
    swapped = "__import__('vllm._custom_ops')._custom_ops.scaled_fp4_quant.func.__module__"
    printed = printed_by_two_processes("vllm", tmp_path, code, swapped)
    assert printed == ["swapped fp4jit.engines.vllm\n"] * 2
