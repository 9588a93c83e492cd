"""FlashInfer's quantise kernels and ours, on one device: the same bytes, but for one repair of ours.

Its kernel for nvfp4 makes the multiplier of a block whose scale rounds to zero infinite: elements other than zero get
the code of +-6, and zeros, by 0 * infinity, that of 6. Ours are +-0. Such a block dequantises to zeros either way.
"""
import itertools

import layouts
import make_flashinfer_ptx
import matrices
import pytest
from flashinfer_host import LAYOUTS, FlashInfer
from ours import Quantised, compare

SIX, SIGN = 7, 8  # E2M1 codes
REPAIRED = "nvfp4 blocks whose scale rounds to zero: codes +-0 in ours, of +-6 in FlashInfer's"

# kind, rows, scale columns, encode scale of nvfp4
CASES = [
    ("normal", 1, 1, 448.0 * 6),
    ("normal", 7, 3, 2.0**-6),
    ("normal", 130, 15, 0.7),
    ("tiny", 7, 15, 2.0**100),
    ("tiny", 130, 3, 1.0),
    ("zeros", 7, 3, 3.0),
    ("huge", 7, 15, 2.0**-20),
    ("infinite", 7, 16, 1.0),
    ("every", 512, 8, 1.0),
    ("shuffled", 130, 32, 37.3),
]


@pytest.fixture(scope="module")
def flashinfer(tmp_path_factory, gpu):
    folder = tmp_path_factory.mktemp("flashinfer")
    try:
        make_flashinfer_ptx.make(folder)
    except make_flashinfer_ptx.Missing as missing:
        pytest.skip(str(missing))
    return FlashInfer(gpu, folder)


def is_repaired(values, sf):
    """Whether a block is not all zeros but its scale is zero; NaN do not count."""
    return sf == 0 and any(value != 0 and value == value for value in values)


def packed(values, zero_code, other_code):
    """E2M1 codes. That of NaN is 6's, without a sign."""
    codes = [SIX if v != v else zero_code(v) if v == 0 else other_code(v) for v in values]
    return bytes(low | high << 4 for low, high in zip(codes[::2], codes[1::2]))


def sign_of(value):
    return SIGN if str(value).startswith("-") else 0


def without_repair(matrix, layout, ours):
    """What FlashInfer's nvfp4 has written, by what ours wrote, and how many blocks differ."""
    data, blocks, columns = bytearray(ours.data), 0, matrix.columns // 16
    for row, column in itertools.product(range(matrix.rows), range(columns)):
        values = [matrices.FLUSHED[matrix.element][word] for word in matrix.block(row, column, 16)]
        if is_repaired(values, ours.sf[layouts.offset(row, column, columns, layout)]):
            first = (row * columns + column) * 8
            assert data[first : first + 8] == packed(values, sign_of, sign_of), (row, column)
            data[first : first + 8] = packed(values, lambda v: SIX, lambda v: SIX | sign_of(v))
            blocks += 1
    return Quantised(bytes(data), ours.sf), blocks


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kernel", make_flashinfer_ptx.KERNELS, ids=lambda kernel: kernel.name)
def test_the_same_bytes(flashinfer, ours, counts, kernel, layout):
    repaired = 0
    for kind, rows, columns, scale in CASES:
        scale = scale if kernel.format == "nvfp4" else None
        matrix = matrices.matrix(kind, kernel.element, rows, columns * kernel.vector)
        theirs = flashinfer.quantise(kernel, matrix, layout, scale)
        found = ours.quantise(matrix, format=kernel.format, sf_layout=layout, global_scale=scale)
        expected, blocks = without_repair(matrix, layout, found) if kernel.format == "nvfp4" else (found, 0)
        counts.update(compare(kernel.name, theirs, expected, found))
        repaired += blocks
    assert (repaired > 0) == (kernel.format == "nvfp4")
    counts[REPAIRED] += repaired


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("element", ["bf16", "f16"])
def test_padded_columns(flashinfer, ours, counts, element, layout):
    """Its operator's `alignment` is our k_out; only mxfp8 has it."""
    kernel = make_flashinfer_ptx.Kernel("mxfp8", element)
    for rows, columns, k_out in [(1, 32, 64), (7, 96, 128), (130, 480, 640)]:
        matrix = matrices.matrix("normal", element, rows, columns)
        theirs = flashinfer.quantise(kernel, matrix, layout, None, k_out)
        found = ours.quantise(matrix, format="mxfp8", sf_layout=layout, k_out=k_out)
        counts.update(compare(f"{kernel.name} padded", theirs, found, found))
