"""The ops' schemas and tags are frozen, since compile caches know an op by its name alone; registering them twice
changes nothing.
"""
import importlib

import cases
import pytest
import torch

import fp4jit.torch
from fp4jit.torch import ops

QUANTIZE = (
    "fp4jit::quantize_v1(Tensor x, Tensor? global_scale, int format, int sf_layout, int scale, int numerics, "
    "int ue8m0, int k_out, int pdl) -> (Tensor, Tensor)"
)
QUANTIZE_OUT = (
    "fp4jit::quantize_v1.out(Tensor x, Tensor? global_scale, int format, int sf_layout, int scale, int numerics, "
    "int ue8m0, int k_out, int pdl, *, Tensor(a!) data, Tensor(b!) sf) -> ()"
)
CHANGE = "a change of schema, tags, shapes or bytes is a quantize_v2; a compile cache would run the old artifact"

ANOTHER_FIRST = """
import torch
library = torch.library.Library("fp4jit", "DEF")
library.define("quantize_v1(Tensor x) -> Tensor")
try:
    import fp4jit.torch
except ImportError as error:
    print(error)
"""


def test_the_schemas_are_what_they_were():
    assert str(ops.quantize._schema) == QUANTIZE, CHANGE
    assert str(ops.quantize_out._schema) == QUANTIZE_OUT, CHANGE


def test_integers_are_content_and_never_symbols():
    for overload in (ops.quantize, ops.quantize_out):
        assert {str(a.type) for a in overload._schema.arguments} == {"Tensor", "Optional[Tensor]", "int"}
        assert "SymInt" not in str(overload._schema)
        assert not any(a.has_default_value() for a in overload._schema.arguments)


def test_the_tags_are_what_they_were():
    expected = {torch.Tag.pt2_compliant_tag, torch.Tag.needs_contiguous_strides}
    assert set(ops.quantize.tags) == expected, CHANGE
    assert set(ops.quantize_out.tags) == expected, CHANGE
    assert torch.Tag.cudagraph_unsafe not in ops.quantize.tags  # engines would split their graphs there


def test_both_overloads_are_of_one_packet():
    assert sorted(torch.ops.fp4jit.quantize_v1.overloads()) == ["default", "out"]


def works() -> bool:
    x, scale = cases.matrix(3, 64), cases.scale_of("nvfp4")
    data, sf = torch.ops.fp4jit.quantize_v1.default(x, scale, 0, 1, 0, 0, 0, 0, 0)
    shapes = [tuple(t.shape) for t in torch.ops.fp4jit.quantize_v1(x.to("meta"), None, 0, 1, 0, 0, 0, 0, 0)]
    return bool(data.any()) and shapes == [tuple(data.shape), tuple(sf.shape)]


def test_a_reload_registers_nothing_twice_and_takes_nothing_away():
    assert works()
    for _ in range(3):
        importlib.reload(ops)
        assert works()
    assert str(torch.ops.fp4jit.quantize_v1.default._schema) == QUANTIZE


def test_importing_the_package_anew_leaves_the_ops_at_work():
    code = """
import gc, sys
import fp4jit.torch
import torch
for name in [n for n in sys.modules if n.split(".")[0] == "fp4jit"]:
    del sys.modules[name]
del fp4jit
gc.collect()
import fp4jit.torch
print([tuple(t.shape) for t in fp4jit.torch.quantize(torch.ones(3, 64), format="mxfp8")])
"""
    assert cases.output_of(code) == "[(3, 64), (128, 4)]"


def test_another_schema_under_the_name_is_refused():
    said = cases.output_of(ANOTHER_FIRST)
    assert "fp4jit::quantize_v1(Tensor x) -> Tensor" in said
    assert "two versions of fp4jit" in said
    assert ops.__file__ in said


@pytest.mark.parametrize("name", "quantize quantize_ste prewarm seal sealed stats drain configure".split())
def test_the_public_names_are_there(name):
    assert callable(getattr(fp4jit.torch, name))
