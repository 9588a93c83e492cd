"""A straight-through estimator around the op, for training with the rounding that inference will see."""

import torch

from fp4jit.torch.functions import quantize


def _decode_e2m1(codes: torch.Tensor) -> torch.Tensor:
    """0, 0.5, 1, 1.5, 2, 3, 4, 6, or with the fourth bit their negatives, in float32.

    By arithmetic: a table would be copied to the device on each call, which no stream capture allows.
    """
    step = (codes & 7).to(torch.float32)
    magnitude = 0.5 * step + 0.5 * (step - 4).clamp(min=0) + (step - 6).clamp(min=0)
    return torch.where(codes >= 8, -magnitude, magnitude)


def decode_data(data: torch.Tensor, format: str) -> torch.Tensor:
    """[..., k] in float32."""
    if format == "mxfp8":
        return data.view(torch.float8_e4m3fn).to(torch.float32)
    return _decode_e2m1(torch.stack((data & 0xF, data >> 4), dim=-1).flatten(-2))


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
