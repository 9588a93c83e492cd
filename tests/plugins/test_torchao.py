"""numerics=torchao against torchao's own quantisers in the same process, byte for byte.

Where fp4jit means to differ, torchao_peer.as_fp4jit and the tests named "differs" say how; docs/torchao.md says why.
"""

import pytest
import torch
import torchao
from torchao.prototype.mx_formats.config import ScaleCalculationMode
from torchao.prototype.mx_formats.mx_tensor import MXTensor, to_mx
from torchao.prototype.mx_formats.nvfp4_tensor import NVFP4Tensor, nvfp4_quantize, per_tensor_amax_to_scale
from torchao_peer import (
    DTYPES,
    INF,
    MX_ELEMENT,
    MX_MAXIMUM,
    NAN,
    RECIPES,
    as_fp4jit,
    compare,
    fp4jits,
    global_scales,
    random_bits,
    same,
    torchaos,
    torchaos_input,
)

from fp4jit.torch import quantize

recipes = pytest.mark.parametrize("fmt, mode", RECIPES)
dtypes = pytest.mark.parametrize("dtype", DTYPES)


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(20260801)


def test_this_is_the_torchao_that_was_read():
    assert torchao.__version__.split("+")[0] == "0.18.0"


@recipes
@dtypes
@pytest.mark.parametrize("m, k", [(1, 32), (7, 96), (128, 4096), (129, 480), (300, 7168)])
def test_random_tensors(generator, m, k, fmt, mode, dtype):
    x = torch.randn(m, k, generator=generator).to(DTYPES[dtype])
    encode = (1.0 / per_tensor_amax_to_scale(x.float().abs().amax())).item()
    for global_scale in global_scales(fmt, None, encode, 1.0, 336.0, 0.37):
        compare(x, fmt, mode, global_scale)


@recipes
@dtypes
def test_any_bits(generator, fmt, mode, dtype):
    """Alone in a block of any bits an exponent of 255 is everywhere in bf16: so also blocks whose
    elements are within a few powers of two of each other."""
    wild = random_bits(generator, (2048, 64), dtype)
    spread = torch.exp2(torch.randint(-140, 128, (4096, 1), generator=generator).double())
    tame = (torch.randn(4096, 64, generator=generator).double() * spread).to(DTYPES[dtype])
    for x in (wild, tame):
        for global_scale in global_scales(fmt, None, 37.5, 2.0**-20, 2.0**100, 3e-39, 1e-45):
            compare(x, fmt, mode, global_scale)


@recipes
@pytest.mark.parametrize("dtype", ["bf16", "f16"])
def test_every_value(generator, fmt, mode, dtype):
    """Each alone among zeros, beside its neighbours, and as the maximum of a block."""
    every = torch.arange(-(2**15), 2**15, dtype=torch.int32).to(torch.int16)
    values = every.view(DTYPES[dtype])
    alone = torch.zeros(2**16, 32, dtype=DTYPES[dtype])
    alone[torch.arange(2**16), torch.arange(2**16) * 7 % 32] = values
    below = torch.rand(2**16, 32, generator=generator).to(DTYPES[dtype]) * values.unsqueeze(1)
    below[torch.arange(2**16), torch.arange(2**16) * 5 % 32] = values
    for x in (alone, values.reshape(-1, 32), values.flip(0).reshape(64, -1), below):
        for global_scale in global_scales(fmt, None, 336.0):
            compare(x.contiguous(), fmt, mode, global_scale)


SPECIALS = [0.0, -0.0, 1.0, -1.0, 6.0, 448.0, INF, -INF, NAN, -NAN, 3.3895e38, -3.3895e38, 65504.0,
            1e-45, -1e-45, 1e-40, 2.0**-126, -(2.0**-126), 2.0**-127, 2.0**-133, 6e-8, 2.0**-14,
            1.75, 2.0**-6 * 6, 2.0**-7 * 6, 2.0**-10 * 6]  # fmt: skip


@recipes
@dtypes
def test_specials(fmt, mode, dtype):
    """Each pair of specials in a block, with the second in one lane, in half of them, and in all
    but one."""
    values = torch.tensor(SPECIALS, dtype=torch.float32)
    for lanes in (slice(5, 6), slice(0, None, 2), slice(1, None)):
        x = values.repeat_interleave(len(values)).unsqueeze(1).repeat(1, 32)
        x[:, lanes] = values.repeat(len(values)).unsqueeze(1)
        x = x.to(DTYPES[dtype])
        for global_scale in global_scales(fmt, None, 336.0, 0.0, INF, NAN, -2.0, 2.0**127, 1e-45):
            compare(x, fmt, mode, global_scale)


