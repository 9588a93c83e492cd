"""GPUs that ptxsim plays, and tensors on them: what the CUDA body of the ops sees of a real one."""

import ctypes
import os
from contextlib import contextmanager
from types import SimpleNamespace

import torch

from fp4jit.torch import body, pdl_default

LIBRARY = os.path.join(os.environ["FP4JIT_BUILD_DIR"], "tests", "ptxsim", "libcuda.so.1")
CAPTURE_MODES = {"global": 0, "thread_local": 1, "relaxed": 2}


class Tensor:
    """What the body asks of a CUDA tensor, over memory of a simulated device."""

    is_cuda = True

    def __init__(self, gpu, value: torch.Tensor):
        self.gpu, self.shape, self.dtype = gpu, value.shape, value.dtype
        self.device = SimpleNamespace(type="cuda", index=gpu.ordinal)
        self.nbytes = value.nbytes
        self.address = gpu.allocate(max(1, value.nbytes))
        gpu.copy_in(self.address, value)

    def view(self, *shape) -> "Tensor":
        self.shape = torch.Size(shape)
        return self

    def dim(self) -> int:
        return len(self.shape)

    def get_device(self) -> int:
        return self.device.index

    def numel(self) -> int:
        return self.shape.numel()

    def is_contiguous(self) -> bool:
        return True

    def stride(self) -> tuple:
        return ()

    def data_ptr(self) -> int:
        return self.address

    def cpu(self) -> torch.Tensor:
        value = torch.empty(self.shape, dtype=self.dtype)
        self.gpu.copy_out(value, self.address)
        return value


class Gpu:
    """One simulated device with a context and a stream of its own; a driver call that fails raises."""

    def __init__(self, ordinal: int = 0):
        self.ordinal = ordinal
        self._driver = ctypes.CDLL(LIBRARY)
        self.call("cuInit", 0)
        context = ctypes.c_void_p()
        self.call("cuDevicePrimaryCtxRetain", ctypes.byref(context), ordinal)
        self.context = context
        self.make_current()
        stream = ctypes.c_void_p()
        self.call("cuStreamCreate", ctypes.byref(stream), 1)
        self.stream = stream.value

    def call(self, name: str, *arguments) -> None:
        status = getattr(self._driver, name)(*arguments)
        assert status == 0, f"{name} gave {status}"

    def make_current(self) -> None:
        self.call("cuCtxSetCurrent", self.context)

    def allocate(self, size: int) -> int:
        address = ctypes.c_uint64()
        self.call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(size))
        return address.value

    def copy_in(self, address: int, value: torch.Tensor) -> None:
        if value.nbytes:
            source = ctypes.c_void_p(value.data_ptr())
            self.call("cuMemcpyHtoD_v2", ctypes.c_uint64(address), source, ctypes.c_size_t(value.nbytes))

    def copy_out(self, value: torch.Tensor, address: int) -> None:
        self.synchronize()
        if value.nbytes:
            target = ctypes.c_void_p(value.data_ptr())
            self.call("cuMemcpyDtoH_v2", target, ctypes.c_uint64(address), ctypes.c_size_t(value.nbytes))

    def synchronize(self) -> None:
        self.call("cuStreamSynchronize", ctypes.c_void_p(self.stream))

    @contextmanager
    def capture(self, mode: str = "global"):
        """Yields a list that holds the graph once the block has ended; the capture must still be valid then."""
        graphs = []
        self.call("cuStreamBeginCapture_v2", ctypes.c_void_p(self.stream), CAPTURE_MODES[mode])
        yield graphs
        graph = ctypes.c_void_p()
        self.call("cuStreamEndCapture", ctypes.c_void_p(self.stream), ctypes.byref(graph))
        graphs.append(graph)

    def count_nodes(self, graph) -> int:
        count = ctypes.c_size_t()
        self.call("cuGraphGetNodes", graph, None, ctypes.byref(count))
        return count.value

    def replay(self, graph, times: int = 1) -> None:
        executable = ctypes.c_void_p()
        self.call("cuGraphInstantiateWithFlags", ctypes.byref(executable), graph, ctypes.c_uint64(0))
        for _ in range(times):
            self.call("cuGraphLaunch", executable, ctypes.c_void_p(self.stream))
        self.synchronize()


def play(monkeypatch, gpus: list[Gpu], capability: tuple[int, int]) -> None:
    """PyTorch's own answers about devices and streams, of these GPUs, and its allocator."""

    def allocate(size, stride, *, dtype, device):
        return Tensor(gpus[device.index], torch.full(size, 0x7F, dtype=dtype))

    @contextmanager
    def current(device):
        gpus[device].make_current()
        yield
        gpus[0].make_current()

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "device", current)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device=None: capability)
    monkeypatch.setattr(torch._C, "_cuda_getCurrentRawStream", lambda device: gpus[device].stream, raising=False)
    monkeypatch.setattr(body, "empty_strided", allocate)
    monkeypatch.setattr(pdl_default, "_resolved", {})
