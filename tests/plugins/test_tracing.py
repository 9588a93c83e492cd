"""While the public function is traced, this package opens no file, starts no process, makes no foreign call and asks
for no device.
"""
import cases
import pytest
import torch

import fp4jit
import fp4jit.torch as F
from fp4jit import nvrtc, specs
from fp4jit.torch import body

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
        body.quantize_cpu(*cases.nvfp4_inputs(), 0, 0, 0, 0, 0, 0, 0)
        with pytest.raises(fp4jit.Error):
            F.prewarm(str(tmp_path / "config.json"))
    heard = {event.split()[0] for event in events}
    assert {"fp4jit_spec_from_text", "host_quantize", "subprocess.Popen", "os.stat"} <= heard


def test_no_device_is_asked_for_the_default_of_pdl(monkeypatch):
    def asked(*_):
        raise AssertionError("the CPU has no programmatic dependent launch to ask a driver about")

    monkeypatch.setattr("fp4jit.torch.pdl_default.learn", asked)
    monkeypatch.setattr(torch.cuda, "get_device_capability", asked)
    assert trace(lambda x, s: F.quantize(x, s, format="nvfp4", pdl=None), *cases.nvfp4_inputs()) == 1
