"""Kernels made ready before tracing and capture, for a module, for specs, or for what a file or folder describes; the
seal that proves it; and the counters.
"""

import json
import os
import subprocess
import warnings
from collections.abc import Iterable

import torch

from fp4jit import _abi
from fp4jit.cli import environment, program_path
from fp4jit.errors import Error, Unsupported
from fp4jit.runtime import default_runtime, number_of
from fp4jit.shapes import FORMAT_ROWS
from fp4jit.specs import parse_spec, spec_text, without_target
from fp4jit.torch import pdl_default
from fp4jit.torch.dtypes import DTYPE_NUMBERS

_NAMES = {number: name for name, number in _abi.DTYPES.items()}
_DTYPE_NAMES = {dtype: _NAMES[number] for dtype, number in DTYPE_NUMBERS.items()}
# What a text says where the target is the device's own, whatever that is; it is dropped before anything is compiled.
_ANY_TARGET = "sm_90"


def prewarm(
    what: torch.nn.Module | str | os.PathLike | Iterable[str],
    device: torch.device | str | int | None = None,
    *,
    tp: int = 1,
    target: str | None = None,
    format: str = "nvfp4",
    sf_layout: str = "128x4",
    numerics: str = "trtllm",
    dtype: torch.dtype = torch.bfloat16,
    pdl: int | None = None,
    jobs: int = 0,
) -> list[str]:
    """Compiles kernels, or takes them from the cache, and loads them on the device. May take seconds; not for capture.

    Args:
        what: a module (its linear layers), a spec's canonical text or several, or a path: a checkpoint's folder or
            config.json, a plan of `fp4jit prewarm --plan`, or a recorded trace.
        device: where they are loaded; None: the current CUDA device where there is one. A CPU needs no kernel: with
            "cpu" they are only compiled, for `target`.
        tp: ranks that a checkpoint's layers are divided among. A module has its rank's widths already. What else there
            is to say of a checkpoint (experts, backend, padding) `fp4jit prewarm --plan` takes; pass its file.
        target: "sm_100a" and the like, for the plan and for compiling without a device; None: the device's own.
        format: of a module's calls; a checkpoint says its own.
        sf_layout, numerics, dtype: of the calls to come, for a module or a checkpoint. dtype is of the activations; a
            module's floating-point weights beat it.
        pdl: likewise; None: what pdl=None in `quantize` means on the device, or on one of `target`.
        jobs: threads; 0: one per core.

    Returns:
        The canonical texts of the specs, without a target where the device decides. Without a CUDA device and a
        target there is nothing to compile.

    Raises:
        fp4jit.Error, of the first failure; the others were tried too.
    """
    ordinal = _cuda_ordinal(device)
    if ordinal is not None:
        pdl_default.learn(ordinal)
    if pdl is None:
        pdl = _pdl_of(ordinal, target)
    axes = _Axes(format, sf_layout, numerics, dtype, pdl, target or _ANY_TARGET)
    by_text = {spec_text(spec): spec for spec in map(parse_spec, _texts(what, axes, tp))}
    specs = list(by_text.values())
    if ordinal is not None:
        default_runtime().prepare([without_target(spec) for spec in specs], [ordinal], jobs)
        return list(dict.fromkeys(text.partition("@")[0] for text in by_text))
    if target is not None:
        default_runtime().prepare(specs, [], jobs)
    return list(by_text)


def seal(mode: str = "hard") -> None:
    """From now on "hard" allows look-ups alone, "soft" loads from the store too, "off" everything."""
    default_runtime().seal(mode)


def sealed(mode: str = "hard"):
    """`with sealed():` the seal for a block of code; a kernel that was not prepared raises fp4jit.Sealed."""
    return default_runtime().sealed(mode)


def drain() -> None:
    """Waits for builds in the background (on_miss="generic"); raises the first that failed."""
    default_runtime().drain()


def stats() -> dict[str, int | float | str]:
    """The runtime's counters, as fp4jit.h names them."""
    return default_runtime().stats()


