"""SGLang's plugin, entry point `sglang.srt.plugins`: hooks in SGLang's registry, which puts them in place after it."""

import functools

import torch

from fp4jit.compat import flashinfer
from fp4jit.engines.calls import Call, Quantised, calls_of, prewarm_calls
from fp4jit.engines.swap import Swap, can_swap, run_registration
from fp4jit.torch.dtypes import INPUT_DTYPES

KNOWN_VERSIONS = "0.5.23"

# (values per scale factor, whether that is UE8M0): nvfp4 and mxfp4
FORMATS = ((16, False), (32, True))

# SGLang's methods and schemes of linear layers that quantise activations by the functions below.
METHODS = {
    "ModelOptFp4LinearMethod": Quantised("nvfp4"),
    "CompressedTensorsW4A4Fp4": Quantised("nvfp4"),
    "Fp8LinearMethod": Quantised("mxfp8"),
}


def fp4_quantize(
    original,
    input,
    global_scale=None,
    sf_vec_size=16,
    sf_use_ue8m0=False,
    is_sf_swizzled_layout=True,
    is_sf_8x4_layout=False,
    enable_pdl=None,
):
    arguments = (global_scale, sf_vec_size, sf_use_ue8m0, is_sf_swizzled_layout, is_sf_8x4_layout)
    by_rows = input.ndim > 1 and input.stride(-2) != 1  # else SGLang's platforms differ in what it means
    if (sf_vec_size, sf_use_ue8m0) in FORMATS and by_rows and input.dtype in INPUT_DTYPES:
        return flashinfer.fp4_quantize(input, *arguments, enable_pdl=enable_pdl)
    return original(input, *arguments, enable_pdl)


def flashinfer_mxfp8_quantize(original, input, is_sf_swizzled_layout=True, alignment=32, backend="cute-dsl"):
    return flashinfer.mxfp8_quantize(input, is_sf_swizzled_layout, alignment, backend=backend)


def after_load_model(result, self):
    """Once the runner has its model, with the weights processed."""
    device = torch.device("cuda", self.gpu_id) if self.device == "cuda" else self.device
    prewarm_calls(calls_of(self.model, calls_of_layer), self.dtype, device)


FP4 = Swap("sglang.srt.layers.quantization.fp4_utils:fp4_quantize", fp4_quantize)
MXFP8 = Swap("sglang.srt.layers.quantization.fp8_utils:flashinfer_mxfp8_quantize", flashinfer_mxfp8_quantize)
LOAD = Swap("sglang.srt.model_executor.model_runner:ModelRunner.load_model", after_load_model)


def calls_of_layer(layer: torch.nn.Module) -> list[Call]:
    """The quantisations of a linear layer whose weights were processed; none of any other."""
    method = getattr(layer, "quant_method", None)
    names = (type(method).__name__, type(getattr(layer, "scheme", None)).__name__)
    quantised = next((METHODS[name] for name in names if name in METHODS), None)
    weights_alone = getattr(method, "quant_mode", "w4a4") != "w4a4"
    other_fp8 = names[0] == "Fp8LinearMethod" and method.w8a8_mxfp8_linear is None
    if quantised is None or weights_alone or other_fp8:
        return []
    k = getattr(layer, "input_size_per_partition", None) or layer.input_size
    return quantised.calls(k, k)


@functools.cache
def _register_hooks() -> None:
    from sglang.srt.plugins.hook_registry import HookRegistry, HookType
    from sglang.srt.runtime_context import get_platform

    platform = get_platform()
    has_mxfp8 = platform.is_blackwell and platform.has_flashinfer  # else SGLang does not define it
    around = (FP4, MXFP8) if has_mxfp8 else (FP4,)
    if can_swap("sglang", KNOWN_VERSIONS, (*around, LOAD)):
        for swap in around:
            HookRegistry.register(swap.place.replace(":", "."), swap.replacement, HookType.AROUND)
        HookRegistry.register(LOAD.place.replace(":", "."), LOAD.replacement, HookType.AFTER)


def register() -> None:
    """Registers the hooks in this process. Starts no CUDA, may be called again, and never raises."""
    run_registration("sglang", _register_hooks)
