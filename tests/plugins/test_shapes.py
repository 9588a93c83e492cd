"""One shape formula: fp4jit.shapes, the C library, the fake and the real op give the same sizes."""
import cases
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

import fp4jit.torch as F
from fp4jit import _abi, errors, shapes, specs

DATA_TYPES = {"nvfp4": torch.bfloat16, "mxfp4": torch.float16, "mxfp8": torch.float32}
MANY_ROWS = (*cases.ROWS, 2, 31, 1000, 4096, 65535, 2**20 + 1, 2**31)


def tuples():
    """(m, k, k_out, format, layout), k_out 0 where it is k."""
    for axes in cases.calls(format=cases.FORMATS, sf_layout=cases.LAYOUTS):
        block = cases.BLOCKS[axes["format"]]
        widths = [block * n for n in (*range(1, 18), 63, 64, 65, 128, 257, 512, 1024)]
        for k in widths:
            for k_out in (0, k, k + block, k + 7 * block):
                for m in MANY_ROWS:
                    yield m, k, k_out, axes["format"], axes["sf_layout"]


def libraries_shape(m: int, k: int, k_out: int, format: str, layout: str) -> tuple:
    spec = _abi.Spec.sized(format=_abi.FORMATS[format], sf_layout=_abi.SF_LAYOUTS[layout])
    setattr(spec, "in", _abi.DTYPES["bf16"])
    shape = specs.infer_outputs(spec, m, k, k_out)
    assert shape.data_rows == m and shape.data_bytes == m * shape.data_columns
    assert shape.sf_bytes == shape.sf_rows * shape.sf_columns
    assert shape.sf_vec_size == shapes.FORMAT_ROWS[_abi.FORMATS[format]].sf_vec_size
    return shape.data_columns, shape.sf_rows, shape.sf_columns


def test_the_formula_is_the_librarys():
    count = 0
    for m, k, k_out, format, layout in tuples():
        ours = shapes.output_shape(m, k_out or k, _abi.FORMATS[format], _abi.SF_LAYOUTS[layout])
        assert ours == libraries_shape(m, k, k_out, format, layout), (m, k, k_out, format, layout)
        count += 1
    assert count >= 10_000


def test_the_library_refuses_what_the_formula_is_not_for():
    with pytest.raises(errors.Error):
        libraries_shape(1, 24, 0, "nvfp4", "linear")
    with pytest.raises(errors.Error):
        libraries_shape(1, 64, 32, "nvfp4", "linear")


@pytest.mark.parametrize("axes", cases.calls(format=cases.FORMATS, sf_layout=cases.LAYOUTS), ids=str)
@pytest.mark.parametrize("k_out", [None, 160])
def test_the_fake_gives_the_real_ops_form(axes, k_out):
    scale, dtype = cases.scale_of(axes["format"]), DATA_TYPES[axes["format"]]
    for lead in ((), *((m,) for m in cases.ROWS), (2, 3), (0, 5), (2, 1, 4)):
        x = cases.matrix(*lead, 96, dtype=dtype)
        real = F.quantize(x, scale, k_out=k_out, **axes)
        with FakeTensorMode() as mode:
            fake_scale = None if scale is None else mode.from_tensor(scale)
            fake = F.quantize(mode.from_tensor(x), fake_scale, k_out=k_out, **axes)
        assert [cases.form(t) for t in fake] == [cases.form(t) for t in real]
        assert [t.device for t in fake] == [t.device for t in real]
        on_meta = F.quantize(x.to("meta"), scale and scale.to("meta"), k_out=k_out, **axes)
        assert [cases.form(t) for t in on_meta] == [cases.form(t) for t in real]
        assert {t.device.type for t in on_meta} == {"meta"}


def test_outputs_of_a_column_major_tensor_are_contiguous_in_both():
    x = cases.matrix(64, 48).t()
    real = F.quantize(x, format="mxfp8")
    fake = F.quantize(x.to("meta"), format="mxfp8")
    assert [cases.form(t) for t in fake] == [cases.form(t) for t in real]
    assert all(t.is_contiguous() for t in real)


def test_sizes_may_be_symbols():
    seen = []

    def backend(graph, inputs):
        seen.extend(n.meta["example_value"] for n in graph.graph.nodes if "quantize_v1" in str(n.target))
        return graph

    compiled = torch.compile(lambda x: F.quantize(x, format="mxfp8"), backend=backend, fullgraph=True, dynamic=True)
    compiled(cases.matrix(5, 64))
    (data, sf), = seen
    assert all(isinstance(size, torch.SymInt) for size in (*data.shape, *sf.shape))
