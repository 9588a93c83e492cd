"""What the ops return, as shapes: plain Python on sizes that may be symbols.

It reads no state, calls no C and decides nothing on the number of rows: the tracer runs it.
"""

import torch

from fp4jit.shapes import FORMAT_ROWS, TILES, output_shape
from fp4jit.torch.dtypes import INPUT_DTYPES, refusal


def rows_and_columns(x: torch.Tensor):
    """(m, k) of a tensor whose last dimension is quantised."""
    m = 1
    for size in x.shape[:-1]:
        m = m * size
    return m, x.shape[-1]


def _output_shapes(x: torch.Tensor, format: int, sf_layout: int, k_out: int):
    m, k = rows_and_columns(x)
    columns, sf_rows, sf_columns = output_shape(m, k_out or k, format, sf_layout)
    return (*x.shape[:-1], columns), (sf_rows, sf_columns)


def _check(x: torch.Tensor, global_scale: torch.Tensor | None, format: int, sf_layout: int, k_out: int) -> None:
    torch._check_value(
        format in FORMAT_ROWS and sf_layout in TILES,
        lambda: f"format and sf_layout must be numbers of fp4jit.h; they are {format} and {sf_layout}",
    )
    torch._check_type(x.dtype in INPUT_DTYPES, lambda: refusal(x.dtype))
    torch._check_value(x.dim() > 0, lambda: "x must have a dimension to quantise; it has none")
    k, block = x.shape[-1], FORMAT_ROWS[format].sf_vec_size
    torch._check_value(
        k > 0 and k % block == 0,
        lambda: f"k, the last dimension of x, must be a positive multiple of {block}; it is {k}",
    )
    torch._check_value(
        k_out == 0 or (k_out >= k and k_out % block == 0),
        lambda: f"k_out must be a multiple of {block} from k={k} on; it is {k_out}",
    )
    if global_scale is not None:
        _check_scale(x, global_scale)


def _check_scale(x: torch.Tensor, global_scale: torch.Tensor) -> None:
    torch._check_value(
        global_scale.device == x.device,
        lambda: f"global_scale must be on the device of x, {x.device}; it is on {global_scale.device}",
    )
    torch._check_value(
        global_scale.dtype is torch.float32 and global_scale.numel() == 1,
        lambda: "global_scale must be a float32 tensor with one element; it is "
        f"{global_scale.dtype}, {tuple(global_scale.shape)}",
    )


def quantize_fake(x, global_scale, format, sf_layout, scale, numerics, ue8m0, k_out, pdl):
    _check(x, global_scale, format, sf_layout, k_out)
    data_shape, sf_shape = _output_shapes(x, format, sf_layout, k_out)
    return x.new_empty(data_shape, dtype=torch.uint8), x.new_empty(sf_shape, dtype=torch.uint8)


def quantize_out_fake(x, global_scale, format, sf_layout, scale, numerics, ue8m0, k_out, pdl, *, data, sf):
    _check(x, global_scale, format, sf_layout, k_out)
    for name, tensor, shape in zip(("data", "sf"), (data, sf), _output_shapes(x, format, sf_layout, k_out)):
        torch._check_value(
            tuple(tensor.shape) == tuple(shape) and tensor.dtype == torch.uint8 and tensor.device == x.device,
            lambda: f"{name} must be uint8 of shape {tuple(shape)} on {x.device}; it is {tensor.dtype}, "
            f"{tuple(tensor.shape)}, on {tensor.device}",
        )
