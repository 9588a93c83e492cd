"""What the machine is: here one with a Blackwell GPU and FlashInfer."""

from types import SimpleNamespace


def get_platform():
    return SimpleNamespace(is_blackwell=True, has_flashinfer=True)
