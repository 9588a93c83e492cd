"""Inputs out of the ordinary that are legal: any strides, any address, no rows, many rows; each gives the bytes of a
plain copy of it.
"""
import cases
import numpy
import pytest
import torch

import fp4jit.torch as F

AXES = list(cases.calls(format=cases.FORMATS, sf_layout=cases.LAYOUTS))
BASE = cases.matrix(6, 128, dtype=torch.float32)

UNUSUAL = {
    "transposed": BASE.reshape(128, 6).t(),
    "every other row": BASE[::2],
    "every other column": BASE[:, ::2],
    "a part of each row": BASE[:, 32:96],
    "one row for all": BASE[0].expand(5, 128),
    "permuted": BASE.reshape(2, 3, 4, 32).permute(2, 0, 1, 3),
    "4 bytes beyond an aligned address": BASE.flatten()[1:].narrow(0, 0, 5 * 128).view(5, 128),
    "a conjugate's part": torch.complex(BASE, BASE).conj().imag,
    "a vector": BASE[3],
    "a parameter": torch.nn.Parameter(BASE),
    "in inference mode": torch.inference_mode()(lambda: BASE.clone())(),
    "without rows": BASE[:0],
    "without rows in three dimensions": BASE.reshape(2, 3, 128)[:, :0],
}


def plain(x: torch.Tensor) -> torch.Tensor:
    """The same values at an aligned address, row after row."""
    return torch.tensor(x.detach().resolve_neg().tolist()).reshape(x.shape).to(x.dtype)


@pytest.mark.parametrize("name", UNUSUAL)
def test_any_strides_and_addresses_give_the_bytes_of_a_plain_copy(name):
    x = UNUSUAL[name]
    for axes in AXES:
        scale = cases.scale_of(axes["format"])
        assert cases.same(F.quantize(x, scale, **axes), F.quantize(plain(x), scale, **axes)), axes


@pytest.mark.parametrize("offset", range(1, 8))
def test_every_misalignment(offset):
    x = cases.matrix(1, 9 * 64 + 8).flatten()[offset : offset + 9 * 64].view(9, 64)
    assert x.data_ptr() % 16 != 0
    assert cases.same(F.quantize(x, format="mxfp8"), F.quantize(x.clone(), format="mxfp8"))


def test_negative_strides_of_numpy_come_as_a_copy():
    array = BASE.numpy()[::-1, ::-1]
    with pytest.raises(ValueError, match="negative"):  # of PyTorch itself, which has no such tensors
        torch.from_numpy(array)
    x = torch.from_numpy(numpy.ascontiguousarray(array))
    assert cases.same(F.quantize(x, format="mxfp8"), F.quantize(BASE.flip(0, 1), format="mxfp8"))


def test_a_scale_of_no_dimension_or_two_is_one_element():
    expected = F.quantize(BASE, torch.tensor([2.0]), format="nvfp4")
    for scale in (torch.tensor(2.0), torch.tensor([[2.0]]), torch.tensor([9.0, 2.0])[1:]):
        assert cases.same(F.quantize(BASE, scale, format="nvfp4"), expected)
        estimated = F.quantize_ste(BASE[0], scale, format="nvfp4")
        assert estimated.shape == BASE[0].shape


@pytest.mark.parametrize("rows, k", [(2**26, 64), (2**20 + 1, 8192), (1, 2**22)])
def test_more_elements_than_32_bits_count_on_meta(rows, k):
    data, sf = F.quantize(torch.empty(rows, k, device="meta"), format="mxfp8")
    assert (tuple(data.shape), tuple(sf.shape)) == ((rows, k), ((rows + 127) // 128 * 128, (k + 127) // 128 * 4))


def test_nothing_is_written_into_the_input():
    x, scale = cases.nvfp4_inputs()
    before = x.clone(), scale.clone()
    F.quantize(x, scale, format="nvfp4")
    assert cases.same((x, scale), before)


def test_outputs_are_of_their_own():
    x = cases.matrix(128, 64)
    first, second = F.quantize(x, format="mxfp8"), F.quantize(x, format="mxfp8")
    storages = {t.untyped_storage().data_ptr() for t in (x, *first, *second)}
    assert len(storages) == 5
