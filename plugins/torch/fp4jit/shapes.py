"""The one shape formula of this package: plain arithmetic, so that sizes may be symbols.

fp4jit_infer_outputs has the same in C; a test compares them.
"""

from typing import NamedTuple

from fp4jit import _abi


class FormatRow(NamedTuple):
    """A format: values per scale factor, and values per byte of data."""

    sf_vec_size: int
    values_per_byte: int


FORMAT_ROWS = {
    _abi.FORMATS["nvfp4"]: FormatRow(16, 2),
    _abi.FORMATS["mxfp4"]: FormatRow(32, 2),
    _abi.FORMATS["mxfp8"]: FormatRow(32, 1),
}

# Rows and columns of the tiles that a layout of scale factors is made of.
TILES = {
    _abi.SF_LAYOUTS["linear"]: (1, 1),
    _abi.SF_LAYOUTS["128x4"]: (128, 4),
    _abi.SF_LAYOUTS["8x4"]: (8, 4),
}


def round_up(size, multiple: int):
    return (size + (multiple - 1)) // multiple * multiple


def output_shape(m, k_out, format: int, sf_layout: int):
    """(columns of data, rows of scale factors, columns of scale factors) in bytes."""
    row = FORMAT_ROWS[format]
    tile_rows, tile_columns = TILES[sf_layout]
    sf_columns = round_up(k_out // row.sf_vec_size, tile_columns)
    return k_out // row.values_per_byte, round_up(m, tile_rows), sf_columns
