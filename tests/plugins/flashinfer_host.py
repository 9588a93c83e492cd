"""FlashInfer's own Python on the CPU: its public functions as installed, over formulas in place of its compiled code.

So shapes, strides, dtypes and what becomes of an argument are FlashInfer's, and the bytes those of the published rules.
"""
import contextlib
from types import SimpleNamespace
from unittest import mock

import cases
import flashinfer
import flashinfer.quantization.fp4_quantization as fp4
import flashinfer.quantization.fp8_quantization as fp8
import quantize_formula as formula
import torch

from fp4jit.compat import flashinfer as ours

LAYOUTS = ("128x4", "8x4", "linear")  # by the number that FlashInfer's C++ has for them
calls: list[dict] = []  # what the stand-ins for kernels were told, beside tensors


def _rows(x: torch.Tensor) -> torch.Tensor:
    assert x.is_contiguous()
    return x.flatten(0, -2)


def _fp4_quantize(x, scale, data, sf, vec, ue8m0, swizzled, eight, inverse, pdl, recipe):
    calls.append(dict(vec=vec, inverse=inverse, pdl=pdl, recipe=recipe))
    assert (vec == 32) == ue8m0 and x.dtype in (torch.float16, torch.bfloat16) and x.dim() >= 2
    values, factors = formula.mxfp4(_rows(x)) if ue8m0 else formula.nvfp4(_rows(x), 1 / scale if inverse else scale)
    data.copy_(values.view(data.shape))
    flat = formula.laid_out(factors, LAYOUTS[eight] if swizzled else "linear")
    sf[: flat.numel()] = flat


def _fp4_batched_quantize(x, scale, data, sf, vec, ue8m0, recipe):
    assert vec == 16 and not ue8m0
    for one, values, factors in zip(x, data, sf):
        _fp4_quantize(one, scale, values, factors, vec, ue8m0, True, False, False, False, recipe)


def _mxfp8_quantize(x, data, sf, layout, alignment, pdl):
    calls.append(dict(alignment=alignment, pdl=pdl))
    assert alignment % 32 == 0 and x.dtype in (torch.float16, torch.bfloat16)
    _mxfp8_quantize_host(_rows(x), data.flatten(0, -2), sf, layout)


def _mxfp8_quantize_host(x, data, sf, layout):
    values, factors = formula.mxfp8(x, data.shape[-1])
    data.view(torch.uint8).copy_(values)
    sf.copy_(formula.laid_out(factors, LAYOUTS[layout]))


def _interleave(sf, out):
    matrices = sf if sf.dim() == 3 else [sf]
    out.copy_(torch.cat([formula.laid_out(one, "128x4") for one in matrices]))


MODULE = SimpleNamespace(
    fp4_quantize=_fp4_quantize,
    fp4_batched_quantize=_fp4_batched_quantize,
    block_scale_interleave_sm100=_interleave,
    mxfp8_quantize=_mxfp8_quantize,
    mxfp8_quantize_host=_mxfp8_quantize_host,
)


class OnGpu(torch.Tensor):
    """A tensor of the CPU that says it is on a GPU: mxfp8_quantize asks."""

    __torch_function__ = torch._C._disabled_torch_function_impl
    device = SimpleNamespace(type="cuda")


class _AnyDevice:
    """torch, whose `empty` takes such a device."""

    def __getattr__(self, name):
        return getattr(torch, name)

    def empty(self, *args, device, **kwargs):
        return torch.empty(*args, **kwargs)


@contextlib.contextmanager
def on_the_cpu():
    """FlashInfer believes that tensors of the CPU are on a GPU of compute capability 10.0, whose module is built.

    Yields its fake functions by name: FlashInfer's registration drops them.
    """
    fakes = {}

    def keep(name, *_, **__):
        return lambda fake: fakes.setdefault(name.removeprefix("flashinfer::"), fake)

    spec = SimpleNamespace(build_and_load=lambda: MODULE)
    with contextlib.ExitStack() as stack:
        patch = lambda *place_and_value: stack.enter_context(mock.patch.object(*place_and_value))
        patch(fp4, "gen_fp4_quantization_sm100_module", lambda: spec)
        patch(fp8, "gen_mxfp8_quantization_sm100_module", lambda: spec)
        patch(fp8, "torch", _AnyDevice())
        patch(torch.Tensor, "cuda", lambda self: self)
        for module in (fp4, fp8):
            patch(module, "get_compute_capability", lambda device: (10, 0))
            patch(module, "device_support_pdl", lambda device: True)
            patch(module, "register_fake_op", keep)
        fp4.get_fp4_quantization_module("100")
        fp8.get_mxfp8_quantization_sm100_module()
        yield fakes
    fp4.get_fp4_quantization_module.cache_clear()
    fp8.get_mxfp8_quantization_sm100_module.cache_clear()


def same_as_theirs(name: str, *args, **kwargs):
    """Compares both functions' results; ours."""
    mine = getattr(ours, name)(*args, **kwargs)
    if name == "mxfp8_quantize" and args[0].dtype != torch.float32:
        args = args[0].as_subclass(OnGpu), *args[1:]
    other = getattr(flashinfer.quantization, name)(*args, **kwargs)
    as_tuple = lambda result: result if isinstance(result, tuple) else (result,)
    bits = lambda tensor: tensor.view(torch.uint8) if tensor.dtype.itemsize == 1 else tensor
    mine, other = as_tuple(mine), as_tuple(other)
    assert [cases.form(t) for t in mine] == [cases.form(t) for t in other]
    assert all(torch.equal(bits(a), bits(b)) for a, b in zip(mine, other))
    return mine
