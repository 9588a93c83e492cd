"""FlashInfer's issue 2999, whose reproduction is this with another import: fp4_quantize inside a compiled function."""
import pytest
import torch
from torch._inductor.utils import fresh_cache

from fp4jit.compat.flashinfer import fp4_quantize

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@pytest.fixture(autouse=True)
def nothing_compiled_before():
    torch._dynamo.reset()
    with fresh_cache():
        yield


@torch.compile(fullgraph=True)
def f(x, scale):
    return fp4_quantize(x, scale)


def test_the_reproduction_runs_and_gives_the_bytes_of_an_eager_call():
    x = torch.randn(32, 4096, dtype=torch.bfloat16, device=DEVICE)
    scale = torch.tensor([1.0], device=DEVICE)
    data, sf = f(x, scale)
    assert data.shape == (32, 2048) and sf.shape == (128, 256)
    expected_data, expected_sf = fp4_quantize(x, scale)
    assert torch.equal(data, expected_data) and torch.equal(sf, expected_sf)


def test_it_is_one_graph_without_a_break():
    report = torch._dynamo.explain(fp4_quantize)(torch.randn(32, 4096, dtype=torch.bfloat16), torch.tensor([1.0]))
    assert (report.graph_count, report.graph_break_count) == (1, 0)


def test_with_more_rows_it_compiles_at_most_once_more():
    for count, m in enumerate((32, 48, 7, 512, 129)):
        with torch._dynamo.config.patch(error_on_recompile=count >= 2):
            x = torch.randn(m, 4096, dtype=torch.bfloat16)
            assert torch.equal(f(x, torch.ones(1))[0], fp4_quantize(x, torch.ones(1))[0])
