"""Specs: the full request for one kernel, as canonical text and as the library's struct."""

import ctypes

from fp4jit import _abi
from fp4jit._library import check, library


def parse_spec(text: str) -> _abi.Spec:
    """Reads "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a"; raises InvalidSpec."""
    spec = _abi.Spec.sized()
    check(library.fp4jit_spec_from_text(text.encode(), spec))
    return spec


def spec_text(spec: _abi.Spec) -> str:
    """The canonical text of a spec that has a target."""
    size = ctypes.c_size_t()
    check(library.fp4jit_spec_to_text(spec, None, size))
    buffer = ctypes.create_string_buffer(size.value)
    check(library.fp4jit_spec_to_text(spec, buffer, size))
    return buffer.value.decode()


def validate_spec(spec: _abi.Spec) -> _abi.Spec:
    """The spec itself, if it means something and has a template; else raises."""
    check(library.fp4jit_spec_validate(spec))
    return spec


def without_target(spec: _abi.Spec) -> _abi.Spec:
    """The same for whichever device it is loaded on."""
    copy = _abi.Spec.from_buffer_copy(spec)
    copy.target_sm = copy.target_suffix = copy.target_is_ptx = 0
    return copy


def infer_outputs(spec: _abi.Spec, m: int, k: int = 0, k_out: int = 0) -> _abi.OutputShape:
    """The library's own sizes of a call with m rows; `k` and `k_out` for a spec whose k is 0."""
    shape = _abi.OutputShape.sized()
    check(library.fp4jit_infer_outputs(spec, m, k, k_out, shape))
    return shape
