"""The quantisers as formulas in PyTorch's float32, written from the published rules and sharing no code with fp4jit.

Rows in, bytes out: data [m, k/2] or [m, k], and scale factors [m, blocks] before any layout.
"""
import torch

SIXTH, FROM_448 = (torch.tensor(bits, dtype=torch.int32).view(torch.float32) for bits in (0x3E2AAAAB, 0x3B124925))


def _e2m1(x: torch.Tensor) -> torch.Tensor:
    a = x.abs()
    above = (a > 0.25, a >= 0.75, a > 1.25, a >= 1.75, a > 2.5, a >= 3.5, a > 5)
    return sum(step.to(torch.uint8) for step in above) + 8 * torch.signbit(x).to(torch.uint8)


def _packed(codes: torch.Tensor) -> torch.Tensor:
    codes = codes.flatten(1)
    return codes[:, 0::2] | codes[:, 1::2] << 4


def _ue8m0(v: torch.Tensor) -> torch.Tensor:
    """The exponent rounded up, of normal numbers and zero."""
    bits = v.view(torch.int32)
    return ((bits >> 23) + (bits & 0x7FFFFF != 0)).to(torch.uint8)


def _multiplier(sf: torch.Tensor) -> torch.Tensor:
    return torch.where(sf == 0, 0.0, torch.ldexp(torch.ones(sf.shape), 127 - sf.to(torch.int32)))


def _blocks(x: torch.Tensor, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    blocks = x.to(torch.float32).unflatten(-1, (-1, length))
    return blocks, blocks.abs().amax(-1)


def nvfp4(x: torch.Tensor, scale: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    blocks, amax = _blocks(x, 16)
    sf = (scale * (amax * SIXTH)).clamp(max=448).to(torch.float8_e4m3fn)
    s = sf.to(torch.float32)
    multiplier = torch.where(s == 0, 0.0, 1 / (s * (1 / scale)))
    return _packed(_e2m1(blocks * multiplier.unsqueeze(-1))), sf.view(torch.uint8)


def mxfp4(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    blocks, amax = _blocks(x, 32)
    sf = _ue8m0(amax * SIXTH)
    return _packed(_e2m1(blocks * _multiplier(sf).unsqueeze(-1))), sf


def mxfp8(x: torch.Tensor, columns: int) -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.nn.functional.pad(x, (0, columns - x.shape[-1]))
    blocks, amax = _blocks(x, 32)
    sf = _ue8m0(amax * FROM_448)
    values = (blocks * _multiplier(sf).unsqueeze(-1)).clamp(-448, 448)
    return values.to(torch.float8_e4m3fn).flatten(1).view(torch.uint8), sf


def laid_out(sf: torch.Tensor, layout: str) -> torch.Tensor:
    """[m, n] by the formulas of the layouts, flat, zero where there is no scale factor."""
    (m, n), tiles = sf.shape, (sf.shape[1] + 3) // 4
    row, column = torch.arange(m).unsqueeze(1), torch.arange(n)
    if layout == "linear":
        return sf.flatten()
    if layout == "8x4":
        size = (m + 7) // 8 * tiles * 32
        place = row // 8 * tiles * 32 + column // 4 * 32 + row % 8 * 4 + column % 4
    else:
        size = (m + 127) // 128 * tiles * 512
        place = row // 128 * tiles * 512 + column // 4 * 512 + row % 32 * 16 + row % 128 // 32 * 4 + column % 4
    flat = torch.zeros(size, dtype=sf.dtype)
    flat[place.flatten()] = sf.flatten()
    return flat
