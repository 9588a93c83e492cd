"""fp4jit for PyTorch: quantise inside torch.compile(fullgraph=True) and CUDA graphs, prepared beforehand.

    import fp4jit.torch

    fp4jit.torch.prewarm(model, device="cuda")              # compile and load, before tracing and capture
    data, sf = fp4jit.torch.quantize(x, global_scale, format="nvfp4")

Importing it registers the ops torch.ops.fp4jit.*; it imports nothing but torch and starts no CUDA.
"""

from fp4jit.runtime import configure
from fp4jit.torch.preparation import drain, prewarm, seal, sealed, stats
from fp4jit.torch.functions import quantize
from fp4jit.torch.ste import quantize_ste

__all__ = ["configure", "drain", "prewarm", "quantize", "quantize_ste", "seal", "sealed", "stats"]