@recipes
@dtypes
def test_subnormals(generator, fmt, mode, dtype):
    """Blocks of subnormals alone, and with a maximum a little above them."""
    bits = {"f32": (23, torch.int32), "bf16": (7, torch.int16), "f16": (10, torch.int16)}[dtype]
    mantissas = torch.randint(0, 2 ** bits[0], (4096, 32), generator=generator)
    signs = torch.randint(0, 2, (4096, 32), generator=generator) * 2 - 1
    exponents = torch.arange(4096).unsqueeze(1) // 256 * 2 ** bits[0]
    mantissas[:, 9:10] += exponents
    x = mantissas.to(bits[1]).view(DTYPES[dtype]) * signs.to(DTYPES[dtype])
    for global_scale in global_scales(fmt, None, 2.0**120, 2.0**126, 336.0):
        compare(x, fmt, mode, global_scale)


@recipes
@pytest.mark.parametrize("dtype", ["bf16", "f16"])
@pytest.mark.parametrize("step", [1.0, 1.5, 1.75, 1.25, 1.875, 2.0])
def test_maxima_where_a_scale_changes(generator, fmt, mode, dtype, step):
    """Each power of two times a step of the formats, and the values next to it."""
    powers = torch.exp2(torch.arange(-149, 128).double())
    x = torch.rand(3 * len(powers), 32, generator=generator).double()
    bits = (powers * step).to(DTYPES[dtype]).view(torch.int16)
    maxima = torch.cat([(bits + ulp).view(DTYPES[dtype]) for ulp in (-1, 0, 1)])
    x = (x * maxima.double().nan_to_num(0, 0, 0).unsqueeze(1)).to(DTYPES[dtype])
    x[:, 3] = maxima
    for global_scale in global_scales(fmt, None, 336.0):
        compare(x, fmt, mode, global_scale)


@pytest.mark.parametrize("fmt, mode", RECIPES[1:])
def test_f32_maxima_where_a_scale_changes(generator, fmt, mode):
    """The exponents at which torch.log2 tells neighbours from a power of two; beyond them it is
    test_rceil_differs_where_log2_rounds."""
    x = torch.rand(7 * 5 * 5, 32, generator=generator)
    maxima = []
    for exponent in range(-3, 4):
        for step in (1.0, 1.5, 1.75, 1.25, 1.875):
            bits = torch.tensor(step * 2.0**exponent * MX_MAXIMUM[fmt]).view(torch.int32)
            maxima += [(bits + ulp).view(torch.float32).item() for ulp in range(-2, 3)]
    x *= torch.tensor(maxima).unsqueeze(1)
    x[:, 3] = torch.tensor(maxima)
    compare(x, fmt, mode)


def maxima_between_scales(p):
    """Blocks whose maximum over 6 p is midway between two scale bytes, or a few f32 beside it: the
    last place of each division says which byte it is."""
    scales = torch.arange(0x08, 0x7F).to(torch.uint8).view(torch.float8_e4m3fn).double()
    middle = ((scales[1:] + scales[:-1]) / 2 * 6.0 * p.double()).float().view(torch.int32)
    maxima = torch.cat([(middle + ulp).view(torch.float32) for ulp in range(-3, 4)])
    return maxima.unsqueeze(1) * torch.linspace(1, 0, 32)


def scales_of_tensors(generator):
    return torch.cat([torch.tensor([1.0, 2.0**-9]), torch.rand(22, generator=generator) / 448.0])


def test_nvfp4_maxima_between_scales(generator):
    for p in scales_of_tensors(generator):
        compare(maxima_between_scales(p), "nvfp4", None, (1.0 / p).item())


