"""libfp4jit.so: found, opened, checked against this package, and given prototypes.

Opening it starts neither CUDA nor NVRTC and reads no other file.
"""

import ctypes
import os

from fp4jit._abi import ABI_VERSION, PROTOTYPES
from fp4jit.errors import AbiMismatch, error_of


def library_path() -> str:
    """The library that the wheel brings."""
    return os.path.join(os.path.dirname(__file__), "lib", "libfp4jit.so")


def _require_abi(library: ctypes.CDLL, path: str) -> None:
    library.fp4jit_abi_version.restype = ctypes.c_uint32
    number = library.fp4jit_abi_version()
    version = (number >> 16, number & 0xFFFF)
    if version == ABI_VERSION:
        return
    raise AbiMismatch(
        f"{path} has ABI version {version[0]}.{version[1]}; this package is of "
        f"{ABI_VERSION[0]}.{ABI_VERSION[1]}: install both anew, as one wheel of fp4jit"
    )


def open_library(path: str) -> ctypes.CDLL:
    """Opens and checks it. Raises ImportError without one, AbiMismatch with another version's."""
    try:
        library = ctypes.CDLL(path)
        _require_abi(library, path)
        for name, (arguments, result) in PROTOTYPES.items():
            function = getattr(library, name)
            function.argtypes, function.restype = arguments, result
    except (OSError, AttributeError) as error:
        raise ImportError(
            f"cannot use {path} as libfp4jit.so: {error}; install a wheel of fp4jit "
            "(in a checkout: pip install ./plugins/torch)"
        ) from error
    return library


library = open_library(library_path())


def raise_last_error(status: int) -> None:
    """Raises the exception of a status that is not FP4JIT_OK, with what this thread's call said."""
    raise error_of(status, library.fp4jit_last_error().decode())


def check(status: int) -> None:
    """Raises unless the status is FP4JIT_OK."""
    if status:
        raise_last_error(status)
