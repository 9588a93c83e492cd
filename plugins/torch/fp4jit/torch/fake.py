"""What the ops return, as shapes: plain Python on sizes that may be symbols.

It reads no state, calls no C and compares no size by value: the tracer runs it.
"""

import torch

from fp4jit.shapes import FORMAT_ROWS, TILES, output_shape

INPUT_DTYPES = (torch.bfloat16, torch.float16, torch.float32)


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


def _check(x: torch.Tensor, global_scale: torch.Tensor | None, format: int, sf_layout: int) -> None:
    torch._check(
        format in FORMAT_ROWS and sf_layout in TILES,
        lambda: f"format and sf_layout must be numbers of fp4jit.h; they are {format} and {sf_layout}",
    )
    torch._check(
        x.dim() > 0 and x.dtype in INPUT_DTYPES,
        lambda: f"x must be bfloat16, float16 or float32 with a dimension; it is {x.dtype}, {tuple(x.shape)}",
    )
    block = FORMAT_ROWS[format].sf_vec_size
    torch._check(
        x.shape[-1] % block == 0,
        lambda: f"k, the last dimension of x, must be a multiple of {block}; it is {x.shape[-1]}",
    )
    torch._check(
        global_scale is None or global_scale.device == x.device,
        lambda: f"global_scale must be on the device of x, {x.device}; it is on {global_scale.device}",
    )


def quantize_fake(x, global_scale, format, sf_layout, scale, numerics, ue8m0, k_out, pdl):
    _check(x, global_scale, format, sf_layout)
    data_shape, sf_shape = _output_shapes(x, format, sf_layout, k_out)
    return x.new_empty(data_shape, dtype=torch.uint8), x.new_empty(sf_shape, dtype=torch.uint8)


def quantize_out_fake(x, global_scale, format, sf_layout, scale, numerics, ue8m0, k_out, pdl, *, data, sf):
    _check(x, global_scale, format, sf_layout)
    for name, tensor, shape in zip(("data", "sf"), (data, sf), _output_shapes(x, format, sf_layout, k_out)):
        torch._check(
            tuple(tensor.shape) == tuple(shape) and tensor.dtype == torch.uint8,
            lambda: f"{name} must be uint8 of shape {tuple(shape)}; it is {tensor.dtype}, {tuple(tensor.shape)}",
        )
