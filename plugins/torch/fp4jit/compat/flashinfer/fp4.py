"""FlashInfer's quantisers to FP4: arguments in its terms, one op, outputs as views where it returns views."""

import torch

from fp4jit._abi import FORMATS
from fp4jit.compat.flashinfer.arguments import (
    is_column_major,
    pdl_of,
    require_backend,
    require_blocks,
    require_input,
    require_no_recipe,
    scale_tensor,
    sf_layout_of,
    swizzled_layout,
)
from fp4jit.compat.flashinfer.layouts import SfLayout, interleave, shuffle_matrix_a, shuffle_matrix_sf_a
from fp4jit.errors import Unsupported
from fp4jit.shapes import FORMAT_ROWS
from fp4jit.torch.functions import quantize


def _format_of(sf_vec_size: int, sf_use_ue8m0: bool) -> str:
    if sf_vec_size not in (16, 32):
        raise Unsupported(f"sf_vec_size must be 16 or 32; it is {sf_vec_size}")
    if (sf_vec_size == 32) != bool(sf_use_ue8m0):
        raise ValueError(
            "sf_vec_size and sf_use_ue8m0 must be 16 and False, which is nvfp4, or 32 and True, which is mxfp4; they "
            f"are {sf_vec_size} and {sf_use_ue8m0}"
        )
    return "mxfp4" if sf_use_ue8m0 else "nvfp4"


def _quantize(names: tuple[str, str], x, global_scale, format: str, sf_layout: str, enable_pdl, backend: str):
    """One op on x, or on its transpose if that is what lies in rows: then both results are transposed views."""
    require_backend(backend)
    require_input(names[0], x)
    transposed = backend == "cuda" and is_column_major(x)
    require_blocks(names[0], x, FORMAT_ROWS[FORMATS[format]].sf_vec_size, -2 if transposed else -1)
    if format == "nvfp4":
        global_scale = scale_tensor(names[1], global_scale, x)
    if transposed:
        x = x.transpose(-2, -1)
    if backend == "cute-dsl":
        x = x.flatten(0, -2)
    data, sf = quantize(x, global_scale, format=format, sf_layout=sf_layout, pdl=pdl_of(enable_pdl))
    return (data.transpose(-2, -1), sf.transpose(-2, -1)) if transposed else (data, sf)


