"""What the machine is: here one with a Blackwell GPU."""

from types import SimpleNamespace


def get_platform():
    return SimpleNamespace(is_blackwell=True)
