"""The public function: names to numbers and defaults, then the op. All of it is traced, so it reads no state but what
the tracer can guard, and decides nothing on a size or a value of a tensor.
"""

import torch

from fp4jit import _abi
from fp4jit.runtime import unknown_name
from fp4jit.shapes import FORMAT_ROWS
from fp4jit.torch import ops, pdl_default
from fp4jit.torch.dtypes import INPUT_DTYPES, refusal


def _number(table: dict[str, int], field: str, name: str) -> int:
    if isinstance(name, str) and name in table:
        return table[name]
    if torch.compiler.is_compiling():  # what finds the nearest name cannot be traced
        raise ValueError(f"{field} must be one of {', '.join(table)}; it is {name!r}")
    raise ValueError(unknown_name(table, field, name))


def _is_dtensor(x: torch.Tensor) -> bool:
    """Without importing what only those who have DTensors need."""
    module = getattr(torch.distributed, "tensor", None)
    return module is not None and isinstance(x, module.DTensor)


def _require_input(x: torch.Tensor) -> None:
    if not isinstance(x, torch.Tensor):
        raise TypeError(f"x must be a torch.Tensor; it is {type(x).__name__}")
    if x.layout is not torch.strided or x.is_quantized or x.is_nested:
        kind = "nested" if x.is_nested else "quantised" if x.is_quantized else f"of layout {x.layout}"
        raise TypeError(
            f"x must be a dense tensor; it is {kind}: use x.to_dense(), x.dequantize() or x.to_padded_tensor()"
        )
    if x.dtype not in INPUT_DTYPES:
        raise TypeError(refusal(x.dtype))
    if type(x) is not torch.Tensor and _is_dtensor(x):
        raise TypeError(
            "x must be no DTensor: tiles of scale factors may span shards; quantise x.to_local(), "
            "whose rows are this rank's own"
        )


def _require_scale(format: str, global_scale: torch.Tensor | None) -> None:
    if global_scale is None and format == "nvfp4":
        raise ValueError(
            "nvfp4 needs global_scale: a float32 tensor with one element, 448*6/amax, on the device of x"
        )
    if global_scale is None:
        return
    if not isinstance(global_scale, torch.Tensor):
        raise TypeError(
            f"global_scale must be a torch.Tensor; it is {type(global_scale).__name__}: make it once, by "
            "torch.tensor([value], dtype=torch.float32, device=x.device)"
        )
    if format != "nvfp4":
        raise ValueError(f"{format} has no global_scale: its block scales span all exponents; leave it out")


def _width(k_out: int | None) -> int:
    if k_out is None:
        return 0
    if not isinstance(k_out, int):
        raise TypeError(f"k_out must be an int, or None for k; it is {k_out!r}")
    return k_out


def _pdl(pdl: int | None, device: torch.device) -> int:
    if pdl is None:
        return pdl_default.resolve(device)
    if pdl not in (0, 1, 2):
        raise ValueError(f"pdl must be 0, 1 or 2, or None for the device's default; it is {pdl!r}")
    return pdl


def quantize(
    x: torch.Tensor,
    global_scale: torch.Tensor | None = None,
    *,
    format: str,
    sf_layout: str = "128x4",
    sf_vec_size: int | None = None,
    k_out: int | None = None,
    numerics: str = "trtllm",
    pdl: int | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Quantises the last dimension of x to blocks of FP4 or FP8 values with a scale factor each.

    Args:
        x: bfloat16, float16 or float32, of any number of dimensions, [..., k]; CPU or CUDA. It is copied if it is
            not contiguous. k is a multiple of sf_vec_size.
        global_scale: for nvfp4 the encode multiplier 448*6/amax, a float32 tensor with one element on x's device;
            None for mxfp4 and mxfp8.
        format: "nvfp4", "mxfp4" or "mxfp8".
        sf_layout: how the scale factors lie: "linear", "128x4" or "8x4" (fp4jit.h has the formula).
        sf_vec_size: values per scale factor: the format's own, 16 for nvfp4 and 32 for the others.
        k_out: columns to write, k or more, the gap as zeros; None: k.
        numerics: "trtllm" (TensorRT-LLM's and FlashInfer's CUDA path), "exact" or "torchao".
        pdl: programmatic dependent launch: 0 off, 1 trigger after the last store, 2 at the start. None: 1 on CUDA
            devices of compute capability 9.0 and later, once prewarm() has seen the device; else 0.

    Returns:
        (data, sf), both uint8 and contiguous. data is [..., k_out/2], two FP4 values a byte, the first in the low
        half, or [..., k_out] for mxfp8. sf is [m, k_out/sf_vec_size], m the product of the leading dimensions, both
        rounded up to whole tiles in the layouts "128x4" and "8x4", padding zero.

    Raises:
        TypeError, ValueError: arguments, with what is allowed. fp4jit.NotPreparedInCapture, fp4jit.Sealed: a kernel
        is missing where none may be built; `.command` prepares it. Other fp4jit.Error: driver, compiler.
    """
    _require_input(x)
    format_number = _number(_abi.FORMATS, "format", format)
    _require_scale(format, global_scale)
    block = FORMAT_ROWS[format_number].sf_vec_size
    if sf_vec_size is not None and sf_vec_size != block:
        raise ValueError(f"sf_vec_size of {format} is {block}; it is {sf_vec_size}")
    return ops.quantize(
        x,
        global_scale,
        format_number,
        _number(_abi.SF_LAYOUTS, "sf_layout", sf_layout),
        _abi.SCALES["default"],
        _number(_abi.NUMERICS, "numerics", numerics),
        _abi.UE8M0_MODES["rceil"],
        _width(k_out),
        _pdl(pdl, x.device),
    )
