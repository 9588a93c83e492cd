"""The process's runtime: configured before it is first needed, made then, and kept to the end.

Threads: any function, on any thread.
"""

import contextlib
import ctypes
import os
import threading

from fp4jit import _abi
from fp4jit._library import check, library
from fp4jit.errors import InvalidArgument
from fp4jit.nvrtc import find_nvrtc


def number_of(table: dict[str, int], field: str, name: str) -> int:
    """The number of a named value; raises InvalidArgument with the names there are and the nearest."""
    if name in table:
        return table[name]
    raise InvalidArgument(unknown_name(table, field, name))


def unknown_name(table: dict[str, int], field: str, name: object) -> str:
    """What to say about a value that a table lacks."""
    import difflib

    near = difflib.get_close_matches(str(name).lower(), table, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{field} must be one of {', '.join(table)}; it is {name!r}{hint}"


class Runtime:
    """A fp4jit_runtime: tables of kernels, and the connection to the store."""

    def __init__(self, config: _abi.Config):
        handle = ctypes.c_void_p()
        check(library.fp4jit_runtime_create(config, handle))
        self.handle = handle.value
        self._seals = threading.Lock()  # guards the rest
        self._lasting = "off"
        self._open: list[str] = []  # of blocks under way, on any thread

    def prepare(self, specs: list[_abi.Spec], devices: list[int] = (), jobs: int = 0) -> None:
        """Compiles every spec, and loads it on every device; raises what the first failure was."""
        array = (_abi.Spec * len(specs))(*specs)
        ordinals = (ctypes.c_int32 * len(devices))(*devices)
        args = _abi.PrepareArgs.sized(
            jobs=jobs,
            specs=ctypes.addressof(array) if specs else None,
            spec_count=len(specs),
            devices=ctypes.addressof(ordinals) if devices else None,
            device_count=len(devices),
        )
        check(library.fp4jit_prepare(self.handle, args))

    def seal(self, mode: str) -> None:
        """From its return on, "soft" forbids compiling and "hard" loading too; "off" allows both.

        A block of `sealed` that is under way may be stricter.
        """
        number_of(_abi.SEAL_MODES, "seal mode", mode)
        with self._seals:
            self._lasting = mode
            self._apply_strictest()

    @contextlib.contextmanager
    def sealed(self, mode: str = "hard"):
        """The seal for a block of code, on all threads; blocks may nest and overlap, and the strictest holds."""
        number_of(_abi.SEAL_MODES, "seal mode", mode)
        with self._seals:
            self._open.append(mode)
            self._apply_strictest()
        try:
            yield
        finally:
            with self._seals:
                self._open.remove(mode)
                self._apply_strictest()

    def _apply_strictest(self) -> None:
        strictest = max(_abi.SEAL_MODES[mode] for mode in [self._lasting, *self._open])
        check(library.fp4jit_seal(self.handle, strictest))

    def drain(self) -> None:
        """Waits for the builds in the background; raises the first that failed."""
        check(library.fp4jit_drain(self.handle))

    def stats(self) -> dict[str, int | float | str]:
        """The counters of fp4jit.h, each exact, read one after another."""
        counters = _abi.Counters.sized()
        check(library.fp4jit_stats(self.handle, counters))
        names = [name for name, _ in _abi.COUNTERS_FIELDS if name != "struct_size"]
        values = {name: getattr(counters, name) for name in names}
        states = {number: name for name, number in _abi.STORE_STATES.items()}
        return values | {"store_state": states[values["store_state"]]}


_lock = threading.Lock()
_config: dict[str, object] = {}
_runtime: Runtime | None = None


def configure(
    *,
    cache_dir: str | os.PathLike | None = None,
    nvrtc: str | os.PathLike | None = None,
    driver: str | os.PathLike | None = None,
    record: str | os.PathLike | None = None,
    on_miss: str | None = None,
    artifact: str | None = None,
) -> None:
    """What the runtime is made with; None leaves it to the environment variable of fp4jit.h.

    To be called before the first kernel is needed; raises InvalidArgument after that.
    """
    paths = {"cache_dir": cache_dir, "nvrtc_path": nvrtc, "driver_path": driver, "record_path": record}
    chosen = {name: os.fsencode(path) for name, path in paths.items() if path is not None}
    if on_miss is not None:
        chosen["on_miss"] = number_of(_abi.ON_MISS, "on_miss", on_miss)
    if artifact is not None:
        chosen["artifact"] = number_of(_abi.ARTIFACTS, "artifact", artifact)
    with _lock:
        if _runtime is not None:
            raise InvalidArgument(
                "fp4jit is at work already: configure() belongs before the first prewarm(), seal(), "
                "stats() or quantize() of a CUDA tensor"
            )
        _config.update(chosen)


def default_runtime() -> Runtime:
    """The process's runtime, made now if it was not yet. Opens neither driver nor NVRTC."""
    return _runtime or _make_runtime()


def _make_runtime() -> Runtime:
    global _runtime
    with _lock:
        if _runtime is None:
            _runtime = Runtime(_abi.Config.sized(**_nvrtc_of_wheels(), **_config))
        return _runtime


def _nvrtc_of_wheels() -> dict[str, bytes]:
    if "nvrtc_path" in _config or os.environ.get("FP4JIT_NVRTC"):
        return {}
    found = find_nvrtc()
    return {"nvrtc_path": os.fsencode(found)} if found else {}