def fp4_quantize(
    input: torch.Tensor,
    global_scale: torch.Tensor | None = None,
    sf_vec_size: int = 16,
    sf_use_ue8m0: bool = False,
    is_sf_swizzled_layout: bool = True,
    is_sf_8x4_layout: bool = False,
    is_global_scale_inversed: bool = False,
    enable_pdl: bool | None = None,
    backend: str = "cuda",
    nvfp4_4over6: object = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Quantises the last dimension of input, [..., k], to FP4: nvfp4, or mxfp4 if sf_use_ue8m0 (sf_vec_size 32).

    A column-major input, stride(-2) == 1, is quantised along the dimension before the last, and both results are
    transposed views; not so with backend="cute-dsl", which also makes matrices of stacks of them.

    Returns (data, sf), both uint8: data [..., k/2], and sf [m, k/sf_vec_size] of the layout's padded size.
    """
    format = _format_of(sf_vec_size, sf_use_ue8m0)
    require_no_recipe(nvfp4_4over6)
    if is_global_scale_inversed:
        raise Unsupported(
            "is_global_scale_inversed must be False: fp4jit has no kernel that inverts the scale; it is True: pass "
            "global_scale.reciprocal(), computed once"
        )
    global_scale = global_scale if format == "nvfp4" else None
    layout = swizzled_layout(is_sf_swizzled_layout, is_sf_8x4_layout)
    return _quantize(("input", "global_scale"), input, global_scale, format, layout, enable_pdl, backend)


def _require_per_tensor(per_token_activation: bool, expanded_idx_to_permuted_idx, out_scale) -> None:
    if per_token_activation:
        raise Unsupported(
            "per_token_activation must be False: fp4jit has no kernel with a scale for each token; it is True: call "
            "FlashInfer's own nvfp4_quantize"
        )
    for name, value in (("expanded_idx_to_permuted_idx", expanded_idx_to_permuted_idx), ("out_scale", out_scale)):
        if value is not None:
            raise ValueError(f"{name} must be None without per_token_activation; it is a {type(value).__name__}")


def _require_shuffleable(a: torch.Tensor, sf_layout: str) -> None:
    require_input("a", a)
    if sf_layout != "128x4":
        raise ValueError(f"do_shuffle needs sfLayout=SfLayout.layout_128x4; it is {sf_layout}")
    if a.dim() != 2 or a.shape[0] % 128 != 0 or a.shape[1] % 64 != 0:
        raise ValueError(
            "do_shuffle needs a matrix whose rows are a multiple of 128 and whose columns are a multiple of 64; the "
            f"shape of a is {tuple(a.shape)}: pad it"
        )


def nvfp4_quantize(
    a: torch.Tensor,
    a_global_sf: torch.Tensor | float,
    sfLayout: SfLayout = SfLayout.layout_128x4,
    do_shuffle: bool = False,
    sf_vec_size: int = 16,
    enable_pdl: bool | None = None,
    backend: str = "cuda",
    per_token_activation: bool = False,
    expanded_idx_to_permuted_idx: torch.Tensor | None = None,
    out_scale: torch.Tensor | None = None,
    nvfp4_4over6: object = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """fp4_quantize to nvfp4. a stays on its device. do_shuffle reorders rows and scale factors of a weight for
    TensorRT-LLM's generated GEMMs."""
    if sf_vec_size != 16:
        raise ValueError(f"sf_vec_size of nvfp4 is 16; it is {sf_vec_size}")
    require_no_recipe(nvfp4_4over6)
    _require_per_tensor(per_token_activation, expanded_idx_to_permuted_idx, out_scale)
    layout = sf_layout_of("sfLayout", sfLayout)
    if do_shuffle:
        _require_shuffleable(a, layout)
        layout = "linear"
    data, sf = _quantize(("a", "a_global_sf"), a, a_global_sf, "nvfp4", layout, enable_pdl, backend)
    if not do_shuffle:
        return data, sf
    return shuffle_matrix_a(data, 128), shuffle_matrix_sf_a(sf, 128).reshape(sf.shape)


def mxfp4_quantize(
    a: torch.Tensor,
    backend: str = "cuda",
    enable_pdl: bool | None = None,
    sfLayout: SfLayout = SfLayout.layout_128x4,
) -> tuple[torch.Tensor, torch.Tensor]:
    """fp4_quantize to mxfp4. a stays on its device."""
    layout = sf_layout_of("sfLayout", sfLayout)
    return _quantize(("a", ""), a, None, "mxfp4", layout, enable_pdl, backend)


def nvfp4_batched_quantize(
    a: torch.Tensor,
    a_global_sf: torch.Tensor,
    sf_vec_size: int = 16,
    nvfp4_4over6: object = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """nvfp4 of [batch, m, k], where each item's scale factors are padded by themselves: sf is [batch, bytes].

    One kernel, of the layout "linear" (which is what to prewarm), and an interleave of its scale factors.
    """
    if sf_vec_size != 16:
        raise ValueError(f"sf_vec_size of nvfp4 is 16; it is {sf_vec_size}")
    require_no_recipe(nvfp4_4over6)
    require_input("a", a)
    require_blocks("a", a, 16)
    if a.dim() != 3:
        raise ValueError(f"a must be [batch, m, k]; its shape is {tuple(a.shape)}: use unsqueeze(0) for a matrix")
    scale = scale_tensor("a_global_sf", a_global_sf, a)
    data, sf = quantize(a, scale, format="nvfp4", sf_layout="linear")
    return data, interleave(sf.unflatten(0, a.shape[:2]))
