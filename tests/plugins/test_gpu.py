"""The op on a real GPU: bytes, capture, memory, programmatic dependent launch. Skipped, and says so, where there is none."""

import os
import subprocess
import sys

import cases
import pytest
import torch

import fp4jit
import fp4jit.torch as ft
from fp4jit.torch import ops

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="nothing was run: no CUDA device")
AXES = list(cases.calls(format=cases.FORMATS, sf_layout=cases.LAYOUTS))
CAPTURE_MODES = ("global", "thread_local", "relaxed")


def on_gpu(x: torch.Tensor, **axes):
    scale = cases.scale_of(axes["format"])
    return ft.quantize(x.cuda(), None if scale is None else scale.cuda(), **axes)


def spec(k: int, pdl: int = 1) -> str:
    return f"nvfp4_quantize[k={k},in=bf16,layout=128x4,numerics=exact,pdl={pdl}]@sm_90"


def fill_memory() -> list[torch.Tensor]:
    """What takes all of the device but the last MB."""
    taken, size = [], 1 << 34
    while size >= 1 << 20:
        try:
            taken.append(torch.empty(size, dtype=torch.uint8, device="cuda"))
        except torch.OutOfMemoryError:
            size //= 2
    return taken


def captured(function, mode: str = "global") -> torch.cuda.CUDAGraph:
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, capture_error_mode=mode):
        function()
    return graph


@pytest.mark.parametrize("axes", AXES, ids=str)
@pytest.mark.parametrize("rows", cases.ROWS)
def test_exact_has_the_cpu_s_bytes(axes, rows):
    x = cases.matrix(rows, 256)
    expected = ft.quantize(x, cases.scale_of(axes["format"]), numerics="exact", **axes)
    assert cases.same([t.cpu() for t in on_gpu(x, numerics="exact", **axes)], expected)


@pytest.mark.parametrize("mode", CAPTURE_MODES)
def test_a_graph_replays_the_same_bytes(mode):
    ft.prewarm(spec(4096), "cuda", pdl=1)
    x, scale = cases.matrix(300, 4096).cuda(), torch.tensor([3.0], device="cuda")
    outputs = []

    def call():
        outputs[:] = ft.quantize(x, scale, format="nvfp4", numerics="exact", pdl=1)

    graph = captured(call, mode)
    for _ in range(1000):
        graph.replay()
    expected = ft.quantize(x.cpu(), scale.cpu(), format="nvfp4", numerics="exact")
    assert cases.same([t.cpu() for t in outputs], expected)


def test_a_miss_in_capture_leaves_the_capture_valid():
    x, scale = cases.matrix(3, 4096 + 16).cuda(), torch.tensor([3.0], device="cuda")
    total = torch.zeros(1, device="cuda")

    def call():
        with pytest.raises(fp4jit.NotPreparedInCapture):
            ft.quantize(x, scale, format="nvfp4", numerics="exact")
        total.add_(1)

    captured(call).replay()
    assert total.item() == 1


@pytest.mark.parametrize("loading", ["LAZY", "EAGER"])
def test_under_each_way_of_loading_modules(loading):
    test = f"{__file__}::test_a_graph_replays_the_same_bytes"
    environment = os.environ | {"CUDA_MODULE_LOADING": loading}
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", test], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_prepared_kernel_needs_no_memory():
    ft.prewarm(spec(4096), "cuda", pdl=1)
    x, scale = cases.matrix(300, 4096).cuda(), torch.tensor([3.0], device="cuda")
    codes = (0, 1, 0, 1, 0, 0, 1)  # nvfp4, 128x4, its own scale, exact, rceil, k_out = k, pdl=1
    data, sf = (torch.full_like(output, 0x7F) for output in ft.quantize(x, scale, format="nvfp4", numerics="exact"))
    hog = fill_memory()
    ops.quantize_out(x, scale, *codes, data=data, sf=sf)
    torch.cuda.synchronize()
    del hog
    expected = ft.quantize(x.cpu(), scale.cpu(), format="nvfp4", numerics="exact")
    assert cases.same((data.cpu(), sf.cpu()), expected)


def test_a_chain_with_programmatic_launches_keeps_its_order():
    ft.prewarm(spec(4096), "cuda", pdl=1)
    x, scale = torch.zeros(64, 4096, device="cuda", dtype=torch.bfloat16), torch.tensor([3.0], device="cuda")
    results = []

    def chain():
        for _ in range(20):
            x.add_(1)
            results.append(ft.quantize(x, scale, format="nvfp4", numerics="exact", pdl=1))

    chain()
    graph = captured(chain)
    graph.replay()
    torch.cuda.synchronize()
    for step, (data, sf) in enumerate(results):
        value = torch.full((64, 4096), float(step + 1), dtype=torch.bfloat16)
        expected = ft.quantize(value, scale.cpu(), format="nvfp4", numerics="exact")
        assert cases.same((data.cpu(), sf.cpu()), expected), step


def test_a_compiled_model_in_cuda_graphs_of_pytorch():
    ft.prewarm(spec(4096), "cuda", pdl=1)
    model = torch.compile(
        lambda x, scale: ft.quantize(x * 2, scale, format="nvfp4", numerics="exact"),
        mode="reduce-overhead",
        fullgraph=True,
    )
    scale = torch.tensor([3.0], device="cuda")
    for seed in range(4):
        x = cases.matrix(32, 4096, seed=seed)
        actual = [output.cpu() for output in model(x.cuda(), scale)]
        assert cases.same(actual, ft.quantize(x * 2, scale.cpu(), format="nvfp4", numerics="exact"))
