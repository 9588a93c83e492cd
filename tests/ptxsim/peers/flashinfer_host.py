"""The host's side of FlashInfer's kernels: invokeFP4Quantization and invokeMxFP8Quantization of its quantization.cu.

Left out is another kernel for nvfp4 of 1024 rows and more, which needs tensor maps.
"""
import ctypes
import struct

import layouts
from make_flashinfer_ptx import KERNELS
from ours import Quantised

MULTIPROCESSORS = 16  # CUdevice_attribute
LAYOUTS = {"128x4": 0, "8x4": 1, "linear": 2}  # QuantizationSFLayout
UNWRITTEN = 0x7F  # what the outputs hold before


class FlashInfer:
    def __init__(self, gpu, folder):
        self.gpu = gpu
        self.functions = {kernel.name: self._load(folder / f"{kernel.name}.ptx") for kernel in KERNELS}

    def _load(self, path):
        ptx = path.read_text()
        return self.gpu.kernel(ptx.encode(), ptx.split(".visible .entry ")[1].split("(")[0])

    def quantise(self, kernel, matrix, layout, scale, k_out=None):
        k_out = k_out or matrix.columns
        data_bytes = matrix.rows * k_out // (1 if kernel.format == "mxfp8" else 2)
        sf_bytes = layouts.size(matrix.rows, k_out // kernel.vector, layout)
        gpu = self.gpu
        with (
            gpu.memory(matrix.data()) as x,
            gpu.memory(struct.pack("<f", scale or 1)) as encode,
            gpu.memory(bytes([UNWRITTEN]) * data_bytes) as data,
            gpu.memory(bytes([UNWRITTEN]) * sf_bytes) as sf,
        ):
            sizes = map(ctypes.c_int32, (1, matrix.rows, matrix.columns, k_out))
            addresses = map(ctypes.c_uint64, (x, encode if scale else 0, data, sf))
            parameters = [*sizes, *addresses, ctypes.c_uint32(LAYOUTS[layout])]
            gpu.launch(self.functions[kernel.name], *self._geometry(kernel, matrix, layout), parameters)
            return Quantised(gpu.read(data, data_bytes), gpu.read(sf, sf_bytes))

    def _geometry(self, kernel, matrix, layout):
        threads = 128 if kernel.format == "mxfp8" else min(matrix.columns // 8, 512)
        rows, _ = layouts.padded(matrix.rows, 1, layout)
        most = self.gpu.attribute(MULTIPROCESSORS) * max(1, 2048 // threads)
        return (min(rows, most), 1, 1), (threads, 1, 1)
