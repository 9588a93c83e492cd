"""What fp4jit.compat.flashinfer refuses: the right exception, which names the argument, its value and what to do."""
import cases
import pytest
import torch

from fp4jit import Unsupported
from fp4jit.compat import flashinfer as ours

X = cases.matrix(32, 64)
ONE = torch.ones(1)
SF = torch.ones(4, 4, dtype=torch.uint8)
LINEAR = ours.SfLayout.layout_linear

# Each call, its exception, and words of the message.
REFUSED = [
    (lambda: ours.fp4_quantize([[1.0]], ONE), TypeError, ["input", "list"]),
    (lambda: ours.fp4_quantize(X.to(torch.int8), ONE), TypeError, ["input", "bfloat16", "torch.int8"]),
    (lambda: ours.fp4_quantize(X.double(), ONE), TypeError, ["input", "float64"]),
    (lambda: ours.fp4_quantize(X.to(torch.float8_e4m3fn), ONE), Unsupported, ["input", "float8_e4m3fn", "made from"]),
    (lambda: ours.fp4_quantize(X.float().to_sparse(), ONE), TypeError, ["input", "dense", "sparse"]),
    (lambda: ours.fp4_quantize(X[0], ONE), ValueError, ["input", "two dimensions", "(64,)", "unsqueeze"]),
    (lambda: ours.fp4_quantize(X[:, :24], ONE), ValueError, ["input", "multiple of 16", "(32, 24)"]),
    (lambda: ours.fp4_quantize(X[:24].T.contiguous().T, ONE), ValueError, ["dimension -2", "16", "(24, 64)"]),
    (lambda: ours.fp4_quantize(X), ValueError, ["global_scale", "None", "448*6/amax"]),
    (lambda: ours.fp4_quantize(X, "1"), TypeError, ["global_scale", "'1'"]),
    (lambda: ours.fp4_quantize(X, torch.ones(32)), Unsupported, ["global_scale", "one element", "32"]),
    (lambda: ours.fp4_quantize(X, torch.tensor([float("nan")])), ValueError, ["global_scale", "NaN"]),
    (lambda: ours.fp4_quantize(X, ONE, 8), Unsupported, ["sf_vec_size", "16 or 32", "8"]),
    (lambda: ours.fp4_quantize(X, ONE, 32), ValueError, ["sf_vec_size", "sf_use_ue8m0", "mxfp4", "32 and False"]),
    (lambda: ours.fp4_quantize(X, ONE, 16, True), ValueError, ["sf_vec_size", "sf_use_ue8m0", "16 and True"]),
    (
        lambda: ours.fp4_quantize(X, ONE, is_global_scale_inversed=True),
        Unsupported,
        ["is_global_scale_inversed", "True", "reciprocal()"],
    ),
    (lambda: ours.fp4_quantize(X, ONE, backend="triton"), ValueError, ["backend", "'cuda'", "'cute-dsl'", "'triton'"]),
    (lambda: ours.fp4_quantize(X, ONE, nvfp4_4over6="MAE"), Unsupported, ["nvfp4_4over6", "'MAE'", "FlashInfer"]),
    (lambda: ours.nvfp4_quantize(X, None), ValueError, ["a_global_sf", "None"]),
    (lambda: ours.nvfp4_quantize(X, ONE, 3), ValueError, ["sfLayout", "layout_8x4", "3"]),
    (lambda: ours.nvfp4_quantize(X, ONE, "linear"), ValueError, ["sfLayout", "layout_linear", "'linear'"]),
    (lambda: ours.nvfp4_quantize(X, ONE, LINEAR, True), ValueError, ["do_shuffle", "layout_128x4", "linear"]),
    (lambda: ours.nvfp4_quantize(X, ONE, do_shuffle=True), ValueError, ["do_shuffle", "128", "64", "(32, 64)", "pad"]),
    (lambda: ours.nvfp4_quantize(X, ONE, sf_vec_size=32), ValueError, ["sf_vec_size", "16", "32"]),
    (lambda: ours.nvfp4_quantize(X, ONE, backend="cake"), ValueError, ["backend", "'cake'"]),
    (
        lambda: ours.nvfp4_quantize(X, ONE, per_token_activation=True),
        Unsupported,
        ["per_token_activation", "True", "FlashInfer"],
    ),
    (lambda: ours.nvfp4_quantize(X, ONE, out_scale=ONE), ValueError, ["out_scale", "per_token_activation"]),
    (lambda: ours.mxfp4_quantize(X[:, :48]), ValueError, ["a is", "multiple of 32", "(32, 48)"]),
    (lambda: ours.mxfp4_quantize(X, "cpu"), ValueError, ["backend", "'cpu'"]),
    (lambda: ours.mxfp8_quantize(X[:, :48]), ValueError, ["input", "multiple of 32"]),
    (lambda: ours.mxfp8_quantize(X, alignment=48), ValueError, ["alignment", "multiple of 32", "48"]),
    (lambda: ours.mxfp8_quantize(X, alignment=0), ValueError, ["alignment", "0"]),
    (lambda: ours.mxfp8_quantize(X.float(), sf_swizzle_layout=1), ValueError, ["sf_swizzle_layout", "layout_8x4"]),
    (lambda: ours.nvfp4_batched_quantize(X, ONE), ValueError, ["[batch, m, k]", "(32, 64)", "unsqueeze"]),
    (lambda: ours.nvfp4_batched_quantize(X[None], torch.ones(32)), Unsupported, ["a_global_sf", "32"]),
    (lambda: ours.block_scale_interleave(SF.float()), TypeError, ["unswizzled_sf", "uint8", "float32"]),
    (lambda: ours.block_scale_interleave(SF[0]), ValueError, ["unswizzled_sf", "(4,)"]),
    (lambda: ours.block_scale_interleave(SF, out=SF), ValueError, ["out", "(512,)", "(4, 4)"]),
    (lambda: ours.shuffle_matrix_a(X[:20], 128), ValueError, ["input_tensor", "32", "(20, 64)"]),
    (lambda: ours.shuffle_matrix_sf_a(SF, 128), ValueError, ["input_tensor", "128", "(4, 4)"]),
    (lambda: ours.shuffle_matrix_sf_a(SF, 128, 8), ValueError, ["num_elts_per_sf", "8"]),
    (lambda: ours.make_nvfp4_global_scale(X, False, None, "MAE"), Unsupported, ["4over6"]),
    (lambda: ours.e2m1_and_ufp8sf_scale_to_float(SF.mT.repeat(1, 2), SF), ValueError, ["4 rows", "128x4", "512", "16"]),
    (lambda: ours.e2m1_and_ufp8sf_scale_to_float(X, SF), TypeError, ["e2m1_tensor", "uint8", "bfloat16"]),
    (lambda: ours.e2m1_and_ufp8sf_scale_to_float(SF, SF, None, 16, 2), ValueError, ["ufp8_type", "2"]),
    (
        lambda: ours.e2m1_and_ufp8sf_scale_to_float(SF, SF, None, 16, 1, False, True),
        ValueError,
        ["is_sf_8x4_layout", "is_sf_swizzled_layout"],
    ),
    (lambda: ours.mxfp4_dequantize_host(X, SF), TypeError, ["weight", "uint8"]),
    (lambda: ours.mxfp8_dequantize_host(X, SF), TypeError, ["input", "uint8"]),
]


