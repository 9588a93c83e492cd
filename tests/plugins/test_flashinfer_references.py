"""fp4jit.compat.flashinfer beside the references in PyTorch that FlashInfer brings, and beside golden bytes.

FlashInfer's references of the quantisers differ from its kernels in two ways, so the inputs keep clear of ties, which
they round down, and their MX scales round the exponent down, which is asserted here.
"""
import os
import pathlib
import re
from unittest import mock

import cases
import flashinfer.quantization.fp4_quantization as fp4
import flashinfer.trace.templates.quantize as references
import pytest
import quantize_formula as formula
import torch

from fp4jit.compat import flashinfer as ours

LINEAR = ours.SfLayout.layout_linear
GOLDEN = (pathlib.Path(os.environ["FP4JIT_SOURCE_DIR"]) / "tests/golden/quantize_vectors.h").read_text()
RAMPS = re.findall(r'\{"ramp", Format::k(\w+), 1, ramp\((\d+), ([\d.]+)f\),\s*(\w+),\s*"(\w+)"', GOLDEN)


def inputs(largest: float, shape=(64, 256), block=32) -> torch.Tensor:
    """Float32 without ties, each block's largest magnitude `largest` times a power of two."""
    blocks = torch.rand(*shape, generator=torch.Generator().manual_seed(3)).unflatten(-1, (-1, block)) * 1.9 - 0.95
    blocks[..., 3] = 1.0
    exponents = torch.randint(-9, 9, blocks.shape[:-1], generator=torch.Generator().manual_seed(4))
    return (blocks * largest * torch.ldexp(torch.ones(exponents.shape), exponents).unsqueeze(-1)).flatten(-2)


def assert_equal_bytes(actual, expected):
    for one, other in zip(actual, expected, strict=True):
        assert torch.equal(one.view(torch.uint8).flatten(), other.view(torch.uint8).flatten())


@pytest.mark.parametrize("scale", [1.0, 3.0, 672.5])
def test_nvfp4_is_flashinfers_reference(scale):
    x, scale = cases.matrix(64, 256, dtype=torch.float32), torch.tensor([scale])
    assert_equal_bytes(ours.nvfp4_quantize(x, scale, LINEAR), references._nvfp4_quantize_reference(x, scale))


def test_mxfp4_is_flashinfers_reference_where_no_exponent_is_rounded():
    x = inputs(6.0)
    assert_equal_bytes(ours.mxfp4_quantize(x, sfLayout=LINEAR), references._mxfp4_quantize_reference(x))


def test_mxfp8_is_flashinfers_reference_where_no_exponent_is_rounded():
    x = inputs(448.0)
    assert_equal_bytes(ours.mxfp8_quantize(x, False), references._mxfp8_quantize_reference(x))


def test_elsewhere_the_kernels_exponent_is_one_more_than_the_references():
    x = inputs(5.0)
    (_, sf), (_, floored) = ours.mxfp4_quantize(x, sfLayout=LINEAR), references._mxfp4_quantize_reference(x)
    assert torch.equal(sf, floored + 1)
    assert torch.equal(sf, formula.mxfp4(x)[1])


def test_golden_bytes():
    assert len(RAMPS) == 3
    quantise = dict(
        Nvfp4=lambda x: ours.nvfp4_quantize(x, 1.0, LINEAR),
        Mxfp4=lambda x: ours.mxfp4_quantize(x, sfLayout=LINEAR),
        Mxfp8=lambda x: ours.mxfp8_quantize(x, False),
    )
    for name, length, step, sf, data in RAMPS:
        x = (torch.arange(int(length)) * float(step) - 4).to(torch.bfloat16).unsqueeze(0)
        made = quantise[name](x)
        assert made[0].view(torch.uint8).numpy().tobytes().hex() == data, name
        assert made[1].flatten().tolist() == [int(sf, 0)], name


@pytest.mark.parametrize("kind, block", [(1, 16), (0, 32)])
def test_dequantising_is_flashinfers_reference(kind, block):
    x, decode = cases.matrix(130, 96), torch.tensor([1 / 3.0 if kind else 1.0])
    data, sf = ours.fp4_quantize(x, torch.tensor([3.0]), block, not kind, False)
    with mock.patch.object(fp4, "get_compute_capability", lambda device: (8, 0)):  # which takes the reference
        expected = fp4.e2m1_and_ufp8sf_scale_to_float(data, sf, decode, block, kind, False)
    # The reference multiplies from the left, FlashInfer's C++ both scales first: one rounding apart.
    torch.testing.assert_close(
        ours.e2m1_and_ufp8sf_scale_to_float(data, sf, decode, block, kind, False), expected, rtol=2e-7, atol=0
    )


@pytest.mark.parametrize("layout", ours.SfLayout)
def test_dequantising_takes_every_layout_and_comes_back_near(layout):
    x = cases.matrix(130, 320)  # more than one tile both ways
    linear = ours.mxfp4_dequantize(*ours.mxfp4_quantize(x, sfLayout=LINEAR), LINEAR)
    assert torch.equal(ours.mxfp4_dequantize(*ours.mxfp4_quantize(x, sfLayout=layout), layout), linear)
    block_largest = x.float().unflatten(-1, (-1, 32)).abs().amax(-1, keepdim=True).expand(-1, -1, 32).flatten(1)
    assert ((linear - x).abs() <= block_largest / 4).all()
    assert torch.equal(ours.mxfp4_dequantize_host(*ours.mxfp4_quantize(x, sfLayout=LINEAR)), linear)
    data, sf = ours.mxfp8_quantize(x, sf_swizzle_layout=layout)
    back = ours.mxfp8_dequantize_host(data.view(torch.uint8), sf, sf_swizzle_layout=layout)
    assert ((back - x).abs() <= block_largest / 16).all()


def test_the_two_readings_of_the_outermost_exponents():
    ones = torch.full((1, 48), 0x22, dtype=torch.uint8)  # 1.0 twice
    sf = torch.tensor([[0, 1, 255]], dtype=torch.uint8)
    first = lambda values: values[0, ::32].tolist()
    assert first(ours.mxfp4_dequantize(ones, sf, LINEAR)) == [0.0, 2.0**-126, float("inf")]
    assert first(ours.mxfp8_dequantize_host(ones.new_full((1, 96), 0x38), sf, False)) == [0.0, 2.0**-126, float("inf")]
    host = first(ours.mxfp4_dequantize_host(ones, sf))
    assert host[:2] == [2.0**-127, 2.0**-126] and host[2] != host[2]
