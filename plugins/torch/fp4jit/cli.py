"""The console script: becomes the program of the wheel."""

import os
import sys


def program_path() -> str:
    """The program that the wheel brings."""
    return os.path.join(os.path.dirname(__file__), "bin", "fp4jit")


def environment() -> dict:
    """This process's, with the NVRTC of installed wheels where none is named."""
    from fp4jit.nvrtc import find_nvrtc

    found = os.environ.get("FP4JIT_NVRTC") or find_nvrtc()
    return os.environ | ({"FP4JIT_NVRTC": found} if found else {})


def main() -> None:
    program = program_path()
    os.execve(program, [program, *sys.argv[1:]], environment())
