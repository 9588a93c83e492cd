"""What the ops do: outputs from PyTorch's allocator, a packed struct, one call of the library.

On a GPU that call looks up and launches; what it does about a missing kernel is the runtime's policy (docs/hot-path.md
of the repository). Safe under stream capture, on any stream and device, and on any thread.
"""

from math import isnan

import torch
from torch import empty_strided, uint8

from fp4jit import _abi
from fp4jit._abi import LAUNCH_ARGS_SIZE, pack_launch_args
from fp4jit._library import library, raise_last_error
from fp4jit.runtime import default_runtime
from fp4jit.shapes import TILES, output_shape, round_up
from fp4jit.specs import validate_spec
from fp4jit.torch.dtypes import DTYPE_NUMBERS, refusal

_NUMBERS = ("k", "format", "sf_layout", "scale", "numerics", "ue8m0", "k_out", "pdl")
_ALIGNMENT = 16
host_quantize, launch_spec = library.fp4jit_host_quantize, library.fp4jit_launch_spec
_ELEMENTS_PER_THREAD = 1 << 20  # about a millisecond, many times a thread's start

# A request as the op has it -> (fp4jit_spec as bytes, columns of data, columns of scale factors, rows of a tile): what
# is in it was validated. Only added to, and threads that meet here add the same.
_known: dict[tuple, tuple] = {}


def _learn(request: tuple) -> tuple:
    dtype, k, format, sf_layout, scale, numerics, ue8m0, k_out, pdl = request
    if dtype not in DTYPE_NUMBERS:
        raise TypeError(refusal(dtype))
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


def _plan(x: torch.Tensor, codes: tuple) -> tuple:
    """(packed spec, columns of data, columns of scale factors, rows of a tile), and the rows of x."""
    if x.dim() == 0:
        raise ValueError("x must have a dimension to quantise; it has none")
    k = x.shape[-1]
    request = (x.dtype, k, *codes)
    return _known.get(request) or _learn(request), x.numel() // k


def _readable(x: torch.Tensor) -> torch.Tensor:
    """x, or a copy of it that the kernels can read: contiguous and aligned."""
    if not x.is_contiguous():
        return x.contiguous()
    return x if x.data_ptr() % _ALIGNMENT == 0 else x.clone()


def _scale_address(x: torch.Tensor, global_scale: torch.Tensor) -> int:
    if global_scale.dtype is not torch.float32 or global_scale.numel() != 1:
        raise ValueError(
            "global_scale must be a float32 tensor with one element; it is "
            f"{global_scale.dtype}, {tuple(global_scale.shape)}: use torch.tensor([value], dtype=torch.float32)"
        )
    if global_scale.get_device() != x.get_device():
        raise ValueError(
            f"global_scale must be on the device of x, {x.device}; it is on {global_scale.device}: move it once, "
            "before the first call"
        )
    return global_scale.data_ptr()


def _useful_threads(elements: int) -> int:
    if elements < 2 * _ELEMENTS_PER_THREAD:
        return 1
    return min(torch.get_num_threads(), elements // _ELEMENTS_PER_THREAD)


# The sizes of the buffers are left at 0, unchecked: they were allocated, or compared, by the formula of shapes.py.
def _run_host(spec: bytes, m: int, x, global_scale, data, sf) -> None:
    x = _readable(x)
    scale = 0
    if global_scale is not None:
        scale = _scale_address(x, global_scale)
        if isnan(global_scale.item()):
            raise ValueError("global_scale is NaN; it must be 448*6/amax of the tensor, as a float32")
    threads = _useful_threads(x.numel())
    pointers = x.data_ptr(), scale, data.data_ptr(), sf.data_ptr()
    status = host_quantize(spec, pack_launch_args(LAUNCH_ARGS_SIZE, threads, m, 0, 0, *pointers, 0, 0, 0, 0))
    if status:
        raise_last_error(status)


def _launch(spec: bytes, m: int, x, global_scale, data, sf) -> None:
    x = _readable(x)
    scale = 0 if global_scale is None else _scale_address(x, global_scale)
    device = x.get_device()
    stream = torch._C._cuda_getCurrentRawStream(device)
    pointers = x.data_ptr(), scale, data.data_ptr(), sf.data_ptr()
    args = pack_launch_args(LAUNCH_ARGS_SIZE, 0, m, 0, 0, *pointers, 0, 0, 0, stream)
    runtime = default_runtime().handle
    if stream == 0 and device != torch.cuda.current_device():  # the NULL stream is the current context's
        with torch.cuda.device(device):
            status = launch_spec(runtime, spec, device, args)
    else:
        status = launch_spec(runtime, spec, device, args)
    if status:
        raise_last_error(status)


def _allocate(rows: int, columns: int, device: torch.device) -> torch.Tensor:
    return empty_strided((rows, columns), (columns, 1), dtype=uint8, device=device)


def _allocate_on_cpu(rows: int, columns: int, device: torch.device) -> torch.Tensor:
    return _empty_strided_cpu((rows, columns), (columns, 1), uint8)


# What code that Inductor writes allocates by, where this version of PyTorch has it: a third of the time.
_empty_strided_cpu = getattr(torch._C._dynamo.guards, "_empty_strided_cpu", None)
if _empty_strided_cpu is None:
    _allocate_on_cpu = _allocate


def _functional(run, allocate):
    def quantize(x, global_scale, *codes):
        (spec, columns, sf_columns, tile_rows), m = _plan(x, codes)
        device = x.device
        data = allocate(m, columns, device)
        sf = allocate(round_up(m, tile_rows), sf_columns, device)
        run(spec, m, x, global_scale, data, sf)
        return data if x.dim() == 2 else data.view(*x.shape[:-1], columns), sf

    return quantize


def _require_output(name: str, tensor: torch.Tensor, shape: tuple, device: torch.device) -> None:
    if tensor.shape == shape and tensor.dtype == uint8 and tensor.device == device and tensor.is_contiguous():
        return
    raise ValueError(
        f"{name} must be contiguous uint8 of shape {tuple(shape)} on {device}; it is {tensor.dtype}, "
        f"{tuple(tensor.shape)} with strides {tensor.stride()}, on {tensor.device}"
    )


def _into(run):
    def quantize_out(x, global_scale, *codes, data, sf):
        (spec, columns, sf_columns, tile_rows), m = _plan(x, codes)
        _require_output("data", data, (*x.shape[:-1], columns), x.device)
        _require_output("sf", sf, (round_up(m, tile_rows), sf_columns), x.device)
        run(spec, m, x, global_scale, data, sf)

    return quantize_out


quantize_cpu, quantize_out_cpu = _functional(_run_host, _allocate_on_cpu), _into(_run_host)
quantize_cuda, quantize_out_cuda = _functional(_launch, _allocate), _into(_launch)
