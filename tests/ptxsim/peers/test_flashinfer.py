"""FlashInfer's quantise kernels and ours, on one device: the same bytes, but for one repair of ours.

Its kernel for nvfp4 makes the multiplier of a block whose scale rounds to zero infinite: elements other than zero get
the code of +-6, and zeros, by 0 * infinity, that of 6. Ours are +-0. Such a block dequantises to zeros either way.

Where no difference is explained, whole outputs are equal, padding included; FlashInfer's held other bytes before.
"""
import itertools

import layouts
import make_flashinfer_ptx
import matrices
import pytest
from flashinfer_host import LAYOUTS, FlashInfer
from ours import Quantised, compare

VECTOR = 16  # of nvfp4
SIX, SIGN = 7, 8  # E2M1 codes
NAN_SCALE = 0x7F  # E4M3

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


def packed(values, zero_code, other_code):
    """E2M1 codes. That of NaN is 6's, without a sign."""
    codes = [SIX if v != v else zero_code(v) if v == 0 else other_code(v) for v in values]
    return bytes(low | high << 4 for low, high in zip(codes[::2], codes[1::2]))


def sign_of(value):
    return SIGN if str(value).startswith("-") else 0


def six_of(value):
    return SIX | sign_of(value)


def blocks(matrix, layout):
    """Of nvfp4: the values as the kernels compute with them, their place in the data, that of the scale."""
    columns = matrix.columns // VECTOR
    for row, column in itertools.product(range(matrix.rows), range(columns)):
        values = [matrices.FLUSHED[matrix.element][word] for word in matrix.block(row, column, VECTOR)]
        first = (row * columns + column) * VECTOR // 2
        yield values, slice(first, first + VECTOR // 2), layouts.offset(row, column, columns, layout)


def without_repair(matrix, layout, ours, counts):
    """What FlashInfer's nvfp4 has written, by what ours wrote. NaN do not make a block other than zero."""
    data = bytearray(ours.data)
    for values, place, scale_place in blocks(matrix, layout):
        if ours.sf[scale_place] == 0 and any(value != 0 and value == value for value in values):
            assert data[place] == packed(values, sign_of, sign_of), place
            data[place] = packed(values, lambda value: SIX, six_of)
            counts["nvfp4: blocks whose scale rounds to zero: codes +-0 in ours, of +-6 in FlashInfer's"] += 1
    return Quantised(bytes(data), ours.sf)


def with_nan_scales(matrix, layout, ours, counts):
    """What FlashInfer's strict nvfp4 has written, by what ours wrote with numerics=exact, which leaves NaN out of a
    block's maximum. FlashInfer's is NaN where every second element is, and its multiplier the largest number."""
    data, sf = bytearray(ours.data), bytearray(ours.sf)
    for values, place, scale_place in blocks(matrix, layout):
        if all(value != value for value in values[1::2]):
            data[place], sf[scale_place] = packed(values, sign_of, six_of), NAN_SCALE
            counts["nvfp4 strict: blocks with a NaN in all odd places: a scale of NaN in FlashInfer's"] += 1
    return Quantised(bytes(data), bytes(sf))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kernel", make_flashinfer_ptx.FAST, ids=lambda kernel: kernel.name)
def test_the_same_bytes(flashinfer, ours, counts, kernel, layout):
    for kind, rows, columns, scale in CASES:
        scale = scale if kernel.format == "nvfp4" else None
        matrix = matrices.matrix(kind, kernel.element, rows, columns * kernel.vector)
        theirs = flashinfer.quantise(kernel, matrix, layout, scale)
        found = ours.quantise(matrix, format=kernel.format, sf_layout=layout, global_scale=scale)
        expected = without_repair(matrix, layout, found, counts) if kernel.format == "nvfp4" else found
        counts.update(compare(kernel.name, theirs, expected, found))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kernel", make_flashinfer_ptx.STRICT, ids=lambda kernel: kernel.name)
def test_strict_is_exact(flashinfer, ours, counts, kernel, layout):
    """Its correctly rounded operations are those of numerics=exact, with subnormal elements taken for zeros."""
    for kind, rows, columns, scale in CASES:
        matrix = matrices.matrix(kind, kernel.element, rows, columns * kernel.vector)
        theirs = flashinfer.quantise(kernel, matrix, layout, scale)
        matrix = matrices.flushed(matrix)
        found = ours.quantise(matrix, format="nvfp4", sf_layout=layout, global_scale=scale, numerics="exact")
        counts.update(compare(kernel.name, theirs, with_nan_scales(matrix, layout, found, counts), found))


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
