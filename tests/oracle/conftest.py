"""Tells the tests where the sources are, and keeps transformers off the network."""
import importlib.util
import os
import pathlib

import pytest

SOURCE = pathlib.Path(os.environ.get("FP4JIT_SOURCE_DIR", pathlib.Path(__file__).parents[2]))

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TRANSFORMERS_NO_ADVISORY_WARNINGS="1")


def pytest_configure():
    if not importlib.util.find_spec("transformers"):
        raise pytest.UsageError("no transformers here; use build/venv/bin/python, which tools/setup --tests makes")
