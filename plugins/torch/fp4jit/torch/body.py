"""What the ops do: outputs from PyTorch's allocator, a packed struct, one call of the library.

On a GPU that call looks up and launches; what it does about a missing kernel is the runtime's policy (docs/hot-path.md
of the repository). Safe under stream capture, on any stream and device, and on any thread.
"""

from math import isnan

import torch
from torch import empty, uint8

from fp4jit import _abi
from fp4jit._abi import LAUNCH_ARGS_SIZE, pack_launch_args
from fp4jit._library import library, raise_last_error
from fp4jit.runtime import default_runtime
from fp4jit.shapes import TILES, output_shape, round_up
from fp4jit.specs import validate_spec

DTYPE_NUMBERS = {
    torch.float16: _abi.DTYPES["f16"],
    torch.bfloat16: _abi.DTYPES["bf16"],
    torch.float32: _abi.DTYPES["f32"],
}
_NUMBERS = ("k", "format", "sf_layout", "scale", "numerics", "ue8m0", "k_out", "pdl")
_ALIGNMENT = 16
_ELEMENTS_PER_THREAD = 1 << 20  # about a millisecond, many times a thread's start

# A request as the op has it -> (fp4jit_spec as bytes, columns of data, columns of scale factors, rows of a tile): what
# is in it was validated. Only added to, and threads that meet here add the same.
_known: dict[tuple, tuple] = {}


def _learn(request: tuple) -> tuple:
    dtype, k, format, sf_layout, scale, numerics, ue8m0, k_out, pdl = request
    if dtype not in DTYPE_NUMBERS:
        raise TypeError(f"x must be bfloat16, float16 or float32; it is {dtype}")
    for name, number in zip(_NUMBERS, request[1:]):
        if not (name == "k") <= number < 2**31:
            raise ValueError(f"{name} must be from {int(name == 'k')} to 2^31 - 1; it is {number}")
    spec = _abi.Spec.sized(
        format=format, k=k, k_out=k_out, sf_layout=sf_layout, scale=scale, numerics=numerics, ue8m0=ue8m0, pdl=pdl
    )
    setattr(spec, "in", DTYPE_NUMBERS[dtype])
    validate_spec(spec)
    columns, _, sf_columns = output_shape(0, k_out or k, format, sf_layout)
    _known[request] = bytes(spec), columns, sf_columns, TILES[sf_layout][0]
    return _known[request]


def _readable(x: torch.Tensor) -> torch.Tensor:
    """x, or a copy of it that the kernels can read: contiguous and aligned."""
    if not x.is_contiguous():
        return x.contiguous()
    return x if x.data_ptr() % _ALIGNMENT == 0 else x.clone()


def _scale_address(x: torch.Tensor, global_scale: torch.Tensor | None) -> int:
    if global_scale is None:
        return 0
    if global_scale.dtype is not torch.float32 or global_scale.numel() != 1:
        raise ValueError(
            "global_scale must be a float32 tensor with one element; it is "
            f"{global_scale.dtype}, {tuple(global_scale.shape)}: use torch.tensor([value], dtype=torch.float32)"
        )
    if global_scale.device != x.device:
        raise ValueError(
            f"global_scale must be on the device of x, {x.device}; it is on {global_scale.device}: move it once, "
            "before the first call"
        )
    return global_scale.data_ptr()


def _plan(x: torch.Tensor, codes: tuple) -> tuple:
    """(packed spec, rows, shape of data, shape of sf)."""
    shape = x.shape
    if not shape:
        raise ValueError("x must have a dimension to quantise; it has none")
    request = (x.dtype, shape[-1], *codes)
    spec, columns, sf_columns, tile_rows = _known.get(request) or _learn(request)
    m = x.numel() // shape[-1]
    return spec, m, (*shape[:-1], columns), (round_up(m, tile_rows), sf_columns)


def _require_output(name: str, tensor: torch.Tensor, shape: tuple, device: torch.device) -> None:
    if tensor.shape == shape and tensor.dtype == uint8 and tensor.device == device and tensor.is_contiguous():
        return
    raise ValueError(
        f"{name} must be contiguous uint8 of shape {tuple(shape)} on {device}; it is {tensor.dtype}, "
        f"{tuple(tensor.shape)} with strides {tensor.stride()}, on {tensor.device}"
    )


def _pack(x, scale_address: int, m: int, data, sf, threads: int = 0, stream: int = 0) -> bytes:
    return pack_launch_args(
        *(LAUNCH_ARGS_SIZE, threads, m, 0, 0, x.data_ptr(), scale_address),
        *(data.data_ptr(), sf.data_ptr(), x.nbytes, data.nbytes, sf.nbytes, stream),
    )


def _useful_threads(elements: int) -> int:
    if elements < 2 * _ELEMENTS_PER_THREAD:
        return 1
    return min(torch.get_num_threads(), elements // _ELEMENTS_PER_THREAD)


def _run_host(spec: bytes, m: int, x, global_scale, data, sf) -> None:
    x = _readable(x)
    scale_address = _scale_address(x, global_scale)
    if global_scale is not None and isnan(global_scale.item()):
        raise ValueError("global_scale is NaN; it must be 448*6/amax of the tensor, as a float32")
    args = _pack(x, scale_address, m, data, sf, threads=_useful_threads(x.numel()))
    status = library.fp4jit_host_quantize(spec, args)
    if status:
        raise_last_error(status)


def _launch(spec: bytes, m: int, x, global_scale, data, sf) -> None:
    x = _readable(x)
    device = x.device.index
    stream = torch._C._cuda_getCurrentRawStream(device)
    args = _pack(x, _scale_address(x, global_scale), m, data, sf, stream=stream)
    runtime = default_runtime().handle
    if stream == 0 and device != torch.cuda.current_device():  # the NULL stream is the current context's
        with torch.cuda.device(device):
            status = library.fp4jit_launch_spec(runtime, spec, device, args)
    else:
        status = library.fp4jit_launch_spec(runtime, spec, device, args)
    if status:
        raise_last_error(status)


def _functional(run):
    def quantize(x, global_scale, *codes):
        spec, m, data_shape, sf_shape = _plan(x, codes)
        data = empty(data_shape, dtype=uint8, device=x.device)
        sf = empty(sf_shape, dtype=uint8, device=x.device)
        run(spec, m, x, global_scale, data, sf)
        return data, sf

    return quantize


def _into(run):
    def quantize_out(x, global_scale, *codes, data, sf):
        spec, m, data_shape, sf_shape = _plan(x, codes)
        _require_output("data", data, data_shape, x.device)
        _require_output("sf", sf, sf_shape, x.device)
        run(spec, m, x, global_scale, data, sf)

    return quantize_out


quantize_cpu, quantize_out_cpu = _functional(_run_host), _into(_run_host)
quantize_cuda, quantize_out_cuda = _functional(_launch), _into(_launch)
