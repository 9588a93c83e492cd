"""FlashInfer's own quantise kernels as PTX, from the headers of the flashinfer-python package, by nvcc.

    make_flashinfer_ptx.py FOLDER

writes FOLDER/NAME.ptx for every kernel. The package is found but not imported, so that it needs no torch;
FP4JIT_PEER_FLASHINFER names its folder `flashinfer` where it is unpacked only.

All kernels come from one run of nvcc, with the flags of FlashInfer's JIT. A file holds nvcc's text of one entry,
unchanged, under the module's header; left out is what the package's headers define besides, of which it uses nothing.
"""
import dataclasses
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TARGET = "100a"
# What flashinfer/jit passes: core.py, cpp_ext.py, compilation_context.py, fp4_quantization.py, fp8_quantization.py.
# Left out are the flags that concern objects and fat binaries only.
FLAGS = ["-std=c++17", "-use_fast_math", "-O3", "-DNDEBUG", "--expt-relaxed-constexpr",
         "-static-global-template-stub=false", "-DFLASHINFER_ENABLE_F16", "-DFLASHINFER_ENABLE_BF16",
         "-DFLASHINFER_ENABLE_FP8_E4M3", "-DFLASHINFER_ENABLE_FP8_E5M2", "-DFLASHINFER_ENABLE_FP8_E8M0",
         "-DFLASHINFER_ENABLE_FP4_E2M1", "-DENABLE_BF16", "-DENABLE_FP8", "-DENABLE_FP4"]  # fmt: skip
INCLUDES = ["csrc/nv_internal", "csrc/nv_internal/include", "cccl/cub", "cccl/libcudacxx/include", "cccl/thrust",
            "include", "csrc", "cutlass/include", "cutlass/tools/util/include", "spdlog/include"]  # fmt: skip
ELEMENTS = {"bf16": "__nv_bfloat16", "f16": "half"}


@dataclasses.dataclass
class Kernel:
    """An instantiation of quantize_with_block_size, which serves every layout of scales."""

    format: str
    element: str
    strict: bool = False  # FLASHINFER_DISABLE_FP4_QUANT_FAST_MATH=1

    @property
    def name(self):
        return f"{self.format}{'_strict' if self.strict else ''}_{self.element}"

    @property
    def vector(self):
        """Elements of a scale block."""
        return 16 if self.format == "nvfp4" else 32

    def instantiation(self):
        kind = "FP16_TO_MXFP8" if self.format == "mxfp8" else "FP16_TO_FP4"
        element, ue8m0, strict = ELEMENTS[self.element], str(self.format != "nvfp4").lower(), str(self.strict).lower()
        # No scales of rows, no inverse scale, not the better of 4 and 6.
        return (
            f"template __global__ void kernels::quantize_with_block_size<BlockScaleQuantizationType::{kind}, {element}, "
            f"{self.vector}, {ue8m0}, false, false, {strict}, std::false_type>(int32_t, int32_t, int32_t, int32_t, "
            f"{element} const*, float const*, void*, uint32_t*, QuantizationSFLayout);"
        )


FAST = [Kernel(name, element) for name in ("nvfp4", "mxfp4", "mxfp8") for element in ELEMENTS]
STRICT = [Kernel("nvfp4", element, strict=True) for element in ELEMENTS]
KERNELS = FAST + STRICT


class Missing(Exception):
    """What this machine lacks."""


def find_package():
    given = os.environ.get("FP4JIT_PEER_FLASHINFER")
    spec = None if given else importlib.util.find_spec("flashinfer")
    folders = [given] if given else list(spec.submodule_search_locations) if spec else []
    for folder in map(pathlib.Path, folders):
        if (folder / "data/csrc/nv_internal/tensorrt_llm/kernels/quantization.cuh").exists():
            return folder
    where = f"in {given}" if given else "(flashinfer-python), and FP4JIT_PEER_FLASHINFER names no folder of it"
    raise Missing(f"no package flashinfer {where}")


def find_nvcc():
    toolkit = os.environ.get("CUDA_HOME", "/usr/local/cuda")
    found = shutil.which("nvcc") or shutil.which(f"{toolkit}/bin/nvcc")
    if not found:
        raise Missing(f"no nvcc in PATH or {toolkit}")
    return found


def compile_all(nvcc, package, folder):
    source, ptx = folder / "quantize.cu", folder / "quantize.ptx"
    lines = ["#include <optional>", '#include "tensorrt_llm/kernels/quantization.cuh"', "using namespace tensorrt_llm;"]
    source.write_text("\n".join([*lines, *(kernel.instantiation() for kernel in KERNELS)]) + "\n")
    includes = [f"-I{package / 'data' / path}" for path in INCLUDES]
    target = f"-gencode=arch=compute_{TARGET},code=sm_{TARGET}"
    subprocess.run([nvcc, "-ptx", *FLAGS, target, *includes, source, "-o", ptx], check=True)
    return ptx.read_text()


def split(ptx):
    """The module's header and its visible entries, in the order of their instantiations."""
    header = ptx[: re.search(r"^\.address_size \d+\n", ptx, re.M).end()]
    starts = [found.start() for found in re.finditer(r"^\.visible \.entry ", ptx, re.M)]
    return header, [ptx[start : closing(ptx, start)] + "\n" for start in starts]


def closing(ptx, start):
    """Behind the brace that closes the first one after `start`."""
    depth = 0
    for brace in re.finditer(r"[{}]", ptx[ptx.index("\n{", start) :]):
        depth += 1 if brace.group() == "{" else -1
        if depth == 0:
            return ptx.index("\n{", start) + brace.end()
    raise ValueError("an entry without an end")


def check_alone(name, entry, ptx):
    """That nothing is missing where the entry stands alone."""
    variables = re.findall(r"^\.(?:global|const|shared)\b[^\n=\[;]*?(\w+)\s*(?:\[[^\n=]*)?(?:=|;)", ptx, re.M)
    used = set(variables) & set(re.findall(r"\w+", entry))
    if used or re.search(r"\bcall\b", entry):
        raise ValueError(f"{name} needs more of its module: {sorted(used) or 'a function'}")


def make(folder):
    """Raises Missing where the package or nvcc is, and nvcc's own failure."""
    package, nvcc = find_package(), find_nvcc()
    with tempfile.TemporaryDirectory() as scratch:
        ptx = compile_all(nvcc, package, pathlib.Path(scratch))
    header, entries = split(ptx)
    if len(entries) != len(KERNELS):
        raise ValueError(f"{len(entries)} entries for {len(KERNELS)} instantiations")
    for kernel, entry in zip(KERNELS, entries):
        check_alone(kernel.name, entry, ptx)
        (pathlib.Path(folder) / f"{kernel.name}.ptx").write_text(f"{header}\n{entry}")


if __name__ == "__main__":
    make(sys.argv[1])
