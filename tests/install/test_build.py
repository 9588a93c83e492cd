"""What a build that has nothing to do says: nothing, so that tools/fp4jit can tell by one question to ninja."""
import os
import subprocess


def test_ninja_looks_through_no_folders():
    """A file(GLOB ... CONFIGURE_DEPENDS) is work at every call, and is announced at every call."""
    plan = subprocess.run(
        ["ninja", "-C", os.environ["FP4JIT_BUILD_DIR"], "-n", "fp4jit_cli"], capture_output=True, text=True, check=True
    )
    assert "Re-checking" not in plan.stdout, plan.stdout
