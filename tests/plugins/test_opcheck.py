"""torch.library.opcheck on both overloads, and one-at-a-time variation: each argument changes what it should and
nothing else.
"""
import cases
import pytest
import torch
from torch.library import opcheck

import fp4jit.torch as F
from fp4jit import _abi
from fp4jit.torch import ops

BASE = dict(format=0, sf_layout=1, scale=0, numerics=0, ue8m0=0, k_out=0, pdl=0)
# Rows by columns, and how x is made from that: opcheck changes sizes, strides and aliases itself.
SHAPES = {
    "matrix": ((5, 64), lambda x: x),
    "tiles": ((128, 32), lambda x: x),
    "column-major": ((64, 64), lambda x: x.t()),
    "misaligned": ((9, 65), lambda x: x.flatten()[1 : 1 + 9 * 64].view(9, 64)),
}


def arguments_of(format: str, layout: str, dtype: torch.dtype, shape: str) -> tuple:
    size, view = SHAPES[shape]
    codes = BASE | dict(format=_abi.FORMATS[format], sf_layout=_abi.SF_LAYOUTS[layout])
    return (view(cases.matrix(*size, dtype=dtype)), cases.scale_of(format), *codes.values())


def into(arguments: tuple, byte: int = 0) -> dict:
    return {name: torch.full_like(t, byte) for name, t in zip(("data", "sf"), ops.quantize(*arguments))}


ALL = list(cases.calls(format=cases.FORMATS, layout=cases.LAYOUTS, dtype=cases.DTYPES, shape=SHAPES))


def test_there_are_a_hundred_argument_sets():
    assert len(ALL) >= 100


@pytest.mark.parametrize("layout", cases.LAYOUTS)
@pytest.mark.parametrize("format", cases.FORMATS)
def test_opcheck_finds_nothing(format, layout):
    for axes in (a for a in ALL if (a["format"], a["layout"]) == (format, layout)):
        arguments = arguments_of(**axes)
        opcheck(ops.quantize, arguments)
        opcheck(ops.quantize_out, arguments, into(arguments))


@pytest.mark.parametrize("axes", ALL[::7], ids=str)
def test_out_writes_every_byte(axes):
    arguments = arguments_of(**axes)
    for byte in (0x7F, 0):
        outputs = into(arguments, byte)
        assert ops.quantize_out(*arguments, **outputs) is None
        assert cases.same(tuple(outputs.values()), ops.quantize(*arguments))


def test_out_in_a_compiled_function_writes_into_its_buffers():
    arguments = arguments_of("nvfp4", "128x4", torch.bfloat16, "matrix")
    expected = ops.quantize(*arguments)

    def function(x, scale, data, sf):
        ops.quantize_out(x, scale, *arguments[2:], data=data, sf=sf)
        return data.to(torch.int32) + 1

    compiled = torch.compile(function, fullgraph=True, dynamic=True, backend="aot_eager")
    outputs = into(arguments, 0x7F)
    assert torch.equal(compiled(*arguments[:2], *outputs.values()), expected[0].to(torch.int32) + 1)
    assert cases.same(tuple(outputs.values()), expected)


def changes(varied: tuple, base: tuple) -> str:
    """What differs between two results: the form or the bytes of data and of sf."""
    found = []
    for name, a, b in zip(("data", "sf"), varied, base):
        if cases.form(a) != cases.form(b):
            found.append(f"form of {name}")
        elif not torch.equal(a, b):
            found.append(f"bytes of {name}")
    return ", ".join(found)


X = cases.matrix(9, 96, dtype=torch.float32)
SCALE = torch.tensor([1e-3])  # small, so that scale factors are subnormal and the numerics differ
# What one other value of an argument changes for X in the layout 128x4.
OF_THE_OP = [
    (0, dict(format=1, global_scale=None), "bytes of data, form of sf"),
    (0, dict(format=2, global_scale=None), "form of data, form of sf"),
    (0, dict(sf_layout=0), "form of sf"),
    (0, dict(sf_layout=2), "form of sf"),
    (0, dict(scale=1), ""),
    (0, dict(numerics=1), "bytes of data"),
    (0, dict(k_out=96), ""),
    (0, dict(k_out=112), "form of data"),
    (0, dict(k_out=192), "form of data, form of sf"),
    (0, dict(pdl=1), ""),
    (0, dict(pdl=2), ""),
    (0, dict(global_scale=SCALE * 3), "bytes of data, bytes of sf"),
    (0, dict(x=X + 1), "bytes of data, bytes of sf"),
    (0, dict(x=X[:8]), "form of data, bytes of sf"),
    (0, dict(x=X[:, :80].contiguous()), "form of data, bytes of sf"),
    (2, dict(sf_layout=0), "form of sf"),
]


@pytest.mark.parametrize("format, change, expected", OF_THE_OP, ids=str)
def test_each_argument_of_the_op_changes_what_it_should(format, change, expected):
    base = dict(x=X, global_scale=SCALE if format == 0 else None, **BASE) | dict(format=format)
    assert changes(ops.quantize(**(base | change)), ops.quantize(**base)) == expected


OF_THE_FUNCTION = [
    (dict(format="mxfp4", global_scale=None), "bytes of data, form of sf"),
    (dict(format="mxfp8", global_scale=None), "form of data, form of sf"),
    (dict(sf_layout="linear"), "form of sf"),
    (dict(sf_layout="8x4"), "form of sf"),
    (dict(sf_vec_size=16), ""),
    (dict(numerics="exact"), "bytes of data"),
    (dict(k_out=112), "form of data"),
    (dict(pdl=1), ""),
    (dict(global_scale=SCALE * 3), "bytes of data, bytes of sf"),
]


@pytest.mark.parametrize("change, expected", OF_THE_FUNCTION, ids=str)
def test_each_argument_of_the_function_changes_what_it_should(change, expected):
    base = dict(x=X, global_scale=SCALE, format="nvfp4")
    assert changes(F.quantize(**(base | change)), F.quantize(**base)) == expected


def test_defaults_are_128x4_and_trtllm():
    explicit = dict(sf_layout="128x4", sf_vec_size=16, k_out=96, numerics="trtllm", pdl=0)
    call = dict(x=X, global_scale=SCALE, format="nvfp4")
    assert cases.same(F.quantize(**call), F.quantize(**call, **explicit))


def test_the_function_gives_the_op_each_argument_by_its_name():
    seen = []

    def backend(graph, _inputs):
        seen.extend(n for n in graph.graph.nodes if "quantize_v1" in str(n.target))
        return graph

    call = lambda x: F.quantize(x, format="mxfp8", sf_layout="8x4", numerics="exact", k_out=128, pdl=2)
    torch.compile(call, fullgraph=True, backend=backend)(X)
    names = [argument.name for argument in ops.quantize._schema.arguments]
    given = dict(zip(names, seen[0].args))
    assert {n: given[n] for n in BASE} == dict(format=2, sf_layout=2, scale=0, numerics=1, ue8m0=0, k_out=128, pdl=2)
    assert given["global_scale"] is None
