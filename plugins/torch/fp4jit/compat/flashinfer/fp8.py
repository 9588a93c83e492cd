"""FlashInfer's quantiser to MXFP8."""

import torch

from fp4jit.compat.flashinfer.arguments import (
    pdl_of,
    require_backend,
    require_blocks,
    require_input,
    sf_layout_of,
    swizzled_layout,
)
from fp4jit.compat.flashinfer.layouts import SfLayout
from fp4jit.shapes import round_up
from fp4jit.torch.functions import quantize


def _require_alignment(alignment: int) -> None:
    if alignment <= 0 or alignment % 32 != 0:
        raise ValueError(f"alignment must be a positive multiple of 32; it is {alignment}")


def mxfp8_quantize(
    input: torch.Tensor,
    is_sf_swizzled_layout: bool = True,
    alignment: int = 32,
    enable_pdl: bool | None = None,
    backend: str = "cuda",
    sf_swizzle_layout: SfLayout | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Quantises the last dimension of input, [..., k], to MXFP8, with k rounded up to alignment by zeros.

    sf_swizzle_layout, if there is one, is meant instead of is_sf_swizzled_layout. backend="cute-dsl" makes matrices
    of stacks of them.

    Returns (data, sf): data float8_e4m3fn [..., padded k], sf flat uint8. A float32 input on the CPU is FlashInfer's
    host path: uint8 data, no alignment, no layout 8x4.
    """
    require_backend(backend)
    require_input("input", input)
    require_blocks("input", input, 32)
    _require_alignment(alignment)
    layout = swizzled_layout(is_sf_swizzled_layout, False)
    if sf_swizzle_layout is not None:
        layout = sf_layout_of("sf_swizzle_layout", sf_swizzle_layout)
    if input.device.type == "cpu" and input.dtype == torch.float32:
        return _quantize_on_host(input, layout)
    if backend == "cute-dsl":
        input = input.flatten(0, -2)
    k_out = round_up(input.shape[-1], alignment)
    data, sf = quantize(input, format="mxfp8", sf_layout=layout, k_out=k_out, pdl=pdl_of(enable_pdl))
    return data.view(torch.float8_e4m3fn), sf.flatten()


def _quantize_on_host(input: torch.Tensor, layout: str) -> tuple[torch.Tensor, torch.Tensor]:
    if layout == "8x4":
        raise ValueError("sf_swizzle_layout must not be layout_8x4 for a float32 input on the CPU: use bfloat16")
    data, sf = quantize(input, format="mxfp8", sf_layout=layout)
    return data, sf.flatten()
