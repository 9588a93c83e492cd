"""A straight-through estimator around the op, for training with the rounding that inference will see."""

import torch

from fp4jit.torch.functions import quantize

_E2M1_VALUES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)


def decode_data(data: torch.Tensor, format: str) -> torch.Tensor:
    """[..., k] in float32."""
    if format == "mxfp8":
        return data.view(torch.float8_e4m3fn).to(torch.float32)
    values = torch.tensor(_E2M1_VALUES + tuple(-v for v in _E2M1_VALUES), device=data.device)
    codes = torch.stack((data & 0xF, data >> 4), dim=-1).flatten(-2)
    return values[codes.to(torch.int32)]


def _decode_scales(sf: torch.Tensor, format: str) -> torch.Tensor:
    dtype = torch.float8_e4m3fn if format == "nvfp4" else torch.float8_e8m0fnu
    return sf.view(dtype).to(torch.float32)


class _QuantizeSte(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x, global_scale, format, numerics):
        data, sf = quantize(x, global_scale, format=format, sf_layout="linear", numerics=numerics)
        values = decode_data(data, format).unflatten(-1, (sf.shape[-1], -1))
        scales = _decode_scales(sf, format).reshape(*x.shape[:-1], sf.shape[-1], 1)
        values = (values * scales).flatten(-2)
        return (values if global_scale is None else values / global_scale.reshape(())).to(x.dtype)

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Apart from forward, as torch.func requires; the gradient needs nothing."""

    @staticmethod
    def backward(ctx, gradient):
        return gradient, None, None, None


def quantize_ste(
    x: torch.Tensor, global_scale: torch.Tensor | None = None, *, format: str, numerics: str = "trtllm"
) -> torch.Tensor:
    """x as its quantised form would give it back, in x's shape and dtype; the gradient passes straight through.

    Arguments and errors are those of `quantize`. The layout of scale factors makes no difference to values.
    """
    return _QuantizeSte.apply(x, global_scale, format, numerics)
