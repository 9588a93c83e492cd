"""FlashInfer's dequantisers, by PyTorch's own operations: float32 on the CPU, as its own return it.

For checks of a quantised tensor, not for speed.
"""

import torch

from fp4jit.compat.flashinfer.arguments import sf_layout_of, swizzled_layout
from fp4jit.compat.flashinfer.layouts import SfLayout, deinterleave
from fp4jit.torch.ste import decode_data

_UE8M0, _UE4M3 = 0, 1


def _require_bytes(name: str, tensor: torch.Tensor) -> None:
    if not isinstance(tensor, torch.Tensor) or tensor.dtype != torch.uint8 or tensor.dim() != 2:
        raise TypeError(
            f"{name} must be a matrix of uint8; it is {getattr(tensor, 'dtype', type(tensor).__name__)}, "
            f"{tuple(getattr(tensor, 'shape', ()))}: use .view(torch.uint8)"
        )


def _exponent_bits(sf: torch.Tensor) -> torch.Tensor:
    """E8M0 as FlashInfer's host code reads it: exponent bits of a float, so that 0 is 0 and 255 infinity."""
    return (sf.to(torch.int32) << 23).view(torch.float32)


def _times_scales(values: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """[m, k] times [m, blocks], each for its block."""
    return (values.unflatten(-1, (scales.shape[-1], -1)) * scales.unsqueeze(-1)).flatten(-2)


def e2m1_and_ufp8sf_scale_to_float(
    e2m1_tensor: torch.Tensor,
    ufp8_scale_tensor: torch.Tensor,
    global_scale_tensor: torch.Tensor | None = None,
    sf_vec_size: int = 16,
    ufp8_type: int = 1,
    is_sf_swizzled_layout: bool = True,
    is_sf_8x4_layout: bool = False,
) -> torch.Tensor:
    """[m, k] of packed FP4 values [m, k/2]: value * (scale factor * global_scale_tensor), the decode scale 1/gs.

    ufp8_type: 1 for UE4M3, 0 for UE8M0, which has no global scale. None for the global scale is 1.
    """
    _require_bytes("e2m1_tensor", e2m1_tensor)
    if ufp8_type not in (_UE8M0, _UE4M3):
        raise ValueError(f"ufp8_type must be 0 for UE8M0 or 1 for UE4M3; it is {ufp8_type}")
    if is_sf_8x4_layout and not is_sf_swizzled_layout:
        raise ValueError("is_sf_8x4_layout needs is_sf_swizzled_layout, which is False: pass one of them otherwise")
    values = decode_data(e2m1_tensor.cpu(), "nvfp4")
    sf = ufp8_scale_tensor.cpu().view(torch.uint8)
    layout = swizzled_layout(is_sf_swizzled_layout, is_sf_8x4_layout)
    sf = deinterleave(sf, values.shape[0], values.shape[1] // sf_vec_size, layout)
    if ufp8_type == _UE8M0:
        return _times_scales(values, _exponent_bits(sf))
    scales = sf.contiguous().view(torch.float8_e4m3fn).to(torch.float32)
    if global_scale_tensor is not None:
        scales = scales * global_scale_tensor.cpu().to(torch.float32).reshape(())
    return _times_scales(values, scales)


def mxfp4_dequantize(
    a_fp4: torch.Tensor, a_sf: torch.Tensor, sfLayout: SfLayout = SfLayout.layout_128x4
) -> torch.Tensor:
    """[m, k] of what mxfp4_quantize made."""
    layout = sf_layout_of("sfLayout", sfLayout)
    return e2m1_and_ufp8sf_scale_to_float(
        a_fp4.view(torch.uint8), a_sf, None, 32, _UE8M0, layout != "linear", layout == "8x4"
    )


def mxfp4_dequantize_host(weight: torch.Tensor, scale: torch.Tensor, group_size: int = 32) -> torch.Tensor:
    """[m, k] of packed FP4 values and linear scale factors [m, k/group_size], which are read as E8M0 is defined: 0 is
    2^-127 and 255 is NaN."""
    _require_bytes("weight", weight)
    values = decode_data(weight, "mxfp4")
    sf = deinterleave(scale, values.shape[0], values.shape[1] // group_size, "linear")
    return _times_scales(values, sf.view(torch.float8_e8m0fnu).to(torch.float32))


def mxfp8_dequantize_host(
    input: torch.Tensor,
    scale_tensor: torch.Tensor,
    is_sf_swizzled_layout: bool = True,
    sf_swizzle_layout: SfLayout | None = None,
) -> torch.Tensor:
    """[m, k] of E4M3 bytes, as uint8, and what scale factors mxfp8_quantize made with them."""
    _require_bytes("input", input)
    layout = swizzled_layout(is_sf_swizzled_layout, False)
    if sf_swizzle_layout is not None:
        layout = sf_layout_of("sf_swizzle_layout", sf_swizzle_layout)
    values = decode_data(input, "mxfp8")
    return _times_scales(values, _exponent_bits(deinterleave(scale_tensor, *_blocks(values), layout)))


def _blocks(values: torch.Tensor) -> tuple[int, int]:
    return values.shape[0], values.shape[1] // 32
