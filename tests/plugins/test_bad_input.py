"""Bad input gives an exception of the right type that names the thing, its value, what is allowed and what to do."""
import re

import cases
import pytest
import torch

import fp4jit
import fp4jit.torch as F
from fp4jit.torch import ops

MATRIX, SCALE = cases.matrix(4, 64), torch.tensor([3.0])
NAN = float("nan")
FOLDER = cases.__file__.rpartition("/")[0]


def quantised() -> torch.Tensor:
    return torch.quantize_per_tensor(torch.ones(4, 64), 0.1, 0, torch.qint8)


# (what is passed beside format="nvfp4" and SCALE, the exception, words of its text in their order)
BAD = [
    (dict(x=[1.0]), TypeError, ["x must be a torch.Tensor", "list"]),
    (dict(x=MATRIX.int()), TypeError, ["bfloat16, float16 or float32", "torch.int32"]),
    (dict(x=MATRIX.double()), TypeError, ["bfloat16, float16 or float32", "torch.float64"]),
    (dict(x=MATRIX.to(torch.float8_e4m3fn)), TypeError, ["bfloat16, float16 or float32", "e4m3"]),
    (dict(x=MATRIX.float().to_sparse()), TypeError, ["dense", "sparse_coo", "to_dense()"]),
    (dict(x=quantised()), TypeError, ["dense", "quantised", "dequantize()"]),
    (dict(x=torch.nested.nested_tensor([MATRIX, MATRIX])), TypeError, ["dense", "nested", "to_padded_tensor()"]),
    (dict(x=torch.tensor(1.0)), ValueError, ["x must have a dimension"]),
    (dict(x=torch.tensor(1.0, device="meta"), format="mxfp8", global_scale=None), ValueError, ["a dimension"]),
    (dict(x=torch.ones(4, 24)), ValueError, ["k", "multiple of 16", "24"]),
    (dict(x=torch.ones(4, 48), format="mxfp4", global_scale=None), ValueError, ["k", "multiple of 32", "48"]),
    (dict(x=torch.ones(4, 24, device="meta"), global_scale=SCALE.to("meta")), ValueError, ["multiple of 16", "24"]),
    (dict(x=torch.ones(4, 0)), ValueError, ["k must be from 1", "it is 0"]),
    (dict(x=MATRIX.to("meta")), ValueError, ["global_scale", "device of x, meta", "cpu"]),
    (dict(global_scale=SCALE.to("meta")), ValueError, ["global_scale", "device of x, cpu", "meta"]),
    (dict(global_scale=None), ValueError, ["nvfp4 needs global_scale", "448*6/amax"]),
    (dict(global_scale=3.0), TypeError, ["global_scale", "float", "torch.tensor([value]"]),
    (dict(global_scale=torch.ones(2)), ValueError, ["global_scale", "one element", "(2,)", "torch.tensor([value]"]),
    (dict(global_scale=torch.ones(0)), ValueError, ["global_scale", "one element", "(0,)"]),
    (dict(global_scale=SCALE.double()), ValueError, ["float32", "float64"]),
    (dict(global_scale=torch.tensor([NAN])), ValueError, ["global_scale is NaN", "448*6/amax"]),
    (dict(format="mxfp8"), ValueError, ["mxfp8 has no global_scale", "leave it out"]),
    (dict(format="nvfp"), ValueError, ["format", "nvfp4, mxfp4, mxfp8", "'nvfp'", "did you mean 'nvfp4'?"]),
    (dict(format="MXFP8"), ValueError, ["'MXFP8'", "did you mean 'mxfp8'?"]),
    (dict(format=[]), ValueError, ["format", "nvfp4, mxfp4, mxfp8", "[]"]),
    (dict(sf_layout="128x"), ValueError, ["sf_layout", "linear, 128x4, 8x4", "did you mean '128x4'?"]),
    (dict(numerics="trtlm"), ValueError, ["numerics", "trtllm, exact", "did you mean 'trtllm'?"]),
    (dict(sf_vec_size=32), ValueError, ["sf_vec_size of nvfp4 is 16", "32"]),
    (dict(k_out=32), ValueError, ["k_out", "multiple of 16", "k=64", "32"]),
    (dict(k_out=72), ValueError, ["k_out", "multiple of 16", "72"]),
    (dict(k_out=-64), ValueError, ["k_out", "-64"]),
    (dict(k_out=64.0), TypeError, ["k_out must be an int", "64.0"]),
    (dict(pdl="auto"), ValueError, ["pdl must be 0, 1 or 2, or None", "'auto'"]),
    (dict(pdl=3), ValueError, ["pdl must be 0, 1 or 2, or None", "3"]),
]


