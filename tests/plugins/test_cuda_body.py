"""The CUDA body of the ops over a simulated GPU: what it calls, and what it says of a kernel that is missing."""

import os

import pytest
import simulated_gpu
import torch
from simulated_gpu import Gpu, Tensor

import fp4jit
import fp4jit.torch as ft
from fp4jit.torch import body, pdl_default

os.environ.update(PTXSIM_DEVICE="sm_100a", PTXSIM_DEVICES="2", FP4JIT_ARTIFACT="ptx")
K = 64
NVFP4_128X4 = (0, 1, 0, 0, 0, 0)  # format, sf_layout, scale, numerics, ue8m0, k_out; pdl follows


@pytest.fixture(scope="module")
def gpus(tmp_path_factory):
    ft.configure(driver=simulated_gpu.LIBRARY, cache_dir=tmp_path_factory.mktemp("store"))
    return [Gpu(0), Gpu(1)]


@pytest.fixture(autouse=True)
def played(monkeypatch, gpus):
    simulated_gpu.play(monkeypatch, gpus, (10, 0))
    gpus[0].make_current()
    ft.seal("off")


class Call:
    """One call of the op with outputs full of a byte that it never writes there by chance."""

    def __init__(self, gpu: Gpu, m: int, k: int = K, pdl: int = 1):
        gpu.make_current()
        self.x = torch.randn(m, k, generator=torch.Generator().manual_seed(m)).to(torch.bfloat16)
        self.scale = torch.tensor([37.0])
        self.codes = (*NVFP4_128X4, pdl)
        shapes = [value.shape for value in body.quantize_cpu(self.x, self.scale, *self.codes)]
        self.inputs = [Tensor(gpu, self.x), Tensor(gpu, self.scale)]
        self.outputs = [Tensor(gpu, torch.full(shape, 0x7F, dtype=torch.uint8)) for shape in shapes]

    def run(self) -> None:
        data, sf = self.outputs
        body.quantize_out_cuda(*self.inputs, *self.codes, data=data, sf=sf)

    def has_run(self) -> bool:
        expected = body.quantize_cpu(self.x, self.scale, *self.codes)
        return all(torch.equal(a.cpu(), b) for a, b in zip(self.outputs, expected))


def spec(k: int, pdl: int = 1) -> str:
    return f"nvfp4_quantize[k={k},in=bf16,layout=128x4,pdl={pdl}]@sm_100a"


@pytest.mark.parametrize("m", [1, 127, 128, 129])
def test_same_bytes_as_the_cpu_body(gpus, m):
    ft.prewarm(spec(K), "cuda:0")
    call = Call(gpus[0], m)
    call.run()
    assert call.has_run()


def test_a_call_looks_up_and_launches(gpus):
    ft.prewarm(spec(K), 0)
    call, before = Call(gpus[0], 3), ft.stats()
    with ft.sealed():
        for _ in range(100):
            call.run()
    gained = {name: ft.stats()[name] - value for name, value in before.items() if isinstance(value, int)}
    changed = {name: count for name, count in gained.items() if count}
    assert changed == {"look_ups": 100, "hits": 100, "launches": 100}


@pytest.mark.parametrize("mode", simulated_gpu.CAPTURE_MODES)
def test_captured_as_one_kernel_node(gpus, mode):
    ft.prewarm(spec(K), 0)
    call = Call(gpus[0], 5)
    with gpus[0].capture(mode) as graphs:
        call.run()
    assert not call.has_run() and gpus[0].count_nodes(graphs[0]) == 1
    gpus[0].replay(graphs[0], times=3)
    assert call.has_run()


def test_a_miss_in_capture_is_named_and_leaves_the_capture_valid(gpus):
    call = Call(gpus[0], 5, k=96)
    with gpus[0].capture() as graphs:
        with pytest.raises(fp4jit.NotPreparedInCapture) as caught:
            call.run()
    assert gpus[0].count_nodes(graphs[0]) == 0
    assert caught.value.spec.startswith("nvfp4_quantize[k=96,in=bf16,layout=128x4,pdl=1]")
    assert caught.value.command.startswith("fp4jit prewarm --spec 'nvfp4_quantize[k=96,")


