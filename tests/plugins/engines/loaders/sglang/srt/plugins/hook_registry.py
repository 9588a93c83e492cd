"""SGLang's hooks, of the two types that the plugin uses: a function by its dotted name is wrapped, in place and in
every module that has copied it.
"""

import functools
import pkgutil
import sys
from enum import Enum


class HookType(Enum):
    AFTER = "after"
    AROUND = "around"


def _wrap(original, hook, hook_type):
    @functools.wraps(original)
    def wrapper(*args, **kwargs):
        if hook_type is HookType.AROUND:
            return hook(original, *args, **kwargs)
        result = original(*args, **kwargs)
        changed = hook(result, *args, **kwargs)
        return result if changed is None else changed

    return wrapper


class HookRegistry:
    _hooks = {}
    _patched = set()

    @classmethod
    def register(cls, target, hook, hook_type=HookType.AFTER, *, source=None):
        cls._hooks.setdefault(target, []).append((hook_type, hook, source))

    @classmethod
    def apply_hooks(cls):
        for target in cls._hooks.keys() - cls._patched:
            owner, _, name = target.rpartition(".")
            owner = pkgutil.resolve_name(owner)
            original = wrapped = getattr(owner, name)
            for hook_type, hook, _ in cls._hooks[target]:
                wrapped = _wrap(wrapped, hook, hook_type)
            setattr(owner, name, wrapped)
            for module in list(sys.modules.values()):
                for copied in [key for key, value in vars(module).items() if value is original]:
                    setattr(module, copied, wrapped)
            cls._patched.add(target)
