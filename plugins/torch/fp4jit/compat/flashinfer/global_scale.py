"""The global scale of NVFP4 that FlashInfer's helper makes."""

import torch

from fp4jit.compat.flashinfer.arguments import require_no_recipe

_LARGEST = 448.0 * 6.0  # of a block's scale factor, times that of a value


def make_nvfp4_global_scale(
    input_tensor: torch.Tensor,
    per_token_activation: bool,
    global_scale: float | None = None,
    nvfp4_4over6_config: object = None,
) -> torch.Tensor:
    """448*6/amax of the tensor, or the given number, as a float32 tensor with one element on its device.

    The largest float32 for a tensor of zeros. per_token_activation: 1/(448*6), the inverse that per-token kernels want.
    """
    require_no_recipe(nvfp4_4over6_config)
    if per_token_activation:
        global_scale = 1.0 / _LARGEST
    if global_scale is not None:
        return torch.full((1,), global_scale, dtype=torch.float32, device=input_tensor.device)
    amax = input_tensor.abs().max().to(torch.float32).reshape(1)
    return torch.where(amax == 0, torch.finfo(torch.float32).max, _LARGEST / amax)