def test_a_sealed_miss_is_named(gpus):
    call = Call(gpus[0], 5, k=112)
    with ft.sealed("hard"), pytest.raises(fp4jit.Sealed, match="k=112") as caught:
        call.run()
    assert caught.value.command.startswith("fp4jit prewarm --spec 'nvfp4_quantize[k=112,")
    call.run()
    assert call.has_run()


def test_each_device_has_its_own(gpus):
    ft.prewarm(spec(K), "cuda:1")
    call = Call(gpus[1], 7)
    with ft.sealed():
        call.run()
    assert call.has_run()


def test_no_rows_launch_nothing(gpus):
    call, before = Call(gpus[0], 0), ft.stats()["launches"]
    call.run()
    assert ft.stats()["launches"] == before


def test_prewarm_of_a_module_prepares_its_calls(gpus):
    model = torch.nn.Sequential(torch.nn.Linear(160, 48), torch.nn.GELU(), torch.nn.Linear(48, 40)).bfloat16()
    texts = ft.prewarm(model)
    assert texts == [spec(k).partition("@")[0] for k in (160, 48)]
    with ft.sealed():
        for k in (160, 48):
            Call(gpus[0], 2, k).run()


def test_what_an_image_prepares_is_what_the_device_loads(gpus):
    model = torch.nn.Linear(208, 16, dtype=torch.bfloat16)
    ft.prewarm(model, "cpu", target="sm_100a")
    compiled = ft.stats()["compiles"]
    ft.prewarm(model, "cuda:0")
    assert ft.stats()["compiles"] == compiled


@pytest.mark.parametrize("shape", [(5, K), (2, 3, K), (K,)])
def test_outputs_are_allocated_on_the_device(gpus, shape):
    ft.prewarm(spec(K), 0)
    x, scale = torch.randn(shape, dtype=torch.bfloat16), torch.tensor([37.0])
    given = [Tensor(gpus[0], value) for value in (x, scale)]
    actual = body.quantize_cuda(*given, *NVFP4_128X4, 1)
    expected = body.quantize_cpu(x, scale, *NVFP4_128X4, 1)
    assert all(torch.equal(a.cpu(), b) for a, b in zip(actual, expected))


def test_the_default_stream_of_a_device_that_is_not_current(gpus, monkeypatch):
    ft.prewarm(spec(K), 1)
    call = Call(gpus[1], 7)
    gpus[0].make_current()
    monkeypatch.setattr(torch._C, "_cuda_getCurrentRawStream", lambda device: 0, raising=False)
    call.run()
    gpus[1].make_current()
    gpus[1].call("cuCtxSynchronize")
    assert call.has_run()


@pytest.mark.parametrize("capability, pdl", [((8, 9), 0), ((9, 0), 1), ((10, 7), 1)])
def test_the_default_of_pdl_is_the_device_s(gpus, monkeypatch, capability, pdl):
    simulated_gpu.play(monkeypatch, gpus, capability)
    assert pdl_default.resolve(torch.device("cuda", 1)) == pdl


def test_the_default_of_pdl_must_be_known_before_tracing(monkeypatch):
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    with pytest.raises(RuntimeError, match=r"call fp4jit.torch.prewarm\(\.\.\., device=1\) before tracing"):
        pdl_default.resolve(torch.device("cuda", 1))


def test_the_driver_s_own_failure_is_told(gpus, monkeypatch):
    call = Call(gpus[0], 2)
    monkeypatch.setattr(torch._C, "_cuda_getCurrentRawStream", lambda device: 0x1234560, raising=False)
    ft.prewarm(spec(K), 0)
    with pytest.raises(fp4jit.DriverError):
        call.run()
