"""The dtypes that can be quantised."""

import torch

from fp4jit import _abi

DTYPE_NUMBERS = {
    torch.float16: _abi.DTYPES["f16"],
    torch.bfloat16: _abi.DTYPES["bf16"],
    torch.float32: _abi.DTYPES["f32"],
}
INPUT_DTYPES = tuple(DTYPE_NUMBERS)


def refusal(dtype: torch.dtype) -> str:
    """What to say of any other."""
    return f"x must be bfloat16, float16 or float32; it is {dtype}"
