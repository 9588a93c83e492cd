"""What `pdl=None` means on each device: decided once, outside traced code, and then a constant for the tracer."""

import torch

_FIRST_WITH_PDL = (9, 0)

# By device ordinal.
_resolved: dict[int, int] = {}


def learn(device: int) -> None:
    """Asks the driver; starts CUDA."""
    _resolved[device] = int(torch.cuda.get_device_capability(device) >= _FIRST_WITH_PDL)


def resolve(device: torch.device) -> int:
    """The default for tensors of this device."""
    if device.type != "cuda":
        return 0
    index = device.index
    if index not in _resolved:
        if torch.compiler.is_compiling():
            raise RuntimeError(
                f"pdl=None is not known yet for cuda:{index}: call fp4jit.torch.prewarm(..., device={index}) "
                "before tracing, or pass pdl=0 or pdl=1"
            )
        learn(index)
    return _resolved[index]
