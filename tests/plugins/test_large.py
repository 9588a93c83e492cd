"""More elements than 31 bits count, for real: 4 GiB of input; each slice as that slice alone."""
import cases
import torch

import fp4jit.torch as F

K = 4096
ROWS = 2**31 // K + 129


def test_more_than_two_to_the_31_elements():
    x = cases.matrix(129, K).repeat(ROWS // 129 + 1, 1)[:ROWS]
    assert x.numel() > 2**31
    data, sf = F.quantize(x, format="mxfp8", sf_layout="linear")
    for begin in (0, ROWS // 2, 2**31 // K - 64, ROWS - 129):
        part = F.quantize(x[begin : begin + 129], format="mxfp8", sf_layout="linear")
        assert torch.equal(data[begin : begin + 129], part[0]) and torch.equal(sf[begin : begin + 129], part[1])