@pytest.mark.parametrize("index", range(len(REFUSED)))
def test_refused_with_what_to_do(index):
    call, exception, words = REFUSED[index]
    with pytest.raises(exception) as caught:
        call()
    missing = [word for word in words if word not in str(caught.value)]
    assert not missing, f"{missing} not in {caught.value}"


def test_one_row_whose_stride_means_nothing_is_no_column():
    row = cases.matrix(64, 1).T
    assert row.stride() == (1, 1)
    assert cases.same(ours.fp4_quantize(row, ONE), ours.fp4_quantize(row.clone(), ONE))


def test_strides_of_every_kind_are_quantised_by_value():
    expected = ours.fp4_quantize(X, ONE)
    for view in (X.repeat(1, 2)[:, :64], X.repeat_interleave(2, 1)[:, ::2], X.repeat_interleave(2, 0)[::2]):
        assert not view.is_contiguous() and cases.same(ours.fp4_quantize(view, ONE), expected)


def test_a_gradient_is_legal_and_not_carried():
    assert not any(part.requires_grad for part in ours.fp4_quantize(X.float().requires_grad_(), ONE))


def test_import_brings_torch_and_fp4jit_alone():
    code = """
import sys, torch
before = set(sys.modules)
import fp4jit.compat.flashinfer
new = {name.split(".")[0] for name in set(sys.modules) - before}
print(sorted(name for name in new if name not in sys.stdlib_module_names))
"""
    assert cases.output_of(code) == "['fp4jit']"
