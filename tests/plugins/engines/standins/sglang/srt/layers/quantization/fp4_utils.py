"""The quantiser to NVFP4 and MXFP4: an op around FlashInfer's, which is called by the packet of its overloads."""

from typing import Optional

import torch


def _flashinfer_fp4_quantize_impl(
    input: torch.Tensor,
    global_scale: Optional[torch.Tensor] = None,
    sf_vec_size: int = 16,
    sf_use_ue8m0: bool = False,
    is_sf_swizzled_layout: bool = True,
    is_sf_8x4_layout: bool = False,
    enable_pdl: Optional[bool] = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.zeros(1), torch.zeros(1)


torch.library.custom_op("sglang::flashinfer_fp4_quantize", mutates_args=())(_flashinfer_fp4_quantize_impl)
fp4_quantize = torch.ops.sglang.flashinfer_fp4_quantize
