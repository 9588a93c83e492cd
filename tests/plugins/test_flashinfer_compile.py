"""fp4jit.compat.flashinfer inside torch.compile(fullgraph=True, dynamic=True): one compilation for every number of rows
above one, the bytes and strides of an eager call, and no file, process or foreign call while tracing."""

import cases
import pytest
import torch
from torch._inductor.utils import fresh_cache

import fp4jit
from fp4jit.compat import flashinfer as ours

TWENTY_ROWS = (2, 3, 5, 7, 8, 9, 16, 31, 64, 100, 127, 128, 129, 200, 255, 256, 257, 300, 511, 512)
SCALE = torch.tensor([3.0])
LINEAR, EIGHT = ours.SfLayout.layout_linear, ours.SfLayout.layout_8x4
CALLS = {
    "fp4_quantize": lambda x, scale: ours.fp4_quantize(x, scale),
    "linear": lambda x, scale: ours.fp4_quantize(x, scale, 16, False, False),
    "8x4": lambda x, scale: ours.fp4_quantize(x, scale, is_sf_8x4_layout=True, enable_pdl=False),
    "mxfp4 by fp4_quantize": lambda x, scale: ours.fp4_quantize(x, None, 32, True, enable_pdl=True),
    "cute-dsl, three dimensions": lambda x, scale: ours.fp4_quantize(x.unsqueeze(0), scale, backend="cute-dsl"),
    "a scale in bfloat16": lambda x, scale: ours.fp4_quantize(x, scale.to(torch.bfloat16)),
    "nvfp4_quantize": lambda x, scale: ours.nvfp4_quantize(x, scale, EIGHT),
    "a number as scale": lambda x, scale: ours.nvfp4_quantize(x, 3.0),
    "the helper's scale": lambda x, scale: ours.nvfp4_quantize(x, ours.make_nvfp4_global_scale(x, False)),
    "mxfp4_quantize": lambda x, scale: ours.mxfp4_quantize(x, sfLayout=LINEAR),
    "mxfp8_quantize": lambda x, scale: ours.mxfp8_quantize(x, alignment=128, sf_swizzle_layout=EIGHT),
    "nvfp4_batched_quantize": lambda x, scale: ours.nvfp4_batched_quantize(x.unflatten(1, (2, -1)).mT.mT, scale),
    "block_scale_interleave": lambda x, scale: (ours.block_scale_interleave(x),),
}


@pytest.fixture(autouse=True)
def nothing_compiled_before():
    torch._dynamo.reset()


class Backend:
    """Counts graphs."""

    graphs = 0

    def __call__(self, graph, inputs):
        self.graphs += 1
        return torch._dynamo.lookup_backend("aot_eager")(graph, inputs)


def compiled(function, counter):
    return torch.compile(function, fullgraph=True, dynamic=True, backend=counter)


def same_bits(actual, expected) -> bool:
    bits = lambda tensors: [t.view(torch.uint8) if t.dtype.itemsize == 1 else t for t in tensors]
    forms = lambda tensors: [cases.form(t) for t in tensors]
    return forms(actual) == forms(expected) and cases.same(bits(actual), bits(expected))


@pytest.mark.parametrize("name", CALLS)
def test_twenty_numbers_of_rows_are_one_compilation(name):
    counter = Backend()
    function = compiled(CALLS[name], counter)
    for m in TWENTY_ROWS:
        x = cases.matrix(m, 64, seed=m)
        assert same_bits(function(x, SCALE), CALLS[name](x, SCALE)), m
    assert counter.graphs == 1


def test_a_column_major_input_is_one_compilation_too():
    """But for square results, 60 here: AOTAutograd compares the forms of a view and of its base."""
    counter = Backend()
    function = compiled(CALLS["linear"], counter)
    for m in TWENTY_ROWS:
        x = cases.matrix(60, 16 * m, seed=m).T
        data, sf = function(x, SCALE)
        assert data.stride(0) == sf.stride(0) == 1 and same_bits((data, sf), CALLS["linear"](x, SCALE)), m
    assert counter.graphs == 1


@pytest.mark.parametrize("m", [0, 1])
def test_no_rows_and_one_row(m):
    x = cases.matrix(m, 64)
    for name, call in CALLS.items():
        if m or name != "the helper's scale":  # there is no largest of no values
            assert same_bits(compiled(call, Backend())(x, SCALE), call(x, SCALE)), name


def test_out_is_filled_inside_a_graph():
    sf = torch.randint(1, 255, (130, 6), dtype=torch.uint8)
    expected, out = ours.block_scale_interleave(sf), torch.zeros(256 * 8, dtype=torch.uint8)
    function = compiled(lambda sf, out: ours.block_scale_interleave(sf, out=out), Backend())
    assert function(sf, out).data_ptr() == out.data_ptr() and torch.equal(out, expected)


def test_a_shuffled_weight_and_a_dequantised_one_trace():
    x = cases.matrix(256, 64)
    for call in (
        lambda x: ours.nvfp4_quantize(x, 3.0, do_shuffle=True),
        lambda x: (ours.mxfp4_dequantize(*ours.mxfp4_quantize(x)),),
    ):
        assert same_bits(compiled(call, Backend())(x), call(x))


def test_the_default_backend_gives_the_same_bytes():
    function = torch.compile(lambda x, scale: ours.fp4_quantize(x.mT.mT, scale), fullgraph=True, dynamic=True)
    with fresh_cache():
        for m in (32, 129):
            x = cases.matrix(m, 64)
            assert same_bits(function(x, SCALE), ours.fp4_quantize(x, SCALE))


def test_what_is_refused_is_refused_inside_a_graph_too():
    with pytest.raises((torch._dynamo.exc.Unsupported, fp4jit.Unsupported), match="is_global_scale_inversed"):
        compiled(lambda x: ours.fp4_quantize(x, SCALE, is_global_scale_inversed=True), Backend())(cases.matrix(2, 16))


def test_tracing_opens_no_file_starts_no_process_and_calls_no_c(audit):
    with audit.listening() as events:
        for call in CALLS.values():
            compiled(call, Backend())(cases.matrix(9, 64), SCALE)
    assert [event for event in events if "/body.py:" not in event] == []  # which is run, not traced
