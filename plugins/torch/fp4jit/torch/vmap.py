"""torch.vmap over quantize_v1: the batch becomes rows where tiles of scale factors stay whole, else one call each."""

import torch

from fp4jit.shapes import TILES


def _fold(op, x: torch.Tensor, rows: int, arguments: tuple):
    """All batches in one call, whose scale factors lie one batch after the other."""
    data, sf = op(x, *arguments)
    return data, sf.reshape(x.shape[0], rows, sf.shape[-1])


def _stack(op, x: torch.Tensor, arguments: tuple):
    if x.shape[0] == 0:  # there is none to tell its shapes
        data, sf = op(x.new_zeros(x.shape[1:]), *arguments)
        return data.new_empty((0, *data.shape)), sf.new_empty((0, *sf.shape))
    data, sf = zip(*(op(one, *arguments) for one in x))
    return torch.stack(data), torch.stack(sf)


def _quantize_vmap(info, in_dims: tuple, x: torch.Tensor, global_scale, format: int, sf_layout: int, *codes: int):
    if in_dims[1] is not None:
        raise ValueError(
            "global_scale is of the whole call and cannot be batched by vmap: pass it with in_dims=None, or loop over "
            "the batch"
        )
    x = x.movedim(in_dims[0], 0)
    if x.dim() < 2:
        raise ValueError("x must have a dimension to quantise beside the one that vmap batches; it has none")
    op = torch.ops.fp4jit.quantize_v1.default
    arguments = (global_scale, format, sf_layout, *codes)
    rows = x.shape[1:-1].numel()
    if sf_layout in TILES and rows % TILES[sf_layout][0] == 0:
        return _fold(op, x, rows, arguments), (0, 0)
    return _stack(op, x, arguments), (0, 0)


def register(library: torch.library.Library) -> None:
    """Registers the rule; it lives as long as `library`."""
    torch.library.register_vmap("fp4jit::quantize_v1", _quantize_vmap, lib=library)
