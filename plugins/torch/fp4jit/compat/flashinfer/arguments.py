"""FlashInfer's arguments: checked, and turned into those of fp4jit.torch.quantize.

All of it is traced: it looks at types, dtypes, ranks and Python values, and at a size only where a call needs it so.
"""

import torch

from fp4jit.compat.flashinfer.layouts import SfLayout
from fp4jit.errors import Unsupported
from fp4jit.torch.dtypes import INPUT_DTYPES

_FP8_DTYPES = (torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz)


def require_input(name: str, x: torch.Tensor) -> None:
    """Raises unless x is a matrix or a stack of them, in a dtype that is quantised."""
    if not isinstance(x, torch.Tensor):
        raise TypeError(f"{name} must be a torch.Tensor; it is {type(x).__name__}")
    if x.dtype in _FP8_DTYPES:
        raise Unsupported(
            f"{name} must be bfloat16, float16 or float32; it is {x.dtype}, which fp4jit does not quantise again: "
            "pass the tensor that it was made from"
        )
    if x.dtype not in INPUT_DTYPES or x.layout is not torch.strided:
        raise TypeError(
            f"{name} must be a dense tensor of bfloat16, float16 or float32; it is {x.dtype}, {x.layout}: convert it"
        )
    if x.dim() < 2:
        raise ValueError(f"{name} must have two dimensions or more; its shape is {tuple(x.shape)}: use unsqueeze(0)")


def require_blocks(name: str, x: torch.Tensor, block: int, dimension: int = -1) -> None:
    """Raises unless a dimension is whole blocks."""
    if x.shape[dimension] % block != 0:
        raise ValueError(
            f"{name} is quantised along dimension {dimension}, which must be a multiple of {block}; its shape is "
            f"{tuple(x.shape)} with strides {x.stride()}"
        )


def is_column_major(x: torch.Tensor) -> bool:
    """Whether FlashInfer's CUDA backend quantises the dimension before the last. Not of a single row, whose stride
    means nothing."""
    return x.stride(-2) == 1 and x.shape[-2] != 1


def require_backend(backend: str) -> None:
    if backend not in ("cuda", "cute-dsl"):
        raise ValueError(
            f"backend must be 'cuda' or 'cute-dsl', which have the same kernels here; it is {backend!r}"
        )


def require_no_recipe(nvfp4_4over6: object) -> None:
    if nvfp4_4over6 is not None:
        raise Unsupported(
            f"nvfp4_4over6 must be None or left out: fp4jit has no 4over6 search; it is {nvfp4_4over6!r}: call "
            "FlashInfer's own function for it"
        )


def sf_layout_of(name: str, layout: SfLayout | int) -> str:
    """fp4jit's name of a SfLayout, ours or FlashInfer's own."""
    if layout == SfLayout.layout_128x4:
        return "128x4"
    if layout == SfLayout.layout_8x4:
        return "8x4"
    if layout == SfLayout.layout_linear:
        return "linear"
    raise ValueError(f"{name} must be a member of SfLayout, {', '.join(SfLayout.__members__)}; it is {layout!r}")


def swizzled_layout(is_sf_swizzled_layout: bool, is_sf_8x4_layout: bool) -> str:
    if not is_sf_swizzled_layout:
        return "linear"
    return "8x4" if is_sf_8x4_layout else "128x4"


def pdl_of(enable_pdl: bool | None) -> int | None:
    return None if enable_pdl is None else int(bool(enable_pdl))


def scale_tensor(name: str, scale: torch.Tensor | float | None, x: torch.Tensor) -> torch.Tensor:
    """The global scale as the op wants it; itself, if it is so already."""
    if isinstance(scale, (int, float)):
        return torch.full((1,), scale, dtype=torch.float32, device=x.device)
    if not isinstance(scale, torch.Tensor):
        raise (ValueError if scale is None else TypeError)(
            f"nvfp4 needs {name}, a float32 tensor with one element, 448*6/amax of the tensor; it is {scale!r}"
        )
    if scale.numel() != 1:
        raise Unsupported(
            f"{name} must have one element; it has {scale.numel()}, and fp4jit has no kernel with a scale for each "
            "row: pass one for the whole tensor"
        )
    return scale.to(device=x.device, dtype=torch.float32)
