"""What tools/setup_torch made is what the tests beside this one rely on: real packages, no GPU, our own build."""
import importlib
import importlib.metadata
import inspect
import os
import pathlib
import re
import subprocess
import sys

import pytest
import torch

import fp4jit
from fp4jit.cli import program_path

SOURCE = pathlib.Path(os.environ["FP4JIT_SOURCE_DIR"])
SETUP = (SOURCE / "tools/setup_torch").read_text()


@pytest.mark.parametrize("pin", re.findall(r"[\w-]+==[\w.]+", SETUP))
def test_each_pinned_package_is_there(pin):
    name, version = pin.split("==")
    assert importlib.metadata.version(name) == version
    folder = pathlib.Path(importlib.metadata.distribution(name).locate_file("")).resolve()
    assert folder.is_relative_to(pathlib.Path(sys.prefix).resolve())


def test_torch_computes_on_the_cpu_and_sees_no_stand_in_gpu():
    assert torch.equal(torch.arange(4.0) * 2, torch.tensor([0.0, 2, 4, 6]))
    assert not torch.cuda.is_available()


@pytest.mark.parametrize(
    "module, function",
    [("torchao.prototype.mx_formats.nvfp4_tensor", "nvfp4_quantize"), ("flashinfer", "fp4_quantize")],
)
def test_the_peers_functions_can_be_read(module, function):
    assert len(inspect.signature(getattr(importlib.import_module(module), function)).parameters) > 1


def test_library_and_program_are_of_this_checkout():
    header = (SOURCE / "runtime/include/fp4jit/fp4jit.h").read_text()
    version = ".".join(re.findall(r"#define FP4JIT_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header))
    assert fp4jit.__version__ == version
    said = subprocess.run([program_path(), "version"], capture_output=True, text=True, check=True).stdout
    assert version in said
