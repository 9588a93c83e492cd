"""While the public function is traced, this package opens no file, starts no process, makes no foreign call and asks
for no device.
"""
import contextlib
import linecache
import os
import sys

import cases
import pytest
import torch

import fp4jit
import fp4jit.torch as F
from fp4jit import _abi, nvrtc, specs
from fp4jit._library import library

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
    monkeypatch.setattr(os, "stat", noted("os.stat", os.stat))
    return hooked


def trace(function, *inputs) -> int:
    """Traces to the end, with fakes, and runs nothing; the number of calls of the op in the graph."""
    calls = []

    def backend(graph, _inputs):
        calls.extend(node for node in graph.graph.nodes if "quantize_v1" in str(node.target))
        return lambda *_: (torch.ones(1), torch.ones(1))

    torch._dynamo.reset()
    torch.compile(lambda x: x * 2, backend="eager")(torch.ones(2))  # imports what the tracer itself needs
    torch.compile(function, fullgraph=True, dynamic=True, backend=backend)(*inputs)
    return len(calls)


@pytest.mark.parametrize("axes", cases.calls(format=cases.FORMATS, sf_layout=cases.LAYOUTS), ids=str)
def test_tracing_is_without_effects_of_ours(audit, axes):
    with audit.listening() as events:
        calls = trace(lambda x, s: F.quantize(x, s, **axes), cases.matrix(9, 64), cases.scale_of(axes["format"]))
    assert (calls, events) == (1, [])


def test_tracing_the_estimator_is_too(audit):
    with audit.listening() as events:
        calls = trace(lambda x, s: (F.quantize_ste(x, s, format="nvfp4"),) * 2, *cases.nvfp4_inputs())
    assert (calls, events) == (1, [])


def test_the_audit_hears_what_it_is_to_forbid(audit, tmp_path):
    with audit.listening() as events:
        specs.parse_spec("mxfp8_quantize[k=64,in=bf16,layout=linear]@sm_100a")
        nvrtc.find_nvrtc()
        with pytest.raises(fp4jit.Error):
            F.prewarm(str(tmp_path / "config.json"))
    heard = {event.split()[0] for event in events}
    assert {"fp4jit_spec_from_text", "subprocess.Popen", "os.stat"} <= heard


def test_no_device_is_asked_for_the_default_of_pdl(monkeypatch):
    def asked(*_):
        raise AssertionError("the CPU has no programmatic dependent launch to ask a driver about")

    monkeypatch.setattr("fp4jit.torch.pdl_default.learn", asked)
    monkeypatch.setattr(torch.cuda, "get_device_capability", asked)
    assert trace(lambda x, s: F.quantize(x, s, format="nvfp4", pdl=None), *cases.nvfp4_inputs()) == 1
