"""What may be wrong around the package: another version's library, none, a file that is no library, no NVRTC."""
import subprocess

import cases
import pytest

import fp4jit
from fp4jit import _abi
from fp4jit._library import open_library

WITHOUT_NVRTC = """
import fp4jit, fp4jit.torch as F
import torch
SPEC = "mxfp8_quantize[k=64,in=bf16,layout=linear]@sm_100a"
try:
    F.prewarm(SPEC, "cpu", target="sm_100a")
except fp4jit.NoNvrtc as error:
    print(error)
print(tuple(F.quantize(torch.ones(2, 64), format="mxfp8")[0].shape), F.stats()["compiles"])
"""


def library_of(tmp_path, version: int) -> str:
    source, path = tmp_path / "stub.c", tmp_path / "stub.so"
    source.write_text(f"#include <stdint.h>\nuint32_t fp4jit_abi_version(void) {{ return {version}u; }}\n")
    subprocess.run(["cc", "-shared", "-fPIC", source, "-o", path], check=True)
    return str(path)


@pytest.mark.parametrize("version", [(0, 0), (0, 2), (1, 1), (7, 3)], ids=str)
def test_a_library_of_another_version_is_refused(tmp_path, version):
    path = library_of(tmp_path, version[0] << 16 | version[1])
    with pytest.raises(fp4jit.AbiMismatch) as caught:
        open_library(path)
    said = str(caught.value)
    ours = "{}.{}".format(*_abi.ABI_VERSION)
    assert path in said and "{}.{}".format(*version) in said and ours in said and "install" in said


def test_a_library_of_this_version_without_the_functions_is_no_library_of_ours(tmp_path):
    path = library_of(tmp_path, _abi.ABI_VERSION[0] << 16 | _abi.ABI_VERSION[1])
    with pytest.raises(ImportError, match="stub.so.*undefined symbol.*install a wheel"):
        open_library(path)


@pytest.mark.parametrize("content", [None, b"", b"not a library\n", b"\x7fELF" + bytes(60)], ids=str)
def test_no_library_and_other_files_are_refused(tmp_path, content):
    path = tmp_path / "libfp4jit.so"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImportError, match=f"{path}.*install a wheel"):
        open_library(str(path))


def test_a_library_without_our_symbols_is_refused():
    with pytest.raises(ImportError, match="libm.*fp4jit_abi_version"):
        open_library("libm.so.6")


def test_without_nvrtc_compiling_says_so_and_the_cpu_works(tmp_path):
    said, works = cases.output_of(
        WITHOUT_NVRTC, FP4JIT_NVRTC=str(tmp_path / "libnvrtc.so.13"), FP4JIT_CACHE_DIR=str(tmp_path / "cache")
    ).rsplit("\n", 1)
    assert "mxfp8_quantize" in said and "libnvrtc" in said
    assert works == "(2, 64) 0"
