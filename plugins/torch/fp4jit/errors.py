"""Exceptions: one for each status of the library, all of them fp4jit.Error."""

from fp4jit._abi import STATUSES


def _first(pattern: str, text: str) -> str | None:
    import re  # would double the time of `import fp4jit`

    found = re.search(pattern, text)
    return found and found.group(0)


class Error(RuntimeError):
    """A call that failed. The text says what, its value, what is allowed and what to do next."""

    status = "INTERNAL"

    @property
    def spec(self) -> str | None:
        """The canonical text of the spec that the call was about, where it was about one."""
        return _first(r"\w+\[[^\]\s]*\](@\w+)?", str(self))

    @property
    def command(self) -> str | None:
        """The shell command that prepares the kernel, where that is what to do."""
        return _first(r"fp4jit prewarm --spec .*", str(self))  # the library ends a line with it


class InvalidArgument(Error, ValueError):
    """A null pointer, a size, an alignment, an overlap."""


class AbiMismatch(Error):
    """The library is not of this package's version."""


class InvalidSpec(Error, ValueError):
    """A spec that no kernel can mean."""


class Unsupported(Error, NotImplementedError):
    """No template yet, or a target that cannot run it."""


class NotPrepared(Error):
    """The kernel is not loaded on this device."""


class Sealed(NotPrepared):
    """More than the seal allows; `command` prepares it."""


class NotPreparedInCapture(NotPrepared):
    """A miss while the stream is being captured, which stays valid; `command` prepares it."""


class NoDriver(Error):
    """No libcuda or no GPU: compiling and CPU tensors work."""


class DriverError(Error):
    """The CUDA driver refused; the message has its own text."""


class Forked(Error):
    """A child of a process that had used the driver: start workers with spawn."""


class NoNvrtc(Error):
    """NVRTC is absent and the kernel is not in the cache."""


class CompileError(Error):
    """NVRTC refused; its log is in the message."""


class Cancelled(Error):
    """The caller asked to stop."""


class IoError(Error, OSError):
    """A file could not be read or written."""


class Corrupt(Error):
    """Bytes that do not prove themselves."""


class OutOfMemory(Error, MemoryError):
    """No memory."""


_BY_STATUS = {
    "INVALID_ARGUMENT": InvalidArgument,
    "ABI_MISMATCH": AbiMismatch,
    "INVALID_SPEC": InvalidSpec,
    "UNSUPPORTED": Unsupported,
    "NOT_PREPARED": NotPrepared,
    "SEALED": Sealed,
    "NOT_PREPARED_IN_CAPTURE": NotPreparedInCapture,
    "NO_DRIVER": NoDriver,
    "DRIVER": DriverError,
    "FORKED": Forked,
    "NO_NVRTC": NoNvrtc,
    "COMPILE": CompileError,
    "CANCELLED": Cancelled,
    "IO": IoError,
    "CORRUPT": Corrupt,
    "OUT_OF_MEMORY": OutOfMemory,
    "INTERNAL": Error,
}
for _name, _class in _BY_STATUS.items():
    _class.status = _name
_BY_NUMBER = {STATUSES[name]: cls for name, cls in _BY_STATUS.items()}


def error_of(status: int, message: str) -> Error:
    """The exception of a status other than FP4JIT_OK."""
    return _BY_NUMBER.get(status, Error)(message)
