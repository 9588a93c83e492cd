"""Each argument of fp4jit.compat.flashinfer, alone, changes what it should and nothing else; none is forgotten."""
import inspect

import cases
import flashinfer
import pytest
import torch
from flashinfer_host import on_the_cpu, same_as_theirs
from torch.utils._python_dispatch import TorchDispatchMode

from fp4jit import Unsupported
from fp4jit.compat import flashinfer as ours

RECIPE = flashinfer.quantization.NVFP44Over6Config()
EIGHT = ours.SfLayout.layout_8x4
OTHER_SCALE = torch.tensor([6.0])  # twice the first: the same codes


def other(*shape):
    return cases.matrix(*shape, seed=2)


# For each function its arguments, and for each of them: another value, and what it changes: parts of the result (by
# value or by form), the op's pdl, or an exception.
TABLE = {
    "fp4_quantize": (
        dict(input=cases.matrix(2, 32, 64), global_scale=torch.tensor([3.0])),
        dict(
            input=(other(2, 32, 64), {"data", "sf"}),
            global_scale=(OTHER_SCALE, {"sf"}),
            sf_vec_size=(32, ValueError),
            sf_use_ue8m0=(True, ValueError),
            is_sf_swizzled_layout=(False, {"sf"}),
            is_sf_8x4_layout=(True, {"sf"}),
            is_global_scale_inversed=(True, Unsupported),
            enable_pdl=(True, {"pdl"}),
            backend=("cute-dsl", {"data"}),
            nvfp4_4over6=(RECIPE, Unsupported),
        ),
    ),
    "nvfp4_quantize": (
        dict(a=cases.matrix(128, 64), a_global_sf=torch.tensor([3.0])),
        dict(
            a=(other(128, 64), {"data", "sf"}),
            a_global_sf=(OTHER_SCALE, {"sf"}),
            sfLayout=(EIGHT, {"sf"}),
            do_shuffle=(True, {"data", "sf"}),
            sf_vec_size=(32, ValueError),
            enable_pdl=(True, {"pdl"}),
            backend=("cute-dsl", set()),
            per_token_activation=(True, Unsupported),
            expanded_idx_to_permuted_idx=(torch.zeros(128, dtype=torch.int32), ValueError),
            out_scale=(torch.ones(1), ValueError),
            nvfp4_4over6=(RECIPE, Unsupported),
        ),
    ),
    "mxfp4_quantize": (
        dict(a=cases.matrix(2, 32, 64)),
        dict(
            a=(other(2, 32, 64), {"data", "sf"}),
            backend=("cute-dsl", {"data"}),
            enable_pdl=(True, {"pdl"}),
            sfLayout=(EIGHT, {"sf"}),
        ),
    ),
    "mxfp8_quantize": (
        dict(input=cases.matrix(2, 32, 64)),
        dict(
            input=(other(2, 32, 64), {"data", "sf"}),
            is_sf_swizzled_layout=(False, {"sf"}),
            alignment=(256, {"data", "sf"}),
            enable_pdl=(True, {"pdl"}),
            backend=("cute-dsl", {"data"}),
            sf_swizzle_layout=(EIGHT, {"sf"}),
        ),
    ),
    "nvfp4_batched_quantize": (
        dict(a=cases.matrix(2, 32, 64), a_global_sf=torch.tensor([3.0])),
        dict(
            a=(other(2, 32, 64), {"data", "sf"}),
            a_global_sf=(OTHER_SCALE, {"sf"}),
            sf_vec_size=(32, ValueError),
            nvfp4_4over6=(RECIPE, Unsupported),
        ),
    ),
}
ROWS = [(name, argument) for name, (_, variations) in TABLE.items() for argument in variations]


@pytest.fixture(autouse=True, scope="module")
def no_gpu_is_wanted():
    with on_the_cpu():
        yield


class Op(TorchDispatchMode):
    """The last number that quantize_v1 is called with, its pdl."""

    pdl = None

    def __torch_dispatch__(self, op, types, args=(), kwargs=None):
        if op is torch.ops.fp4jit.quantize_v1.default:
            self.pdl = args[-1]
        return op(*args, **(kwargs or {}))


def parts(name: str, **kwargs) -> dict:
    with Op() as op:
        data, sf = getattr(ours, name)(**kwargs)
    bits = lambda tensor: (cases.form(tensor), tensor.view(torch.uint8).tolist())
    return dict(data=bits(data), sf=bits(sf), pdl=op.pdl)


@pytest.mark.parametrize("name", TABLE)
def test_the_table_has_every_argument(name):
    assert list(TABLE[name][1]) == list(inspect.signature(getattr(ours, name)).parameters)


@pytest.mark.parametrize("name, argument", ROWS)
def test_one_argument_changes_what_it_should(name, argument):
    arguments, variations = TABLE[name]
    value, effect = variations[argument]
    if isinstance(effect, type):
        with pytest.raises(effect, match=argument):
            getattr(ours, name)(**arguments | {argument: value})
        return
    before, after = parts(name, **arguments), parts(name, **arguments | {argument: value})
    assert {part for part in before if before[part] != after[part]} == effect


def test_false_for_pdl_is_off_and_none_is_the_devices_own():
    x = torch.ones(2, 32)
    assert [parts("mxfp4_quantize", a=x, enable_pdl=value)["pdl"] for value in (False, True, None)] == [0, 1, 0]


@pytest.mark.parametrize("name, argument", ROWS)
def test_flashinfer_itself_does_the_same_with_it(name, argument):
    arguments, variations = TABLE[name]
    value, effect = variations[argument]
    if isinstance(effect, type) or argument == "backend":  # the other backend wants a GPU
        return
    x, *others = (arguments | {argument: value}).items()
    same_as_theirs(name, x[1], **dict(others))


@pytest.mark.parametrize("name, argument", ROWS)
def test_by_position_it_is_the_same(name, argument):
    function = getattr(ours, name)
    arguments, variations = TABLE[name]
    value, effect = variations[argument]
    if isinstance(effect, type):
        return
    arguments = arguments | {argument: value}
    defaults = {p.name: p.default for p in inspect.signature(function).parameters.values()}
    assert cases.same(function(*(defaults | arguments).values()), function(**arguments))
