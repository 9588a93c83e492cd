"""Random arguments for the public function and the raw op: `fuzz.py DRAWS SEED` prints how many calls had right shapes
and how many an exception of an expected type; anything else ends it with an error.
"""
import os
import random
import sys
import traceback

import torch

import fp4jit
import fp4jit.torch as F
from fp4jit import _abi, shapes
from fp4jit.torch import ops

NUMBERS = (0, 0, 0, 0, 1, 2, 3, -1, 7, 2**31, 2**63 - 1, 2**70, 1.5, None, "1", True)
WORDS = (*_abi.FORMATS, *_abi.SF_LAYOUTS, *_abi.NUMERICS, "", "nvfp", "128X4", None, 0, 2.0, [], b"linear")
WIDTHS = (None, 0, 16, 32, 64, 96, 128, 1 << 20, 24, -32, 2**40, 64.0, "64", True)
DTYPES = (torch.bfloat16, torch.float16, torch.float32) * 20 + (
    torch.float64, torch.int32, torch.uint8, torch.bool, torch.complex64, torch.float8_e4m3fn,
)
DEVICES = ("cpu",) * 30 + ("meta",)
VIEWS = (
    *(lambda x: x,) * 40,
    lambda x: x.t(),
    lambda x: x[..., ::2],
    lambda x: x.flatten()[1:].narrow(0, 0, x.numel() // 64 * 32),
    lambda x: x.unsqueeze(0).expand(3, *x.shape),
    lambda x: x.to_sparse(),
    lambda x: x.requires_grad_(),
    lambda x: torch.nn.Parameter(x, requires_grad=False),
    lambda x: None,
    lambda x: 3.0,
    lambda x: x.tolist(),
)
PACKAGE = os.path.dirname(fp4jit.__file__) + os.sep
REFUSALS = (TypeError, ValueError, NotImplementedError, fp4jit.Unsupported)
# RuntimeErrors of PyTorch's dispatcher, about the type of an argument of the op, and of making the tensors.
DISPATCHER = ("Expected a value of type", "not implemented for", "Could not run", "expects argument")


def tensor(pick, shapes_of) -> torch.Tensor:
    shape = pick(shapes_of)
    return torch.randn(shape).to(device=pick(DEVICES), dtype=pick(DTYPES))


def input_of(pick):
    leads = ((), (1,), (0,), (7,), (129,), (2, 3), (0, 2), (1, 1, 1))
    k = pick((64, 32, 128, 96, 160) * 5 + (16, 0, 1, 24, 48))
    x = tensor(pick, [(*lead, k) for lead in leads] * 5 + [()])
    try:
        return pick(VIEWS)(x)
    except (RuntimeError, IndexError):  # what PyTorch cannot do with this tensor
        return x


def scale_of(pick, format):
    """Mostly what the format needs."""
    kind = pick(("fitting",) * 12 + ("none", "one", "odd", "number"))
    values = (3.0, 3.0, 3.0, 0.0, -1.0, float("inf"), float("nan"), 1e-42)
    if kind == "odd":
        return tensor(pick, [(1,), (2,), (0,), (), (1, 1)])
    if kind == "none" or (kind == "fitting" and format not in ("nvfp4", 0)):
        return None
    return 3.0 if kind == "number" else torch.tensor([pick(values)])


def one_in(count: int, pick) -> bool:
    return pick(range(count)) == 0


def public_call(pick):
    format = pick(WORDS) if one_in(20, pick) else pick(tuple(_abi.FORMATS))
    odd = dict(sf_layout=WORDS, numerics=WORDS, sf_vec_size=(16, 32, 0, "16"), k_out=WIDTHS, pdl=NUMBERS)
    named = dict(format=format) | {name: pick(values) for name, values in odd.items() if one_in(8, pick)}
    return F.quantize, (input_of(pick), scale_of(pick, format)), named, named.get("sf_layout", "128x4")


def raw_call(pick):
    codes = [pick((0, 1, 2)), pick((0, 1, 2)), 0, pick((0, 1)), 0, pick((0, 0, 0, 160, 192, 256)), pick((0, 1, 2))]
    if one_in(3, pick):
        codes[pick(range(7))] = pick(NUMBERS + WIDTHS)
    return ops.quantize, (input_of(pick), scale_of(pick, codes[0]), *codes), {}, codes[1]


def require_form(outputs, arguments, named, layout) -> None:
    x = arguments[0]
    format = named["format"] if named else arguments[2]
    k_out = (named.get("k_out") if named else arguments[7]) or x.shape[-1]
    format, layout = _abi.FORMATS.get(format, format), _abi.SF_LAYOUTS.get(layout, layout)
    columns, sf_rows, sf_columns = shapes.output_shape(x.shape[:-1].numel(), k_out, format, layout)
    assert [tuple(t.shape) for t in outputs] == [(*x.shape[:-1], columns), (sf_rows, sf_columns)]
    assert all(t.dtype is torch.uint8 and t.device == x.device and t.is_contiguous() for t in outputs)


def is_expected(error: Exception, x) -> bool:
    if x is None and isinstance(error, AttributeError):
        return True  # to the dispatcher it is an undefined tensor, which the raw op's body trips over
    if isinstance(error, REFUSALS):
        return is_raised_on_purpose(error)
    return any(text in str(error) for text in DISPATCHER)


def is_raised_on_purpose(error: Exception) -> bool:
    """Whether what is of this package raised it itself, rather than stumbled."""
    innermost = traceback.extract_tb(error.__traceback__)[-1]
    return not innermost.filename.startswith(PACKAGE) or innermost.line.startswith("raise ")


def main(draws: int, seed: int) -> None:
    pick = random.Random(seed).choice
    torch.manual_seed(seed)
    right = refused = 0
    for _ in range(draws):
        function, arguments, named, layout = pick((public_call, raw_call))(pick)
        try:
            outputs = function(*arguments, **named)
        except Exception as error:
            if not is_expected(error, arguments[0]):
                raise AssertionError(f"{function} of {arguments} and {named}") from error
            refused += 1
            continue
        require_form(outputs, arguments, named, layout)
        right += 1
    print(right, refused)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
