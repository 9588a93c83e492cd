"""What one process compiles or saves, another one runs: the FX graph cache, torch.export, workers by fork and spawn."""
import json

import cases
import pytest
import torch

import fp4jit.torch as F

COMPILE = """
import json, sys
sys.path.insert(0, {folder!r})
import cases
import torch
from torch._dynamo.utils import counters
import fp4jit.torch as F

torch._inductor.config.cpp.simdlen = 1  # the instructions of this machine take long to find
torch._functorch.config.enable_autograd_cache = False  # which would answer before the cache that is counted
x, scale = cases.nvfp4_inputs()
function = lambda x, scale: F.quantize(x * 2, scale, format="nvfp4")
compiled = torch.compile(function, fullgraph=True, dynamic=True)
same = all(cases.same(compiled(a, scale), function(a, scale)) for a in (x, x[:5]))
print(json.dumps([counters["inductor"]["fxgraph_cache_hit"], counters["inductor"]["fxgraph_cache_miss"], same]))
"""

LOAD = """
import sys
sys.path.insert(0, {folder!r})
import cases
import torch
if sys.argv[2] == "imported":
    import fp4jit.torch
model = torch.export.load(sys.argv[1]).module()
import fp4jit.torch as F
for rows in (9, 200):
    x, scale = cases.nvfp4_inputs(rows)
    assert cases.same(model(x, scale), F.quantize(x, scale, format="nvfp4"))
print("same bytes")
"""

WORKERS = """
import multiprocessing, sys
import torch
import fp4jit.torch as F

class Rows(torch.utils.data.Dataset):
    def __len__(self):
        return 6

    def __getitem__(self, index):
        data, sf = F.quantize(torch.full((2, 64), float(index)), format="mxfp8")
        return data, sf

if __name__ == "__main__":
    expected = [Rows()[i] for i in range(6)]  # the parent has used the library before
    loader = torch.utils.data.DataLoader(Rows(), batch_size=None, num_workers=2, multiprocessing_context=sys.argv[1])
    for (data, sf), (d, s) in zip(loader, expected, strict=True):
        assert torch.equal(data, d) and torch.equal(sf, s)
    print("same bytes")
"""

TWICE = """
import fp4jit, fp4jit.torch
import fp4jit.torch
from fp4jit.torch import quantize
import torch
print(fp4jit.torch.quantize is quantize, torch.ops.fp4jit.quantize_v1.overloads())
"""

FOLDER = cases.__file__.rpartition("/")[0]


def test_an_artifact_of_one_process_serves_the_next(tmp_path):
    run = lambda: json.loads(cases.output_of(COMPILE.format(folder=FOLDER), TORCHINDUCTOR_CACHE_DIR=str(tmp_path)))
    assert run() == [0, 1, True]
    assert run() == [1, 0, True]


class Model(torch.nn.Module):
    def forward(self, x, scale):
        return F.quantize(x, scale, format="nvfp4")


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> str:
    path = str(tmp_path_factory.mktemp("export") / "model.pt2")
    rows = torch.export.Dim("rows")
    torch.export.save(torch.export.export(Model(), cases.nvfp4_inputs(), dynamic_shapes=({0: rows}, None)), path)
    return path


def test_an_exported_program_runs_in_another_process(program):
    assert cases.output_of(LOAD.format(folder=FOLDER), program, "imported") == "same bytes"


def test_without_the_import_the_loader_names_the_op(program):
    done = cases.python(LOAD.format(folder=FOLDER), program, "too late")
    assert done.returncode != 0 and "fp4jit.quantize_v1" in done.stderr


@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_workers_quantise(way, tmp_path):
    script = tmp_path / "workers.py"
    script.write_text(WORKERS)
    done = cases.run(str(script), way)
    assert (done.returncode, done.stdout.strip()) == (0, "same bytes"), done.stderr


def test_importing_twice_is_importing_once():
    assert cases.output_of(TWICE) == "True ['default', 'out']"