@pytest.mark.parametrize("change, error, words", BAD, ids=lambda value: str(value)[:40])
def test_bad_input_is_refused_with_the_reason(change, error, words):
    arguments = dict(x=MATRIX, global_scale=SCALE, format="nvfp4") | change
    with pytest.raises(error) as caught:
        F.quantize(**arguments)
    assert re.search(".*".join(map(re.escape, words)), str(caught.value), re.S), str(caught.value)


@pytest.mark.parametrize(
    "change, words",
    [
        (dict(x=torch.ones(4, 24)), "multiple of 16"),
        (dict(k_out=32), "k_out must be a multiple of 16"),
        (dict(format="nvfp"), "format must be one of nvfp4, mxfp4, mxfp8; it is 'nvfp'"),
        (dict(format="mxfp9"), "format must be one of nvfp4, mxfp4, mxfp8; it is 'mxfp9'"),
        (dict(global_scale=torch.ones(2)), "one element"),
        (dict(global_scale=None), "nvfp4 needs global_scale"),
        (dict(global_scale=torch.tensor([NAN])), "global_scale is NaN"),
    ],
    ids=str,
)
def test_compiled_code_says_the_same(change, words):
    arguments = dict(x=MATRIX, global_scale=SCALE, format="nvfp4") | change
    torch._dynamo.reset()
    compiled = torch.compile(F.quantize, fullgraph=True, dynamic=True, backend="eager")
    with pytest.raises((RuntimeError, ValueError), match=words):
        compiled(**arguments)


def out_of(**change) -> None:
    outputs = dict(data=torch.empty(4, 32, dtype=torch.uint8), sf=torch.empty(128, 4, dtype=torch.uint8)) | change
    ops.quantize_out(MATRIX, SCALE, 0, 1, 0, 0, 0, 0, 0, **outputs)


BYTES = torch.empty(1024, dtype=torch.uint8)


@pytest.mark.parametrize(
    "change, words",
    [
        (dict(data=BYTES[:64].view(2, 32)), "data must be.*(4, 32).*(2, 32)"),
        (dict(sf=BYTES[:16].view(4, 4)), "sf must be.*(128, 4).*(4, 4)"),
        (dict(data=torch.empty(4, 32, dtype=torch.int32)), "data must be.*uint8.*int32"),
        (dict(data=BYTES[:128].view(32, 4).t()), "data must be contiguous.*strides"),
        (dict(data=torch.empty(4, 32, dtype=torch.uint8, device="meta")), "data must be.*cpu.*meta"),
        (dict(data=BYTES[1:129].view(4, 32)), "data must be aligned to 16 bytes"),
        (dict(data=BYTES[:128].view(4, 32), sf=BYTES[:512].view(128, 4)), "overlaps"),
    ],
    ids=lambda value: str(value)[-30:],
)
def test_bad_outputs_are_refused(change, words):
    with pytest.raises(ValueError, match=words.replace("(", r"\(").replace(")", r"\)")):
        out_of(**change)


def test_outputs_on_the_input_are_refused():
    x = cases.matrix(4, 64)
    own = x.view(torch.uint8).flatten()[:128].view(4, 32)
    with pytest.raises(fp4jit.InvalidArgument, match="overlaps"):
        ops.quantize_out(x, SCALE, 0, 0, 0, 0, 0, 0, 0, data=own, sf=torch.empty(4, 4, dtype=torch.uint8))


def test_ten_thousand_random_calls_crash_nothing():
    done = cases.run(f"{FOLDER}/fuzz.py", "10000", "20250701")
    assert done.returncode == 0, done.stderr[-3000:]
    right, refused = map(int, done.stdout.split())
    assert right + refused == 10_000 and min(right, refused) > 1000
