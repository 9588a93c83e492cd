"""fp4jit.compat.flashinfer beside the installed FlashInfer: signatures, and what the same calls return."""
import inspect
import itertools

import cases
import flashinfer
import pytest
import torch
from flashinfer.quantization.nvfp4_quantization_utils import _UNSET
from flashinfer_host import on_the_cpu, same_as_theirs

from fp4jit.compat import flashinfer as ours

theirs = flashinfer.quantization
FUNCTIONS = sorted(name for name in vars(ours) if inspect.isfunction(getattr(ours, name)))
SCALE = torch.tensor([3.0])
BF16, F16 = torch.bfloat16, torch.float16


@pytest.fixture(autouse=True, scope="module")
def no_gpu_is_wanted():
    with on_the_cpu():
        yield


def test_every_function_offered_is_one_of_flashinfer():
    assert len(FUNCTIONS) == 14
    assert all(callable(getattr(theirs, name)) for name in FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_parameters_have_flashinfers_names_order_kinds_and_defaults(name):
    def parameters(function):
        # Left out, FlashInfer's recipe comes of the environment, which nothing here reads: None.
        default = {id(_UNSET): None}
        found = inspect.signature(function).parameters.values()
        return [(p.name, p.kind, default.get(id(p.default), p.default)) for p in found]

    assert parameters(getattr(ours, name)) == parameters(getattr(theirs, name))


def test_layouts_have_flashinfers_names_and_numbers():
    assert {m.name: m.value for m in ours.SfLayout} == {m.name: m.value for m in theirs.SfLayout}


@pytest.mark.parametrize("shape", [(1, 64), (7, 16), (129, 80), (2, 3, 64), (2, 2, 8, 16)], ids=str)
@pytest.mark.parametrize("swizzled, eight", [(True, False), (True, True), (False, False), (False, True)])
def test_fp4_quantize_of_every_layout_and_rank(shape, swizzled, eight):
    for dtype in (BF16, F16):
        x = cases.matrix(*shape, dtype=dtype)
        same_as_theirs("fp4_quantize", x, SCALE, 16, False, swizzled, eight)
        if shape[-1] % 32 == 0:
            same_as_theirs("fp4_quantize", x, None, 32, True, swizzled, eight)


@pytest.mark.parametrize("shape", [(32, 64), (160, 16), (3, 32, 48)], ids=str)
@pytest.mark.parametrize("swizzled, eight", [(True, False), (True, True), (False, False)])
def test_a_column_major_input_gives_transposed_views(shape, swizzled, eight):
    x = cases.matrix(*shape[:-2], shape[-1], shape[-2]).transpose(-2, -1)
    assert x.shape == shape and x.stride(-2) == 1
    data, sf = same_as_theirs("fp4_quantize", x, SCALE, 16, False, swizzled, eight)
    assert data.stride(-2) == 1 and sf.stride(-2) == 1


@pytest.mark.parametrize("layout", theirs.SfLayout)
def test_nvfp4_mxfp4_and_mxfp8_in_every_layout(layout):
    x = cases.matrix(130, 96)
    same_as_theirs("nvfp4_quantize", x, SCALE, sfLayout=layout)
    same_as_theirs("mxfp4_quantize", x, sfLayout=layout)
    same_as_theirs("mxfp4_quantize", x, sfLayout=layout.value)
    for alignment, dims in itertools.product((32, 64, 128), ((130, 96), (2, 5, 32))):
        same_as_theirs("mxfp8_quantize", cases.matrix(*dims), True, alignment, sf_swizzle_layout=layout)


def test_a_shuffled_weight():
    for shape in ((128, 64), (384, 128)):
        same_as_theirs("nvfp4_quantize", cases.matrix(*shape), SCALE, do_shuffle=True)


@pytest.mark.parametrize("shape", [(1, 1, 16), (3, 130, 48), (2, 256, 64)], ids=str)
def test_batches_are_padded_each_by_itself(shape):
    same_as_theirs("nvfp4_batched_quantize", cases.matrix(*shape), SCALE)


@pytest.mark.parametrize("swizzled", [True, False])
def test_a_float32_matrix_on_the_cpu_is_flashinfers_host_path(swizzled):
    x = cases.matrix(5, 96, dtype=torch.float32)
    data, _ = same_as_theirs("mxfp8_quantize", x, swizzled, alignment=128)
    assert data.dtype == torch.uint8


@pytest.mark.parametrize("shape", [(1, 1), (130, 5), (256, 16), (3, 100, 6)], ids=str)
@pytest.mark.parametrize("dtype", [torch.uint8, BF16])
def test_interleave(shape, dtype):
    sf = torch.randint(1, 255, shape, generator=torch.Generator().manual_seed(1)).to(dtype)
    (flat,) = same_as_theirs("block_scale_interleave", sf)
    same_as_theirs("nvfp4_block_scale_interleave", sf)
    out = torch.full_like(flat, 7)
    assert ours.block_scale_interleave(sf, out=out) is out and torch.equal(out, flat)


@pytest.mark.parametrize("tile", [16, 64, 128, 256])
def test_shuffles(tile):
    same_as_theirs("shuffle_matrix_a", cases.matrix(256, 24), tile)
    sf = cases.matrix(256, 6).view(torch.int16).to(torch.uint8)
    same_as_theirs("shuffle_matrix_sf_a", sf, tile, 32)


@pytest.mark.parametrize("x", [cases.matrix(4, 8), torch.zeros(2, 2, dtype=BF16)], ids=["random", "zero"])
@pytest.mark.parametrize("given", [(False,), (True,), (False, 2.5), (True, 2.5)], ids=str)
def test_the_helper_for_the_global_scale(x, given):
    same_as_theirs("make_nvfp4_global_scale", x, *given)
