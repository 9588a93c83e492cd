"""The public function inside torch.compile(fullgraph=True): no graph break, few compilations, the same bytes as
outside.
"""
import threading

import cases
import pytest
import torch
from torch._inductor.utils import fresh_cache

import fp4jit.torch as F

TWENTY_ROWS = (2, 3, 5, 7, 8, 9, 16, 31, 64, 100, 127, 128, 129, 200, 255, 256, 257, 300, 511, 512)
AXES = list(cases.calls(format=cases.FORMATS, sf_layout=cases.LAYOUTS))
# One at a time beside the formats and layouts: further arguments, and shapes of the leading dimensions.
OTHERS = [
    (dict(format="nvfp4", numerics="exact"), ()),
    (dict(format="mxfp8", numerics="torchao"), ()),
    (dict(format="mxfp8", k_out=128), ()),
    (dict(format="nvfp4", pdl=0, sf_vec_size=16), ()),
    (dict(format="mxfp4", sf_layout="8x4"), (3,)),
    (dict(format="mxfp8"), (2, 1)),
]


@pytest.fixture(autouse=True)
def nothing_compiled_before():
    torch._dynamo.reset()
    with fresh_cache():
        yield


class Backend:
    """Counts graphs; then another backend."""

    def __init__(self, backend: str):
        self.graphs, self._backend = 0, torch._dynamo.lookup_backend(backend)

    def __call__(self, graph, inputs):
        self.graphs += 1
        return self._backend(graph, inputs)


def compile_with(backend: Backend, **axes):
    def function(x, scale):
        return F.quantize(x, scale, **axes)

    return function, torch.compile(function, fullgraph=True, dynamic=True, backend=backend)


def over_twenty_rows(backend: str, axes: dict, lead: tuple = ()) -> int:
    """Compares compiled and eager; the number of compilations."""
    counter = Backend(backend)
    eager, compiled = compile_with(counter, **axes)
    scale = cases.scale_of(axes["format"])
    for count, m in enumerate(TWENTY_ROWS):
        x = cases.matrix(*lead, m, 64, seed=m)
        with torch._dynamo.config.patch(error_on_recompile=count >= 2):
            assert cases.same(compiled(x, scale), eager(x, scale)), m
    return counter.graphs


@pytest.mark.parametrize("axes", AXES, ids=str)
def test_twenty_numbers_of_rows_are_two_compilations_at_most(axes):
    assert 1 <= over_twenty_rows("aot_eager", axes) <= 2


@pytest.mark.parametrize("axes, lead", OTHERS, ids=str)
def test_so_for_every_other_argument_and_more_dimensions(axes, lead):
    assert 1 <= over_twenty_rows("aot_eager", axes, lead) <= 2


def test_the_default_backend_gives_the_same_bytes():
    assert 1 <= over_twenty_rows("inductor", dict(format="nvfp4")) <= 2


@pytest.mark.parametrize("m", [0, 1])
def test_no_rows_and_one_row(m):
    eager, compiled = compile_with(Backend("aot_eager"), format="mxfp8")
    x = cases.matrix(m, 64)
    assert cases.same(compiled(x, None), eager(x, None))


@torch._dynamo.config.patch(error_on_recompile=True)
def test_rows_marked_dynamic_are_one_compilation():
    counter = Backend("aot_eager")
    compiled = torch.compile(lambda x: F.quantize(x, format="mxfp4"), fullgraph=True, backend=counter)
    for m in TWENTY_ROWS:
        x = cases.matrix(m, 64)
        torch._dynamo.mark_dynamic(x, 0)
        assert cases.same(compiled(x), F.quantize(x, format="mxfp4"))
    assert counter.graphs == 1


def test_k_may_be_a_symbol_and_k_out_come_from_it():
    counter = Backend("eager")
    padded = lambda x: F.quantize(x, format="mxfp8", k_out=(x.shape[-1] + 127) // 128 * 128)
    compiled = torch.compile(padded, fullgraph=True, dynamic=True, backend=counter)
    for m, k in ((5, 64), (9, 96), (130, 128), (5, 160), (7, 256)):
        x = cases.matrix(m, k)
        assert cases.same(compiled(x), padded(x))
    assert counter.graphs == 2  # k_out is 128 or 256


def test_explain_finds_one_graph_and_no_break():
    explained = torch._dynamo.explain(lambda x, s: F.quantize(x, s, format="nvfp4"))(
        cases.matrix(9, 64), cases.scale_of("nvfp4")
    )
    assert (explained.graph_count, explained.graph_break_count) == (1, 0)
    assert explained.break_reasons == []


def test_the_estimator_compiles_with_its_gradient():
    x = cases.matrix(9, 64, dtype=torch.float32).requires_grad_()
    squares = lambda x, s: (F.quantize_ste(x, s, format="nvfp4") ** 2).sum()
    compiled = torch.compile(squares, fullgraph=True, dynamic=True, backend="aot_eager")
    compiled(x, cases.scale_of("nvfp4")).backward()
    values = F.quantize_ste(x.detach(), cases.scale_of("nvfp4"), format="nvfp4")
    torch.testing.assert_close(x.grad, 2 * values)


def test_an_input_that_requires_a_gradient_is_legal():
    x = cases.matrix(9, 64, dtype=torch.float32).requires_grad_()
    eager, compiled = compile_with(Backend("aot_eager"), format="mxfp8")
    outputs = compiled(x, None)
    assert cases.same(outputs, eager(x, None))
    assert not any(t.requires_grad for t in outputs)


def test_two_threads_trace_at_once():
    results, start = {}, threading.Barrier(2)

    def work(format):
        eager, compiled = compile_with(Backend("aot_eager"), format=format)
        x, scale = cases.matrix(9, 64), cases.scale_of(format)
        start.wait()
        results[format] = cases.same(compiled(x, scale), eager(x, scale))

    threads = [threading.Thread(target=work, args=(format,)) for format in ("nvfp4", "mxfp8")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {"nvfp4": True, "mxfp8": True}
