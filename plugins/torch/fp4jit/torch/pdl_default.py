"""What `pdl=None` means on each device: decided once, outside traced code, and then a constant for the tracer."""

import torch

_FIRST_WITH_PDL = 90  # 10*major + minor

# By device ordinal.
_resolved: dict[int, int] = {}


def of_target(target: str) -> int:
    """The default on a device of this target, "sm_100a" and the like."""
    return int(int("".join(filter(str.isdigit, target)) or 0) >= _FIRST_WITH_PDL)


def learn(device: int) -> None:
    """Asks the driver; starts CUDA."""
    try:
        major, minor = torch.cuda.get_device_capability(device)
    except (RuntimeError, AssertionError) as error:
        raise RuntimeError(
            f"pdl=None cannot be decided for cuda:{device}, which the driver does not know: pass pdl=0 or pdl=1"
        ) from error
    _resolved[device] = of_target(f"sm_{major}{minor}")


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
