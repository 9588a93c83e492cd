"""torchao's MXFP8 kernel by Triton and our mxfp8 with numerics=exact, on one device: the same bytes, but for blocks
with a NaN or an infinity, which torchao does otherwise.

A NaN makes its scale 255 and all codes NaN; ours leaves the NaN out of the scale. An infinity makes both scales 254;
its multiplier is then 2^-127 and ours 0, so that finite elements keep codes there, and -infinity its sign.
"""
import ctypes
import itertools
import json
import math
import os
import pathlib
import subprocess
import sys

import matrices
import pytest
from ours import Quantised, compare

MAKE = pathlib.Path(__file__).parent / "make_torchao_ptx.py"
VECTOR = 32
NAN, MOST, SIGN = 0x7F, 0x7E, 0x80  # E4M3 codes
UNWRITTEN = 0x5A  # what the outputs hold before

# kind, rows, columns
CASES = [("normal", 1, 32), ("normal", 7, 96), ("normal", 130, 480), ("tiny", 7, 480), ("tiny", 130, 96), ("zeros", 7, 96),
         ("huge", 7, 480), ("infinite", 7, 512), ("every", 512, 256), ("shuffled", 130, 1024)]  # fmt: skip


def e4m3_magnitude(code):
    exponent, mantissa = code >> 3, code & 7
    return (mantissa / 8 if exponent == 0 else 1 + mantissa / 8) * 2.0 ** (max(exponent, 1) - 7)


MAGNITUDES = [e4m3_magnitude(code) for code in range(NAN)]


class Torchao:
    def __init__(self, gpu, folder):
        self.gpu, self.launch = gpu, json.loads((folder / "mxfp8.json").read_text())
        self.function = gpu.kernel((folder / "mxfp8.ptx").read_bytes(), self.launch["entry"])

    def quantise(self, matrix):
        gpu, count, columns = self.gpu, len(matrix.words), matrix.columns
        with (
            gpu.memory(matrix.data()) as x,
            gpu.memory(bytes([UNWRITTEN]) * count) as data,
            gpu.memory(bytes([UNWRITTEN]) * (count // VECTOR)) as sf,
        ):
            addresses, sizes = map(ctypes.c_uint64, (x, data, sf)), map(ctypes.c_int32, (matrix.rows, columns))
            scratch = ctypes.c_uint64(), ctypes.c_uint64()  # of Triton's own; this kernel has none
            grid = (-(-matrix.rows // self.launch["rows"]), -(-columns // self.launch["columns"]), 1)
            block = (self.launch["threads"], 1, 1)
            gpu.launch(self.function, grid, block, [*addresses, *sizes, *scratch], self.launch["shared_bytes"])
            return Quantised(gpu.read(data, count), gpu.read(sf, count // VECTOR))


@pytest.fixture(scope="module")
def torchao(tmp_path_factory, gpu):
    folder = tmp_path_factory.mktemp("torchao")
    python = os.environ.get("FP4JIT_PEER_PYTHON", sys.executable)
    find = "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, ['triton', 'torchao'])))"
    if subprocess.run([python, "-c", find], check=False).returncode != 0:
        pytest.skip(f"{python} has no packages triton and torchao (FP4JIT_PEER_PYTHON names another Python)")
    subprocess.run([python, MAKE, folder], check=True)
    return Torchao(gpu, folder)


def code_beside_infinity(value):
    """E4M3 of a value times 2^-127, to nearest even."""
    sign = SIGN if math.copysign(1, value) < 0 else 0
    if math.isinf(value):
        return sign | MOST
    scaled = abs(value) * 2.0**-127
    return sign | min(range(NAN), key=lambda code: (abs(MAGNITUDES[code] - scaled), code & 1))


def as_torchao(matrix, ours, counts):
    """What torchao's kernel has written, by what ours wrote."""
    data, sf, columns = bytearray(ours.data), bytearray(ours.sf), matrix.columns // VECTOR
    for row, column in itertools.product(range(matrix.rows), range(columns)):
        values = [matrices.VALUES["bf16"][word] for word in matrix.block(row, column, VECTOR)]
        block = row * columns + column
        if any(map(math.isnan, values)):
            sf[block] = 0xFF
            data[block * VECTOR : (block + 1) * VECTOR] = bytes([NAN]) * VECTOR
            counts["torchao mxfp8: blocks with NaN: NaN in torchao's, of the other elements in ours"] += 1
        elif any(map(math.isinf, values)):
            assert sf[block] == 0xFE
            data[block * VECTOR : (block + 1) * VECTOR] = bytes(map(code_beside_infinity, values))
            counts["torchao mxfp8: blocks with an infinity: multiplier 2^-127 in torchao's, 0 in ours"] += 1
    return Quantised(bytes(data), bytes(sf))


@pytest.mark.parametrize("kind, rows, columns", CASES)
def test_the_same_bytes(torchao, ours, counts, kind, rows, columns):
    matrix = matrices.matrix(kind, "bf16", rows, columns)
    found = ours.quantise(matrix, format="mxfp8", sf_layout="linear", numerics="exact")
    counts.update(compare("torchao mxfp8", torchao.quantise(matrix), as_torchao(matrix, found, counts), found))
