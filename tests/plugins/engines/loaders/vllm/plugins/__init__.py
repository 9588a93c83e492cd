"""vLLM's protocol: every entry point of the group that VLLM_PLUGINS allows is loaded and called, in every process."""

import os
from importlib.metadata import entry_points

plugins_loaded = False


def load_general_plugins():
    global plugins_loaded
    if plugins_loaded:
        return
    plugins_loaded = True
    allowed = os.environ.get("VLLM_PLUGINS")
    for entry in entry_points(group="vllm.general_plugins"):
        if allowed is None or entry.name in allowed.split(","):
            entry.load()()
