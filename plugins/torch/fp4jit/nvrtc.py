"""NVRTC among installed wheels, in the folders of sys.path that the library does not know of."""

import sys
from pathlib import Path

# Newest first. Of CUDA 13 every library has one folder, of CUDA 12 each its own.
_FOLDERS = ("nvidia/cu13/lib", "nvidia/cuda_nvrtc/lib")


def find_nvrtc() -> str | None:
    """The path of libnvrtc.so.N in the first folder of sys.path that has one: torch's wheels or an extra's.

    None also where that is the folder of this package, in which the library looks by itself.
    """
    own = Path(__file__).parent.parent
    for root in filter(None, sys.path):
        for folder in _FOLDERS:
            for library in sorted((Path(root) / folder).glob("libnvrtc.so.1[0-9]"), reverse=True):
                return None if Path(root) == own else str(library.absolute())
    return None
