"""What the tests of fp4jit.torch share: the axes of a call, inputs, comparisons, and other processes."""
import itertools
import os
import subprocess
import sys

import torch

FORMATS = ("nvfp4", "mxfp4", "mxfp8")
LAYOUTS = ("linear", "128x4", "8x4")
DTYPES = (torch.bfloat16, torch.float16, torch.float32)
BLOCKS = {"nvfp4": 16, "mxfp4": 32, "mxfp8": 32}
# Around the edges of the tiles, and far from them.
ROWS = (0, 1, 7, 8, 9, 127, 128, 129)


def matrix(*shape: int, dtype: torch.dtype = torch.bfloat16, seed: int = 1) -> torch.Tensor:
    """Random values with a few zeros and large ones, the same for the same arguments."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(shape, generator=generator) * torch.randn(shape, generator=generator).exp()
    return x.to(dtype)


def scale_of(format: str, value: float = 3.0) -> torch.Tensor | None:
    """A global scale where the format has one."""
    return torch.tensor([value]) if format == "nvfp4" else None


def calls(**axes):
    """Keyword sets, one for each combination of the axes' values."""
    for values in itertools.product(*axes.values()):
        yield dict(zip(axes, values))


def same(actual, expected) -> bool:
    """Whether two tuples of tensors are equal: shape, strides, dtype, device and every value."""
    return len(actual) == len(expected) and all(
        form(a) == form(b) and torch.equal(a, b) for a, b in zip(actual, expected)
    )


def form(tensor: torch.Tensor) -> tuple:
    """All of a tensor but its values and its device."""
    return tuple(tensor.shape), tensor.stride(), tensor.dtype


def run(*command: str, **environment: str) -> subprocess.CompletedProcess:
    """Runs this Python with such arguments, and with these variables changed."""
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, env=os.environ | environment)


def python(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Runs it in a process of its own."""
    return run("-c", code, *arguments, **environment)


def output_of(code: str, *arguments: str, **environment: str) -> str:
    """What it prints; fails with its errors."""
    done = python(code, *arguments, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def nvfp4_inputs(rows: int = 9, columns: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    return matrix(rows, columns), scale_of("nvfp4")
