"""What a test hears of the files, processes and foreign calls of this package."""

import contextlib
import linecache
import os
import sys

import pytest

import fp4jit
from fp4jit import _abi
from fp4jit._library import library
from fp4jit.torch import body

WATCHED = ("open", "os.", "subprocess.", "ctypes.", "socket.", "pathlib.")
PACKAGE = os.path.dirname(fp4jit.__file__) + os.sep


def place_of_ours() -> str | None:
    """The innermost line of this package on the stack; none while source lines are read for a message."""
    frame = sys._getframe(1)
    while frame is not None and not frame.f_code.co_filename.startswith(PACKAGE):
        if frame.f_code.co_filename == linecache.__file__:
            return None
        frame = frame.f_back
    return frame and f"{frame.f_code.co_filename}:{frame.f_lineno}"


class Audit:
    """Collects events with this package on the stack. A hook of sys stays for ever, so there is one."""

    def __init__(self):
        self.events, self._listens = [], False
        sys.addaudithook(self._hook)

    def note(self, event: str) -> None:
        place = self._listens and place_of_ours()
        if place:
            self.events.append(f"{event} at {place}")

    def _hook(self, event: str, _arguments) -> None:
        if self._listens and event.startswith(WATCHED):
            self.note(event)

    @contextlib.contextmanager
    def listening(self):
        self.events, self._listens = [], True
        try:
            yield self.events
        finally:
            self._listens = False


@pytest.fixture(scope="module")
def hooked() -> Audit:
    return Audit()


@pytest.fixture
def audit(hooked, monkeypatch) -> Audit:
    """Hears also what Python has no events for: calls of the library, and os.stat."""

    def noted(name, function):
        def call(*arguments, **named):
            hooked.note(name)
            return function(*arguments, **named)

        return call

    for name in _abi.PROTOTYPES:
        monkeypatch.setattr(library, name, noted(name, getattr(library, name)))
    for name in ("host_quantize", "launch_spec"):  # the body's own names of two of them
        monkeypatch.setattr(body, name, noted(name, getattr(body, name)))
    monkeypatch.setattr(os, "stat", noted("os.stat", os.stat))
    return hooked