def test_scale_inverse_is_torchaos_per_tensor_scale(generator):
    """Without a rounding: of these scales one in six is not the reciprocal of any float, and where
    fp4jit is given the nearest reciprocal instead, some scale bytes move."""
    moved = 0
    for p in scales_of_tensors(generator):
        x = maxima_between_scales(p)
        expected = as_fp4jit(x, "nvfp4", None, *torchaos(x, "nvfp4", None, p), p)
        same(x, "nvfp4", None, fp4jits(x, "nvfp4", None, scale="inverse", value=p.item()), expected)
        rounded = fp4jits(x, "nvfp4", None, value=(1.0 / p).item())
        moved += not torch.equal(rounded[0], expected[0])
    assert 0 < moved < 12


@recipes
@dtypes
@pytest.mark.parametrize("m, k", [(1, 32), (130, 96), (300, 4096)])
def test_swizzled_scales_are_layout_128x4(generator, m, k, fmt, mode, dtype):
    x = torch.randn(m, k, generator=generator).to(DTYPES[dtype])
    taken = torchaos_input(x)
    if fmt == "nvfp4":
        tensor = NVFP4Tensor.to_nvfp4(taken, is_swizzled_scales=True)
    else:
        tensor = MXTensor.to_mx(taken, MX_ELEMENT[fmt], 32, mode, is_swizzled_scales=True)
    sf, data = fp4jits(x, fmt, mode, layout="128x4")
    assert torch.equal(sf.flatten(), tensor.scale.view(torch.uint8).flatten())
    assert torch.equal(data, tensor.qdata.view(torch.uint8))


def test_torchao_takes_no_f16():
    """fp4jit does; its bytes are those of the tensor converted to f32, as above."""
    x = torch.ones(1, 32, dtype=torch.float16)
    for quantise in (lambda: nvfp4_quantize(x), lambda: to_mx(x, torch.float8_e4m3fn, 32)):
        with pytest.raises(AssertionError, match="supported"):
            quantise()


@recipes
def test_nan_blocks_differ_in_codes_alone(fmt, mode):
    """torchao converts a NaN to E2M1 as if it were a number: its code depends on payload and sign,
    which differ between processors. fp4jit's is 7, as in every numerics."""
    x = torch.ones(1, 32)
    x[0, 0] = NAN
    sf, data = torchaos(x, fmt, mode)
    ours_sf, ours = fp4jits(x, fmt, mode)
    assert torch.equal(ours_sf, sf) and ours_sf[0, 0] == (0x7F if fmt == "nvfp4" else 0xFF)
    first = ours[0, 0] if fmt == "mxfp8" else ours[0, 0] & 0xF
    assert first == (0x7F if fmt == "mxfp8" else 7)
    if fmt != "mxfp8":
        assert (data[0, 0] & 0xF) in (3, 4)


@pytest.mark.parametrize("fmt", MX_ELEMENT)
def test_rceil_differs_where_log2_rounds(fmt):
    """A maximum a little above a power of two times the element maximum: log2 of the quotient
    rounds to a whole number, and torchao on a CPU does not round the exponent up. The instruction
    that torchao's compiled kernels use, cvt.rp.satfinite.ue8m0x2.f32, does, and fp4jit does."""
    mode, exponent = ScaleCalculationMode.RCEIL, 64
    bits = torch.tensor(MX_MAXIMUM[fmt] * 2.0**exponent).view(torch.int32)
    maxima = (bits + torch.arange(64, dtype=torch.int32)).view(torch.float32)
    x = torch.zeros(64, 32)
    x[:, 0] = maxima
    theirs, ours = torchaos(x, fmt, mode)[0].flatten(), fp4jits(x, fmt, mode)[0].flatten()
    assert ours.tolist() == [127 + exponent] + [128 + exponent] * 63
    few = int((theirs == 127 + exponent).sum())
    assert 1 < few < 64 and torch.equal(theirs[few:], ours[few:])


@pytest.mark.parametrize("fmt, sf_layout", [("nvfp4", "linear"), ("nvfp4", "128x4"), ("mxfp4", "128x4"), ("mxfp8", "linear")])
def test_the_public_function_gives_these_bytes(generator, fmt, sf_layout):
    x = torch.randn(130, 96, generator=generator).to(torch.bfloat16)
    scale = torch.tensor([336.0]) if fmt == "nvfp4" else None
    data, sf = quantize(x, scale, format=fmt, sf_layout=sf_layout, numerics="torchao")
    expected = fp4jits(x, fmt, None, value=336.0, layout=sf_layout)
    assert torch.equal(sf, expected[0]) and torch.equal(data, expected[1])
