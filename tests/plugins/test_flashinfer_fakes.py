"""FlashInfer's functions for the tracer beside what fp4jit.compat.flashinfer returns: where they agree, and where they
have drifted from FlashInfer's own results, which test_flashinfer.py compares. And ours, which must not drift."""
import cases
import pytest
import torch
from flashinfer.quantization.fp4_quantization import _fp4_quantize_fake
from flashinfer_host import on_the_cpu
from torch._subclasses.fake_tensor import FakeTensorMode

from fp4jit.compat import flashinfer as ours

SCALE = torch.tensor([3.0])
ROWS = cases.matrix(200, 64)
COLUMNS = cases.matrix(64, 32).T
STACK = cases.matrix(3, 64, 32).transpose(-2, -1)
SF = torch.ones(130, 5, dtype=torch.uint8)
U8, I32, I64 = torch.uint8, torch.int32, torch.int64


@pytest.fixture(scope="module")
def fakes():
    with on_the_cpu() as fakes:
        yield fakes


def forms(result) -> list:
    return [cases.form(tensor) for tensor in (result if isinstance(result, tuple) else (result,))]


@pytest.mark.parametrize("swizzled, eight", [(True, False), (True, True), (False, False)])
@pytest.mark.parametrize("shape", [(200, 64), (7, 80), (2, 3, 64)], ids=str)
def test_the_fake_of_flashinfers_op_agrees_where_rows_lie_in_order(shape, swizzled, eight):
    arguments = cases.matrix(*shape), SCALE, 16, False, swizzled, eight
    assert forms(_fp4_quantize_fake(*arguments)) == forms(ours.fp4_quantize(*arguments))


def test_the_fakes_of_batches_and_of_dequantisers_agree(fakes):
    x = cases.matrix(3, 130, 64)
    assert forms(fakes["fp4_batched_quantize_sm100"](x, SCALE)) == forms(ours.nvfp4_batched_quantize(x, SCALE))
    data, sf = ours.fp4_quantize(ROWS, SCALE)
    fake = fakes["e2m1_and_ufp8sf_scale_to_float_sm100"](data, sf)
    assert forms(fake) == forms(ours.e2m1_and_ufp8sf_scale_to_float(data, sf))
    data, sf = ours.mxfp4_quantize(ROWS, sfLayout=ours.SfLayout.layout_linear)
    assert forms(fakes["mxfp4_dequantize_host"](data, sf)) == forms(ours.mxfp4_dequantize_host(data, sf))


# Each with what the fake says, how it is asked, and what is returned. Should FlashInfer mend one, it belongs above.
DRIFTED = {
    "rows in order, where transposed views are returned": (
        [((16, 64), (64, 1), U8), ((4, 128), (128, 1), U8)],
        lambda _: _fp4_quantize_fake(COLUMNS, SCALE),
        lambda: ours.fp4_quantize(COLUMNS, SCALE),
    ),
    "and of a stack the rows of one matrix alone": (
        [((3, 16, 64), (1024, 64, 1), U8), ((4, 128), (128, 1), U8)],
        lambda _: _fp4_quantize_fake(STACK, SCALE),
        lambda: ours.fp4_quantize(STACK, SCALE),
    ),
    "dtypes of wider words, scale factors without padding: never registered": (
        [((200, 32), (32, 1), I64), ((800,), (1,), I32)],
        lambda fakes: fakes["fp4_quantize_sm100"](ROWS, SCALE),
        lambda: ours.fp4_quantize(ROWS, SCALE),
    ),
    "the same for mxfp8, which has no enable_pdl": (
        [((200, 64), (64, 1), I64), ((400,), (1,), I32)],
        lambda fakes: fakes["mxfp8_quantize_sm100"](ROWS),
        lambda: ours.mxfp8_quantize(ROWS),
    ),
    "a sixteenth of the bytes that go in, where whole tiles come out": (
        [((40,), (1,), U8)],
        lambda fakes: fakes["block_scale_interleave_sm100"](SF),
        lambda: ours.block_scale_interleave(SF),
    ),
}


@pytest.mark.parametrize("cause", DRIFTED)
def test_a_fake_of_flashinfer_has_drifted(cause, fakes):
    said, fake, returned = DRIFTED[cause]
    assert forms(fake(fakes)) == said != forms(returned())


CALLS = {
    "fp4_quantize": lambda x: ours.fp4_quantize(x, torch.ones(1)),
    "fp4_quantize of columns": lambda x: ours.fp4_quantize(x.mT.contiguous().mT, torch.ones(1)),
    "fp4_quantize by cute-dsl": lambda x: ours.fp4_quantize(x, None, 32, True, backend="cute-dsl"),
    "nvfp4_quantize": lambda x: ours.nvfp4_quantize(x, 3.0, ours.SfLayout.layout_8x4),
    "nvfp4_quantize, shuffled": lambda x: ours.nvfp4_quantize(x.flatten(0, 1)[:128], 3.0, do_shuffle=True),
    "mxfp4_quantize": lambda x: ours.mxfp4_quantize(x, sfLayout=2),
    "mxfp8_quantize": lambda x: ours.mxfp8_quantize(x, alignment=96),
    "nvfp4_batched_quantize": lambda x: ours.nvfp4_batched_quantize(x, torch.ones(1)),
    "block_scale_interleave": lambda x: ours.block_scale_interleave(x),
    "shuffle_matrix_sf_a": lambda x: ours.shuffle_matrix_sf_a(x.flatten(0, 1)[:128], 64),
    "make_nvfp4_global_scale": lambda x: ours.make_nvfp4_global_scale(x, False),
}


@pytest.mark.parametrize("name", CALLS)
def test_ours_has_the_same_form_traced_and_run(name):
    x = cases.matrix(3, 80, 64)  # no whole tiles
    with FakeTensorMode() as mode:
        fake = forms(CALLS[name](mode.from_tensor(x)))
    assert fake == forms(CALLS[name](x))
