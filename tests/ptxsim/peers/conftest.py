import collections
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "e2e"))

from driver import Driver  # noqa: E402
from ours import Ours  # noqa: E402

os.environ["PTXSIM_DEVICE"] = "sm_100a"  # of both sides


@pytest.fixture(scope="session")
def library():
    path = pathlib.Path(os.environ["FP4JIT_BUILD_DIR"], "tests/ptxsim/libcuda.so.1")
    assert path.exists(), f"{path} is not built"
    return path


@pytest.fixture(scope="session")
def gpu(library):
    return Driver(library)


@pytest.fixture(scope="session")
def ours(tmp_path_factory, library):
    return Ours(tmp_path_factory.mktemp("ours"), library)


@pytest.fixture(scope="session")
def counts(request):
    """What was done; said at the end."""
    done = collections.Counter()
    yield done
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("", *(f"{count:>10} {what}" for what, count in done.items()), sep="\n")
