"""torch.vmap gives what a loop gives, the batch folded into the rows where tiles stay whole; DTensors are refused."""
import cases
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import fp4jit.torch as F
from fp4jit.torch import ops

DTENSOR = """
import sys
import torch
import torch.distributed as dist
import fp4jit.torch as F
assert "torch.distributed.tensor" not in sys.modules
from torch.distributed.tensor import Shard, distribute_tensor, init_device_mesh
from torch.testing._internal.distributed.fake_pg import FakeStore

dist.init_process_group("fake", rank=0, world_size=2, store=FakeStore())
x = distribute_tensor(torch.ones(200, 64), init_device_mesh("cpu", (2,)), [Shard(0)])


def refusal(call):
    try:
        return f"no refusal but {call()}"
    except (TypeError, NotImplementedError, torch._dynamo.exc.Unsupported) as error:
        return f"{type(error).__name__} {error}"


def compiled(function):
    return torch.compile(function, fullgraph=True, dynamic=True, backend="eager")


quantize = lambda x: F.quantize(x, format="mxfp8")
local = lambda x: F.quantize(x.to_local(), format="mxfp8")
print(refusal(lambda: quantize(x)).replace("\\n", " "))
print(refusal(lambda: compiled(quantize)(x)).replace("\\n", " "))
print(refusal(lambda: torch.ops.fp4jit.quantize_v1(x, None, 2, 0, 0, 0, 0, 0, 0)).replace("\\n", " "))
print([tuple(t.shape) for t in local(x)], [tuple(t.shape) for t in compiled(local)(x)])
"""


class Count(TorchDispatchMode):
    """How often the op is called."""

    def __init__(self):
        super().__init__()
        self.calls = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.calls += function is ops.quantize
        return function(*args, **(kwargs or {}))


def looped(x, dim, **axes):
    pairs = [F.quantize(one, cases.scale_of(axes["format"]), **axes) for one in x.unbind(dim)]
    return tuple(torch.stack(outputs) for outputs in zip(*pairs))


def mapped(x, dim, **axes):
    scale = cases.scale_of(axes["format"])
    return torch.vmap(lambda one: F.quantize(one, scale, **axes), in_dims=dim)(x)


@pytest.mark.parametrize("axes", cases.calls(format=cases.FORMATS, sf_layout=cases.LAYOUTS), ids=str)
@pytest.mark.parametrize("shape", [(3, 64), (3, 5, 64), (3, 8, 64), (2, 128, 64), (2, 2, 4, 64), (3, 0, 64)], ids=str)
def test_a_batch_gives_what_a_loop_gives(shape, axes):
    x = cases.matrix(*shape)
    assert cases.same(mapped(x, 0, **axes), looped(x, 0, **axes))


@pytest.mark.parametrize("layout", cases.LAYOUTS)
def test_the_batch_may_be_any_dimension(layout):
    x = cases.matrix(8, 3, 64)
    axes = dict(format="mxfp4", sf_layout=layout)
    assert cases.same(mapped(x, 1, **axes), looped(x, 1, **axes))
    assert cases.same(mapped(x, -2, **axes), looped(x, 1, **axes))


@pytest.mark.parametrize(
    "layout, rows, calls",
    [("linear", 5, 1), ("8x4", 8, 1), ("8x4", 24, 1), ("128x4", 256, 1), ("8x4", 9, 3), ("128x4", 8, 3)],
)
def test_whole_tiles_are_one_call(layout, rows, calls):
    with Count() as count:
        mapped(cases.matrix(3, rows, 64), 0, format="mxfp8", sf_layout=layout)
    assert count.calls == calls


def test_maps_nest_and_compile():
    x = cases.matrix(2, 3, 8, 64)
    one = lambda x: F.quantize(x, format="mxfp8", sf_layout="8x4")
    expected = mapped(x.flatten(0, 1), 0, format="mxfp8", sf_layout="8x4")
    nested = torch.vmap(torch.vmap(one))(x)
    assert cases.same([t.flatten(0, 1) for t in nested], expected)
    compiled = torch.compile(torch.vmap(one), fullgraph=True, backend="aot_eager")
    assert cases.same(compiled(x.flatten(0, 1)), expected)


def test_a_global_scale_for_each_batch_is_refused():
    with pytest.raises(ValueError, match="global_scale.*in_dims=None"):
        torch.vmap(lambda x, s: F.quantize(x, s, format="nvfp4"))(cases.matrix(2, 8, 64), torch.ones(2, 1))


def test_a_batch_of_numbers_is_refused():
    with pytest.raises(ValueError, match="dimension"):
        torch.vmap(lambda x: F.quantize(x, format="mxfp8"))(cases.matrix(32))


def test_the_estimator_maps_and_has_functional_gradients():
    x = cases.matrix(3, 8, 64, dtype=torch.float32)
    estimate = lambda x: F.quantize_ste(x, cases.scale_of("nvfp4"), format="nvfp4")
    assert torch.equal(torch.vmap(estimate)(x), torch.stack([estimate(one) for one in x]))
    gradient = torch.func.grad(lambda x: (estimate(x) * 3).sum())(x)
    assert torch.equal(gradient, torch.full_like(x, 3))


def test_dtensors_are_refused_and_their_local_parts_are_not():
    eager, compiled, raw, shapes = cases.output_of(DTENSOR).splitlines()
    assert eager.startswith("TypeError x must be no DTensor") and "x.to_local()" in eager
    assert "x must be no DTensor" in compiled and "x.to_local()" in compiled
    assert raw.startswith("NotImplementedError") and "quantize_v1" in raw
    assert shapes == "[(100, 64), (128, 4)] [(100, 64), (128, 4)]"


@pytest.mark.parametrize("layout", cases.LAYOUTS)
def test_an_empty_batch_has_the_shapes_of_one(layout):
    quantize = torch.vmap(lambda one: F.quantize(one, format="mxfp8", sf_layout=layout))
    one, none = quantize(torch.ones(1, 5, 64)), quantize(torch.ones(0, 5, 64))
    assert [tensor.shape for tensor in none] == [(0, *tensor.shape[1:]) for tensor in one]
