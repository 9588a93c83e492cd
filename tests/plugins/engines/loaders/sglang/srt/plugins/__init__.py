"""SGLang's protocol: every entry point of the group that SGLANG_PLUGINS allows is loaded and called, then the hooks
are put in place.
"""

import os
from importlib.metadata import entry_points

from sglang.srt.plugins.hook_registry import HookRegistry

_plugins_loaded = False


def load_plugins():
    global _plugins_loaded
    if _plugins_loaded:
        return
    _plugins_loaded = True
    allowed = os.environ.get("SGLANG_PLUGINS")
    for entry in entry_points(group="sglang.srt.plugins"):
        if not allowed or entry.name in allowed.split(","):
            entry.load()()
    HookRegistry.apply_hooks()