class _Axes:
    """What the specs of a module or a checkpoint have in common."""

    def __init__(self, format, sf_layout, numerics, dtype, pdl, target):
        if dtype not in _DTYPE_NAMES:
            raise TypeError(f"dtype must be one of {', '.join(map(str, _DTYPE_NAMES))}; it is {dtype}")
        for table, field, name in (
            (_abi.FORMATS, "format", format),
            (_abi.SF_LAYOUTS, "sf_layout", sf_layout),
            (_abi.NUMERICS, "numerics", numerics),
        ):
            number_of(table, field, name)
        self.format, self.sf_layout, self.numerics = format, sf_layout, numerics
        self.dtype, self.pdl, self.target = dtype, pdl, target

    def text(self, k: int, dtype: torch.dtype) -> str:
        fields = f"k={k},in={_DTYPE_NAMES[dtype]},layout={self.sf_layout},numerics={self.numerics},pdl={self.pdl}"
        return f"{self.format}_quantize[{fields}]@{self.target}"


def _cuda_ordinal(device) -> int | None:
    if device is None:
        return torch.cuda.current_device() if torch.cuda.is_available() else None
    device = torch.device("cuda", device) if isinstance(device, int) else torch.device(device)
    if device.type == "cpu":
        return None
    if device.type != "cuda":
        raise Unsupported(f"device must be a CUDA device or the CPU; it is {device}")
    return torch.cuda.current_device() if device.index is None else device.index


def _pdl_of(ordinal: int | None, target: str | None) -> int:
    if ordinal is not None:
        return pdl_default.resolve(torch.device("cuda", ordinal))
    return 0 if target is None else pdl_default.of_target(target)


def _texts(what, axes: _Axes, tp: int) -> list[str]:
    if isinstance(what, torch.nn.Module):
        return _texts_of_module(what, axes, tp)
    if isinstance(what, str) and "[" in what:
        return [what]
    if isinstance(what, (str, os.PathLike)):
        return _texts_of_path(os.fspath(what), axes, tp)
    texts = list(what) if isinstance(what, Iterable) else [what]
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"what must be a module, texts of specs or a path; it has a {type(text).__name__}")
    return texts


def _texts_of_module(module: torch.nn.Module, axes: _Axes, tp: int) -> list[str]:
    if tp != 1:
        raise ValueError(f"tp must be 1 for a module, whose layers have their rank's widths already; it is {tp}")
    block = FORMAT_ROWS[_abi.FORMATS[axes.format]].sf_vec_size
    texts = []
    for name, layer in module.named_modules():
        k = getattr(layer, "in_features", None)
        if not isinstance(k, int):
            continue
        if k % block != 0:
            warnings.warn(f"{name or 'the module'} cannot be quantised: k={k} is no multiple of {block}", stacklevel=4)
            continue
        weight = getattr(layer, "weight", None)
        dtype = weight.dtype if getattr(weight, "dtype", None) in _DTYPE_NAMES else axes.dtype
        texts.append(axes.text(k, dtype))
    return texts


def _source_flag(path: str) -> str:
    if os.path.isdir(path) or os.path.basename(path) in ("config.json", "params.json"):
        return "--model"
    return "--manifest" if path.endswith(".json") else "--from-trace"


def _texts_of_path(path: str, axes: _Axes, tp: int) -> list[str]:
    """What the program plans: it knows the models."""
    flag = _source_flag(path)
    command = [program_path(), "prewarm", flag, path, "--dry-run", "--json"]
    if flag == "--model":
        command += ["--tp", str(tp), "--target", axes.target, "--in", _DTYPE_NAMES[axes.dtype]]
        command += ["--sf-layout", axes.sf_layout, "--numerics", axes.numerics, "--pdl", str(axes.pdl)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment())
    if not done.stdout:
        raise Error(done.stderr.strip() or f"{command[0]} ended with {done.returncode}")
    plan = json.loads(done.stdout)
    for module in plan.get("unaligned", []):
        warnings.warn(f"{module['module']} cannot be quantised: {module['reason']}", stacklevel=4)
    return [row["spec"] for row in plan["specs"]]
