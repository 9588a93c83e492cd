"""Functions of an engine replaced by fp4jit's: all that a plugin names, or none of them.

A replacement takes the function that it replaces first, for the calls that fp4jit does not serve.
"""

import functools
import importlib
import importlib.metadata
import importlib.util
import inspect
import logging
import sys
import types
from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch

log = logging.getLogger("fp4jit.engines")


class Swap(NamedTuple):
    """A function of a module or of a class in it, "package.module:Class.name", and what is called instead."""

    place: str
    replacement: Callable


def _owner_and_name(place: str) -> tuple[object, str]:
    module, _, path = place.partition(":")
    *classes, name = path.split(".")
    return functools.reduce(getattr, classes, importlib.import_module(module)), name


def _parameters(function: Callable) -> list[tuple]:
    """Names and defaults, also of an op of torch.library."""
    op = getattr(function, "_opoverload", None) or getattr(function, "default", None)
    if hasattr(op, "_schema"):
        arguments = op._schema.arguments
        return [(a.name, a.default_value if a.has_default_value() else inspect.Parameter.empty) for a in arguments]
    return [(p.name, p.default) for p in inspect.signature(function).parameters.values()]


def _text(parameters: list[tuple]) -> str:
    empty = inspect.Parameter.empty
    return ", ".join(name if default is empty else f"{name}={default!r}" for name, default in parameters)


def _problem(swap: Swap) -> str | None:
    """Why it cannot be made."""
    try:
        owner, name = _owner_and_name(swap.place)
        original = getattr(owner, name)
    except (ImportError, AttributeError) as error:
        return f"{swap.place} is missing ({error})"
    if not callable(original):
        return f"{swap.place} is {original!r}, no function"
    there, known = _parameters(original), _parameters(swap.replacement)[1:]
    return None if there == known else f"{swap.place} takes ({_text(there)}), not ({_text(known)})"


def can_swap(package: str, known_versions: str, swaps: Iterable[Swap]) -> bool:
    """Whether the engine has all of them as they are known here; else says so, once, and nothing is to be changed."""
    problems = [problem for swap in swaps if (problem := _problem(swap))]
    if problems:
        log.warning(
            "fp4jit leaves %s %s as it is: %s. This version of fp4jit knows %s %s",
            *(package, _version(package), "; ".join(problems), package, known_versions),
        )
    return not problems


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "(version unknown)"


def replace(swap: Swap) -> None:
    """Puts the replacement in its place, and wherever `from module import name` has copied the original to."""
    owner, name = _owner_and_name(swap.place)
    original = getattr(owner, name)
    replacement = functools.partial(swap.replacement, original)
    setattr(owner, name, replacement)
    for module in [m for m in list(sys.modules.values()) if isinstance(m, types.ModuleType)]:
        for copied in [key for key, value in vars(module).items() if value is original]:
            setattr(module, copied, replacement)


def run_registration(package: str, register_all: Callable[[], None]) -> None:
    """Calls it where the engine is installed and runs on NVIDIA's devices; never raises."""
    try:
        if importlib.util.find_spec(package) and not (torch.version.hip or torch.version.xpu):
            register_all()
    except Exception:
        log.exception("fp4jit leaves %s as it is", package)
