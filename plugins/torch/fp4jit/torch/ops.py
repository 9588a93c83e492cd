"""The ops fp4jit::quantize_v1 and fp4jit::quantize_v1.out: schema, fake, and the bodies registered.

An op's name has the version of its schema, tags, shapes and bytes, since compile caches know it by name alone: whoever
changes one of them makes a quantize_v2. All arguments but the tensors are content, the numbers of fp4jit.h; none has a
default, so that none can shift unseen.
"""

import torch

from fp4jit.torch import body, vmap
from fp4jit.torch.fake import quantize_fake, quantize_out_fake

_ARGUMENTS = (
    "Tensor x, Tensor? global_scale, int format, int sf_layout, int scale, int numerics, int ue8m0, "
    "int k_out, int pdl"
)
SCHEMAS = {
    "quantize_v1": f"({_ARGUMENTS}) -> (Tensor, Tensor)",
    "quantize_v1.out": f"({_ARGUMENTS}, *, Tensor(a!) data, Tensor(b!) sf) -> ()",
}


def _tags(*names: str) -> tuple:
    """Those that this version of PyTorch has."""
    return tuple(getattr(torch.Tag, name) for name in names if hasattr(torch.Tag, name))


# No "out" on the second, which would let Inductor call it in place of the first: PyTorch 2.15 fails there where a size
# is a symbol and there are two results (its issue 185503, mended for one result alone). Without that tag an op that
# returned its outputs could not be made functional, so it returns nothing.
_TAGS = dict.fromkeys(SCHEMAS, _tags("pt2_compliant_tag", "needs_contiguous_strides"))


def _registered_schema(name: str) -> str | None:
    """The schema of an op that is there already, as after a reload of this module."""
    packet, _, overload = name.partition(".")
    try:
        return str(torch._C._get_schema(f"fp4jit::{packet}", overload))
    except RuntimeError:
        return None


def _define(library: torch.library.Library, name: str) -> bool:
    """Whether the op was defined now; raises where another schema has its name."""
    there = _registered_schema(name)
    if there is None:
        library.define(name + SCHEMAS[name], tags=_TAGS[name])
        return True
    if there != f"fp4jit::{name}{SCHEMAS[name]}":
        raise ImportError(
            f"fp4jit::{name} is registered with another schema, {there}: two versions of fp4jit are "
            f"in this process; the second is {__file__}"
        )
    return False


def register() -> torch.library.Library | None:
    """Registers both ops, unless they are there. The result lives as long as they are to."""
    library = torch.library.Library("fp4jit", "FRAGMENT")
    if not all([_define(library, name) for name in SCHEMAS]):
        return None
    library.impl("quantize_v1", body.quantize_cpu, "CPU")
    library.impl("quantize_v1", body.quantize_cuda, "CUDA")
    library.impl("quantize_v1.out", body.quantize_out_cpu, "CPU")
    library.impl("quantize_v1.out", body.quantize_out_cuda, "CUDA")
    torch.library.register_fake("fp4jit::quantize_v1", quantize_fake, lib=library)
    torch.library.register_fake("fp4jit::quantize_v1.out", quantize_out_fake, lib=library)
    vmap.register(library)
    return library


_library = register()
if _library is not None:  # the namespace keeps it: as long as there are ops, though this module be loaded anew
    torch.ops.fp4jit.registration = _library
quantize = torch.ops.fp4jit.quantize_v1.default
quantize_out = torch.ops.fp4jit.quantize_v1.out
