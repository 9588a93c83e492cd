"""fp4jit: block-scaled FP4 and FP8 quantisation kernels, specialised at run time.

`import fp4jit` opens libfp4jit.so and nothing else: no CUDA, no NVRTC, no PyTorch. `fp4jit.torch` has the functions for
PyTorch, `fp4jit.compat.flashinfer` the same under FlashInfer's names, and the program `fp4jit` prewarms image builds.
"""

from fp4jit._library import library as _library
from fp4jit.errors import (
    AbiMismatch,
    Cancelled,
    CompileError,
    Corrupt,
    DriverError,
    Error,
    Forked,
    InvalidArgument,
    InvalidSpec,
    IoError,
    NoDriver,
    NoNvrtc,
    NotPrepared,
    NotPreparedInCapture,
    OutOfMemory,
    Sealed,
    Unsupported,
)

__version__ = _library.fp4jit_version_string().decode()
