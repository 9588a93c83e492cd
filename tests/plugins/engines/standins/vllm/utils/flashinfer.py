"""FlashInfer's quantisers, as ops."""

import torch


def has_flashinfer():
    return True


@torch.library.custom_op("vllm::flashinfer_mxfp4_quantize", mutates_args=[], device_types="cuda")
def flashinfer_mxfp4_quantize(a: torch.Tensor, backend: str) -> tuple[torch.Tensor, torch.Tensor]:
    raise NotImplementedError


@torch.library.custom_op("vllm::flashinfer_mxfp8_quantize_8x4", mutates_args=[], device_types="cuda")
def flashinfer_mxfp8_quantize_8x4(a: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    raise NotImplementedError
