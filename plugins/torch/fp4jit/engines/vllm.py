"""vLLM's plugin, entry point `vllm.general_plugins`.

vLLM's registries take layers, configurations and linear kernels, which come after its own, but no quantiser: so
functions of its modules are replaced, those of SWAPS and FLASHINFER_SWAPS.
"""

import functools

import torch

from fp4jit.compat import flashinfer
from fp4jit.engines.calls import Call, Quantised, calls_of, prewarm_calls
from fp4jit.engines.swap import Swap, can_swap, replace, run_registration
from fp4jit.torch import quantize

KNOWN_VERSIONS = "0.33"

# vLLM's linear kernels that quantise activations by the functions below. In the others weights alone are quantised.
KERNELS = {
    "CutlassNvFp4LinearKernel": Quantised("nvfp4", writes_padding=True),
    "FlashInferCutlassNvFp4LinearKernel": Quantised("nvfp4", writes_padding=True),
    "FlashInferCudnnNvFp4LinearKernel": Quantised("nvfp4", writes_padding=True),
    "TorchNvFp4LinearKernel": Quantised("nvfp4", writes_padding=True),
    "FlashInferCuteDslNvFp4LinearKernel": Quantised("nvfp4"),
    "FlashInferTrtllmNvFp4LinearKernel": Quantised("nvfp4", ("8x4", "128x4")),
    "FlashInferB12xNvFp4LinearKernel": Quantised("nvfp4"),
    "FbgemmNvFp4LinearKernel": Quantised("nvfp4"),
    "B12xNvFp4LinearKernel": Quantised("nvfp4"),
    "FlashInferMxFp4LinearKernel": Quantised("mxfp4"),
    "B12xMxFp4LinearKernel": Quantised("mxfp4"),
    "FlashInferCutlassMxfp8LinearKernel": Quantised("mxfp8"),
    "FlashInferCutedslMxfp8LinearKernel": Quantised("mxfp8"),
    "FlashInferTrtllmMxfp8LinearKernel": Quantised("mxfp8", ("8x4",)),
    "TorchMxFp8LinearKernel": Quantised("mxfp8"),
}


def scaled_fp4_quant(original, input, input_global_scale, is_sf_swizzled_layout=True, backend="none", padded_n=None):
    x = input.reshape(-1, input.shape[-1])
    if "trtllm" in backend and x.shape[0] <= 32:  # vLLM's matrix product makes the same choice
        layout = "8x4"
    else:
        layout = "128x4" if is_sf_swizzled_layout else "linear"
    k_out = None if padded_n == x.shape[-1] else padded_n
    data, sf = quantize(x, input_global_scale, format="nvfp4", sf_layout=layout, k_out=k_out)
    return data, sf.view(torch.float8_e4m3fn)


def mxfp8_e4m3_quantize(original, x, is_sf_swizzled_layout=False, alignment=0):
    if x.ndim != 2:  # vLLM pads the scale factors of each matrix by itself
        return original(x, is_sf_swizzled_layout, alignment)
    data, sf = flashinfer.mxfp8_quantize(x, is_sf_swizzled_layout, alignment or 32)
    return data, sf if is_sf_swizzled_layout else sf.view(x.shape[0], -1)


def flashinfer_mxfp4_quantize(original, a, backend):
    return flashinfer.mxfp4_quantize(a, backend)


def flashinfer_mxfp8_quantize_8x4(original, a):
    return flashinfer.mxfp8_quantize(a, sf_swizzle_layout=flashinfer.SfLayout.layout_8x4)


def process_weights_after_loading(original, model, model_config, target_device):
    original(model, model_config, target_device)
    prewarm_calls(calls_of(model, calls_of_layer), model_config.dtype, target_device)


_MXFP8_UTILS = "vllm.model_executor.layers.quantization.utils.mxfp8_utils"
SWAPS = (
    Swap("vllm._custom_ops:scaled_fp4_quant", scaled_fp4_quant),
    Swap(f"{_MXFP8_UTILS}:mxfp8_e4m3_quantize", mxfp8_e4m3_quantize),
    Swap("vllm.model_executor.model_loader.utils:process_weights_after_loading", process_weights_after_loading),
)
# vLLM defines these where it can use FlashInfer.
FLASHINFER_SWAPS = (
    Swap("vllm.utils.flashinfer:flashinfer_mxfp4_quantize", flashinfer_mxfp4_quantize),
    Swap("vllm.utils.flashinfer:flashinfer_mxfp8_quantize_8x4", flashinfer_mxfp8_quantize_8x4),
)


def calls_of_layer(layer: torch.nn.Module) -> list[Call]:
    """The quantisations of a linear layer whose weights were processed; none of any other."""
    holders = (getattr(layer, "quant_method", None), getattr(layer, "scheme", None))
    kernels = [type(getattr(holder, "kernel", None)).__name__ for holder in holders]
    quantised = next((KERNELS[name] for name in kernels if name in KERNELS), None)
    if quantised is None:
        return []
    k = layer.input_size_per_partition
    return quantised.calls(k, 2 * layer.weight.shape[1] if quantised.writes_padding else k)  # FP4: two a byte


@functools.cache
def _swap_all() -> None:
    from vllm.utils.flashinfer import has_flashinfer

    swaps = SWAPS + (FLASHINFER_SWAPS if has_flashinfer() else ())
    if can_swap("vllm", KNOWN_VERSIONS, swaps):
        for swap in swaps:
            replace(swap)


def register() -> None:
    """Replaces vLLM's quantisers in this process. Starts no CUDA, may be called again, and never raises."""
    run_registration("vllm", _swap_all)
