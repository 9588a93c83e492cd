"""FlashInfer's quantisation functions over fp4jit: its names, signatures, shapes, strides, dtypes and bytes.

    from fp4jit.compat.flashinfer import fp4_quantize      # was: from flashinfer.quantization import fp4_quantize

Each function may stand in a model under torch.compile(fullgraph=True, dynamic=True). What differs from FlashInfer 0.7
is in docs/pytorch.md of the repository; what is refused raises an exception that says what to do instead. It imports
nothing but torch and fp4jit, and reads none of FlashInfer's environment variables.
"""

from fp4jit.compat.flashinfer.dequantize import (
    e2m1_and_ufp8sf_scale_to_float,
    mxfp4_dequantize,
    mxfp4_dequantize_host,
    mxfp8_dequantize_host,
)
from fp4jit.compat.flashinfer.fp4 import fp4_quantize, mxfp4_quantize, nvfp4_batched_quantize, nvfp4_quantize
from fp4jit.compat.flashinfer.fp8 import mxfp8_quantize
from fp4jit.compat.flashinfer.global_scale import make_nvfp4_global_scale
from fp4jit.compat.flashinfer.layouts import (
    SfLayout,
    block_scale_interleave,
    nvfp4_block_scale_interleave,
    shuffle_matrix_a,
    shuffle_matrix_sf_a,
)
