"""AOTInductor on the CPU: a packaged model runs where Python and the package are, in another process too."""
import cases
import pytest
import torch

import fp4jit.torch as F

LOAD = """
import sys
sys.path.insert(0, {folder!r})
import cases
import torch
if sys.argv[2] == "imported":
    import fp4jit.torch
model = torch._inductor.aoti_load_package(sys.argv[1])
for rows in (9, 200):
    x, scale = cases.nvfp4_inputs(rows)
    data, sf = model(x, scale)
    print(tuple(data.shape), tuple(sf.shape), int(data.sum()), int(sf.sum()))
"""
FOLDER = cases.__file__.rpartition("/")[0]


class Model(torch.nn.Module):
    def forward(self, x, scale):
        return F.quantize(x * 2, scale, format="nvfp4")


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("aot")
    patch = pytest.MonkeyPatch()
    patch.setenv("TORCHINDUCTOR_CACHE_DIR", str(folder / "cache"))
    rows = torch.export.Dim("rows")
    program = torch.export.export(Model(), cases.nvfp4_inputs(), dynamic_shapes=({0: rows}, None))
    with torch._inductor.config.patch({"cpp.simdlen": 1}):  # the instructions of this machine take long to find
        path = torch._inductor.aoti_compile_and_package(program, package_path=str(folder / "model.pt2"))
    patch.undo()
    return path


def expected(rows: int) -> str:
    data, sf = Model()(*cases.nvfp4_inputs(rows))
    return f"{tuple(data.shape)} {tuple(sf.shape)} {int(data.sum())} {int(sf.sum())}"


def test_a_packaged_model_gives_the_bytes_of_eager(package):
    model = torch._inductor.aoti_load_package(package)
    for rows in (9, 200):
        assert cases.same(model(*cases.nvfp4_inputs(rows)), Model()(*cases.nvfp4_inputs(rows)))


def test_so_it_does_in_another_process(package):
    said = cases.output_of(LOAD.format(folder=FOLDER), package, "imported")
    assert said.splitlines() == [expected(9), expected(200)]


def test_without_the_import_it_is_an_error_that_names_the_op(package):
    done = cases.python(LOAD.format(folder=FOLDER), package, "not imported")
    assert done.returncode > 0 and "fp4jit::quantize_v1" in done.stderr
