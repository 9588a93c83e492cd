"""The quantisations that an engine's layers will ask for, and their kernels, prepared when the weights are there."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch

from fp4jit import _abi
from fp4jit.engines.swap import log
from fp4jit.shapes import FORMAT_ROWS
from fp4jit.specs import spec_text
from fp4jit.torch import pdl_default, preparation
from fp4jit.torch.dtypes import DTYPE_NUMBERS


class Call(NamedTuple):
    """A quantisation to come. k_out is k unless padding is written too."""

    format: str
    k: int
    k_out: int
    sf_layout: str


class Quantised(NamedTuple):
    """What the layers of a class ask for; writes_padding where their weights may be padded to a greater k."""

    format: str
    sf_layouts: tuple[str, ...] = ("128x4",)
    writes_padding: bool = False

    def calls(self, k: int, k_out: int) -> list[Call]:
        return [Call(self.format, k, k_out, layout) for layout in self.sf_layouts]


def calls_of(model: torch.nn.Module, calls_of_layer: Callable[[torch.nn.Module], Iterable[Call]]) -> list[Call]:
    """Those of all layers, each once; without a k that has no whole blocks, since it is never quantised."""
    calls = dict.fromkeys(call for layer in model.modules() for call in calls_of_layer(layer))
    return [call for call in calls if call.k % FORMAT_ROWS[_abi.FORMATS[call.format]].sf_vec_size == 0]


def prewarm_calls(calls: Iterable[Call], dtype: torch.dtype, device: torch.device | str) -> list[str]:
    """Compiles their kernels and loads them on the device. Returns the specs."""
    device = torch.device(device)
    if device.type == "cuda" and device.index is None:
        device = torch.device("cuda", torch.cuda.current_device())
    pdl = pdl_default.resolve(device)
    texts = [_spec_text(call, dtype, pdl) for call in calls]
    if texts:
        preparation.prewarm(texts, device)
        log.info("fp4jit prepared %s on %s", ", ".join(texts), device)
    return texts


def _spec_text(call: Call, dtype: torch.dtype, pdl: int) -> str:
    """With some target: prewarm() takes the device's own."""
    spec = _abi.Spec.sized(
        format=_abi.FORMATS[call.format],
        k=call.k,
        k_out=0 if call.k_out == call.k else call.k_out,
        sf_layout=_abi.SF_LAYOUTS[call.sf_layout],
        pdl=pdl,
        target_sm=90,
    )
    setattr(spec, "in", DTYPE_NUMBERS[dtype])
    return spec_text(spec)
