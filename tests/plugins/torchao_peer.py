"""numerics=torchao and torchao's own quantisers, each as (scale bytes, data bytes), and what they are compared by.

Where fp4jit means to differ, as_fp4jit says how; docs/torchao.md says why.
"""

import pytest
import torch
from torchao.prototype.mx_formats.config import ScaleCalculationMode
from torchao.prototype.mx_formats.mx_tensor import to_mx
from torchao.prototype.mx_formats.nvfp4_tensor import nvfp4_quantize

from fp4jit import _abi
from fp4jit._library import check, library
from fp4jit.specs import parse_spec

INF, NAN = float("inf"), float("nan")
FORMATS = {"nvfp4": 16, "mxfp4": 32, "mxfp8": 32}  # sf_vec_size
DTYPES = {"bf16": torch.bfloat16, "f16": torch.float16, "f32": torch.float32}
MX_ELEMENT = {"mxfp4": torch.float4_e2m1fn_x2, "mxfp8": torch.float8_e4m3fn}
MX_MAXIMUM = {"mxfp4": 6.0, "mxfp8": 448.0}
# Every recipe: the format, and for MX the mode.
RECIPES = [("nvfp4", None)] + [(fmt, mode) for fmt in MX_ELEMENT for mode in ScaleCalculationMode]


def spec_of(x, fmt, mode, scale, layout):
    mode_name = f",ue8m0={mode.value}" if mode else ""
    scale_name = f",scale={scale}" if scale else ""
    dtype = next(name for name, value in DTYPES.items() if value == x.dtype)
    fields = f"k={x.shape[1]},in={dtype},layout={layout},numerics=torchao{scale_name}{mode_name}"
    return parse_spec(f"{fmt}_quantize[{fields}]@sm_100a")


def aligned(shape):
    """An uninitialised byte tensor; torch aligns allocations to 64 bytes."""
    made = torch.full(shape, 0xA5, dtype=torch.uint8)
    assert made.data_ptr() % 16 == 0
    return made


def fp4jits(x, fmt, mode, *, scale=None, value=1.0, layout="linear"):
    """Scale bytes and data bytes of fp4jit_host_quantize."""
    m, k = x.shape
    columns = k // FORMATS[fmt]
    sf_shape = (m, columns) if layout == "linear" else (-(-m // 128) * 128, -(-columns // 4) * 4)
    data, sf = aligned((m, k if fmt == "mxfp8" else k // 2)), aligned(sf_shape)
    given = torch.tensor([value], dtype=torch.float32)
    args = _abi.LaunchArgs.sized(m=m, input=x.data_ptr(), global_scale=given.data_ptr(), data=data.data_ptr(),
                                 sf=sf.data_ptr(), input_bytes=x.nbytes, data_bytes=data.nbytes,
                                 sf_bytes=sf.nbytes)  # fmt: skip
    check(library.fp4jit_host_quantize(bytes(spec_of(x, fmt, mode, scale, layout)), bytes(args)))
    return sf, data


def torchaos_input(x):
    """torchao takes bf16 and f32; both of its quantisers begin with a conversion to f32."""
    return x.float() if x.dtype == torch.float16 else x


def torchaos(x, fmt, mode, per_tensor_scale=None):
    """Scale bytes and data bytes of torchao."""
    if fmt == "nvfp4":
        sf, data = nvfp4_quantize(torchaos_input(x), 16, per_tensor_scale)
    else:
        sf, data = to_mx(torchaos_input(x), MX_ELEMENT[fmt], 32, mode)
    return sf.view(torch.uint8).reshape(x.shape[0], -1), data.view(torch.uint8)


def nan_elements(x, fmt, mode, sf, per_tensor_scale):
    """Which elements are NaN where torchao converts them."""
    blocks = x.float().reshape(x.shape[0], -1, FORMATS[fmt])
    if fmt == "nvfp4":
        one = torch.tensor(1.0) if per_tensor_scale is None else per_tensor_scale
        scale = sf.view(torch.float8_e4m3fn).float()
        nan = torch.isnan(blocks * ((1.0 / one) / scale).unsqueeze(-1))
    else:
        # rceil multiplies by NaN, the others divide by infinity.
        lost = torch.ones_like(blocks) if mode == ScaleCalculationMode.RCEIL else blocks / INF
        nan = (sf == 255).unsqueeze(-1) & ((lost == 1) | torch.isnan(lost))
    return nan.reshape(x.shape)


def as_fp4jit(x, fmt, mode, sf, data, per_tensor_scale=None):
    """torchao's bytes with what fp4jit makes of NaN, whose sign and payload differ between
    processors: scale 0x7f without a sign, codes 7, and E4M3 0x7f."""
    nan = nan_elements(x, fmt, mode, sf, per_tensor_scale)
    if fmt == "nvfp4":
        sf = torch.where(sf == 0xFF, torch.tensor(0x7F, dtype=torch.uint8), sf)
    if fmt == "mxfp8":
        return sf, torch.where(nan, torch.tensor(0x7F, dtype=torch.uint8), data)
    low, high = nan[:, ::2], nan[:, 1::2]
    data = torch.where(low, (data & 0xF0) | 0x07, data)
    return sf, torch.where(high, (data & 0x0F) | 0x70, data)


def same(x, fmt, mode, actual, expected):
    for name, ours, theirs in zip(("scale", "data"), actual, expected, strict=True):
        if torch.equal(ours, theirs):
            continue
        row, column = (int(i) for i in (ours != theirs).nonzero()[0])
        block = column // (ours.shape[1] // (x.shape[1] // FORMATS[fmt]))
        elements = x[row, block * FORMATS[fmt] : (block + 1) * FORMATS[fmt]].tolist()
        pytest.fail(f"{fmt} {mode} {x.dtype} {name} [{row}, {column}]: {ours[row, column]:#x}, and "
                    f"torchao's is {theirs[row, column]:#x}; block {elements}")  # fmt: skip


def compare(x, fmt, mode, global_scale=None):
    """global_scale: for nvfp4; torchao is given its reciprocal. None: torchao has no scale."""
    p = None if global_scale is None else 1.0 / torch.tensor(global_scale, dtype=torch.float32)
    value = 1.0 if global_scale is None else global_scale
    expected = as_fp4jit(x, fmt, mode, *torchaos(x, fmt, mode, p), p)
    same(x, fmt, mode, fp4jits(x, fmt, mode, value=value), expected)


def global_scales(fmt, *values):
    return values if fmt == "nvfp4" else (None,)


def random_bits(generator, shape, dtype):
    """Any bits: every exponent as likely, NaN and infinities included."""
    if dtype == "f32":
        words = torch.randint(-(2**31), 2**31, shape, generator=generator)
        return words.to(torch.int32).view(torch.float32)
    words = torch.randint(-(2**15), 2**15, shape, generator=generator)
    return words.to(torch.int16).view(DTYPES[dtype])
