"""This project's kernels, by its program, on the device that a driver library plays."""
import dataclasses

import npy
from program import Program

DESCR = {"bf16": "<u2", "f16": "<f2"}


@dataclasses.dataclass
class Quantised:
    data: bytes
    sf: bytes


class Ours:
    def __init__(self, folder, library):
        self.program = Program(folder, env={"FP4JIT_CUDA_DRIVER": str(library), "FP4JIT_ARTIFACT": "ptx"})
        self.input, self.data, self.sf = (folder / name for name in ("x.npy", "q.npy", "s.npy"))

    def quantise(self, matrix, **options):
        """Options that are None are left out."""
        shape = (matrix.rows, matrix.columns)
        self.input.write_bytes(npy.header_of(DESCR[matrix.element], shape) + matrix.data())
        files = {"input": self.input, "output-data": self.data, "output-sf": self.sf, "device": "cuda:0"}
        named = {name.replace("_", "-"): value for name, value in (files | options).items() if value is not None}
        self.program.json("quantize", *(text for name, value in named.items() for text in (f"--{name}", value)))
        return Quantised(npy.read(self.data)[2], npy.read(self.sf)[2])


def differences(one, other):
    """The places of bytes that differ."""
    assert len(one) == len(other)
    return [i for i in range(len(one)) if one[i] != other[i]] if one != other else []


def check_same(what, found, expected):
    places = differences(found, expected)
    first = [f"{found[i]:02x} at {i}, expected {expected[i]:02x}" for i in places[:4]]
    assert not places, f"{what}: {len(places)} of {len(expected)} bytes: {'; '.join(first)}"


def compare(name, theirs, expected, ours):
    """That theirs are what was expected of them where ours are these; what was compared, to be counted."""
    check_same("scales", theirs.sf, expected.sf)
    check_same("data", theirs.data, expected.data)
    return {
        f"{name}: launches, and as many of ours": 1,
        f"{name}: bytes compared": len(ours.data) + len(ours.sf),
        f"{name}: bytes that differ": len(differences(theirs.data, ours.data) + differences(theirs.sf, ours.sf)),
    }
