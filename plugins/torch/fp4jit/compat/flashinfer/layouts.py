"""The order of scale factors and of rows that FlashInfer's GEMMs want, by PyTorch's own operations.

These are moves of bytes for weights, once at load time; the quantisers write swizzled layouts by themselves.
"""

from enum import IntEnum

import torch

from fp4jit import _abi
from fp4jit.shapes import TILES, round_up


class SfLayout(IntEnum):
    """How scale factors lie; FlashInfer's own SfLayout has the same values, and is accepted wherever this is."""

    layout_128x4 = 0
    layout_8x4 = 1
    layout_linear = 2


def interleave(sf: torch.Tensor) -> torch.Tensor:
    """[..., rows, columns] to layout 128x4, [..., bytes]; the padding is zero.

    Each byte takes its own, by index: views of tiles would hold the tracer to one tile of rows, or to more than one.
    """
    rows, columns = sf.shape[-2:]
    row_tiles, column_tiles = (rows + 127) // 128, (columns + 3) // 4
    byte = torch.arange(row_tiles * column_tiles * 512, device=sf.device)
    tile, within = byte // 512, byte % 512  # a tile is 32 rows of 4 times 4 columns
    row = tile // column_tiles * 128 + within % 16 // 4 * 32 + within // 16
    column = tile % column_tiles * 4 + within % 4
    values = sf[..., row.clamp(max=rows - 1), column.clamp(max=columns - 1)]
    return torch.where((row < rows) & (column < columns), values, 0)


def deinterleave(sf: torch.Tensor, rows: int, columns: int, layout: str) -> torch.Tensor:
    """The scale factors without padding, [rows, columns], of those in a layout. Raises on another size."""
    tile_rows, tile_columns = TILES[_abi.SF_LAYOUTS[layout]]
    padded_rows, padded_columns = round_up(rows, tile_rows), round_up(columns, tile_columns)
    if sf.numel() != padded_rows * padded_columns:
        raise ValueError(
            f"the scale factors of {rows} rows and {columns} columns in layout {layout} are "
            f"{padded_rows * padded_columns}; these are {sf.numel()}: pass the layout and the block size of the call "
            "that made them"
        )
    if layout == "128x4":
        sf = sf.reshape(padded_rows // 128, padded_columns // 4, 32, 4, 4).transpose(1, 3)
    elif layout == "8x4":
        sf = sf.reshape(padded_rows // 8, padded_columns // 4, 8, 4).transpose(1, 2)
    return sf.reshape(padded_rows, padded_columns)[:rows, :columns]


def _require_scales(name: str, sf: torch.Tensor) -> None:
    if not isinstance(sf, torch.Tensor) or sf.dtype not in (torch.uint8, torch.bfloat16):
        raise TypeError(
            f"{name} must be a tensor of uint8 or bfloat16; it is {getattr(sf, 'dtype', type(sf).__name__)}: "
            "for float8 use .view(torch.uint8)"
        )


def block_scale_interleave(unswizzled_sf: torch.Tensor, *, out: torch.Tensor | None = None) -> torch.Tensor:
    """Scale factors [rows, columns] or [experts, rows, columns] in layout 128x4, flat, with zero padding.

    uint8 or bfloat16, on any device. `out`, contiguous and of the result's size, is filled and returned.
    """
    _require_scales("unswizzled_sf", unswizzled_sf)
    if unswizzled_sf.dim() not in (2, 3):
        raise ValueError(
            "unswizzled_sf must be [rows, columns] or [experts, rows, columns]; its shape is "
            f"{tuple(unswizzled_sf.shape)}"
        )
    result = interleave(unswizzled_sf).flatten()
    if out is None:
        return result
    same = out.device == result.device and out.dtype == result.dtype and out.shape == result.shape
    if not (same and out.is_contiguous()):
        raise ValueError(
            f"out must be contiguous {result.dtype} of shape {tuple(result.shape)} on {result.device}; it is "
            f"{out.dtype}, {tuple(out.shape)} with strides {out.stride()}, on {out.device}"
        )
    return out.copy_(result)


nvfp4_block_scale_interleave = block_scale_interleave


def shuffle_matrix_a(input_tensor: torch.Tensor, epilogue_tile_m: int) -> torch.Tensor:
    """A matrix with the rows of each 32 (of each 16, if epilogue_tile_m is no multiple of 128) in the order that
    TensorRT-LLM's generated GEMMs read them."""
    block, stride = (32, 4) if epilogue_tile_m % 128 == 0 else (16, 2)
    if input_tensor.dim() != 2 or input_tensor.shape[0] % block != 0:
        raise ValueError(
            f"input_tensor must be a matrix whose rows are a multiple of {block}, for epilogue_tile_m="
            f"{epilogue_tile_m}; its shape is {tuple(input_tensor.shape)}: pad its rows"
        )
    rows, columns = input_tensor.shape
    return input_tensor.reshape(rows // block, 8, stride, columns).transpose(1, 2).reshape(rows, columns)


def shuffle_matrix_sf_a(
    input_tensor: torch.Tensor, epilogue_tile_m: int, num_elts_per_sf: int = 16
) -> torch.Tensor:
    """Linear scale factors [rows, columns], shuffled as shuffle_matrix_a does it, in layout 128x4, flat."""
    _require_scales("input_tensor", input_tensor)
    if num_elts_per_sf not in (16, 32):
        raise ValueError(f"num_elts_per_sf must be 16 or 32; it is {num_elts_per_sf}")
    if input_tensor.dim() != 2 or input_tensor.shape[0] % 128 != 0:
        raise ValueError(
            "input_tensor must be a matrix whose rows are a multiple of 128; its shape is "
            f"{tuple(input_tensor.shape)}: pad its rows"
        )
    return block_scale_interleave(shuffle_matrix_a(input_tensor, epilogue_tile_m))
