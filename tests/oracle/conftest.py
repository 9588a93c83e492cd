"""Finds torch and transformers, which tools/setup keeps out of the system's Python."""
import os
import pathlib
import sys

import pytest

SOURCE = pathlib.Path(os.environ.get("FP4JIT_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
PACKAGES = SOURCE / "build/oracle"

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TRANSFORMERS_NO_ADVISORY_WARNINGS="1")


def pytest_configure():
    if not (PACKAGES / "transformers").is_dir():
        raise pytest.UsageError(f"{PACKAGES} has no transformers; run tools/setup --tests, which installs it")
    sys.path.insert(0, str(PACKAGES))
    # Compiling these packages anew takes longer than the tests, and the sources stay clean.
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(PACKAGES / "pycache")
