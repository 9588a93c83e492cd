"""What prewarm takes of the machine's memory, and how often it asks for it."""
import os
import subprocess

import pytest

AXES = ("--format", "nvfp4", "--in", "bf16,f16", "--sf-layout", "128x4,8x4", "--pdl", "0,1", "--target", "sm_100a")


@pytest.fixture
def usage(fp4jit):
    """Runs prewarm of these widths, 8 kernels each, and gives what the system counted for the process."""
    if fp4jit.has_sanitizer():
        pytest.skip("a sanitizer has a heap of its own")

    def run(*widths, jobs):
        k = ",".join(map(str, widths))
        command = fp4jit.command("prewarm", *AXES, "--k", k, "--jobs", jobs, "--quiet")
        process = subprocess.Popen(command, env=fp4jit.env)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        assert len(fp4jit.records()) >= 8 * len(widths)
        return used

    return run


def test_a_compile_finds_the_memory_of_the_one_before(usage):
    """What the C library gave back to the kernel would be faulted in anew, 1500 pages for each kernel."""
    first = usage(64, jobs=1)
    then = usage(96, 128, 256, jobs=1)
    assert (then.ru_minflt - first.ru_minflt) / 16 < 300


@pytest.mark.parametrize("jobs", [2, 8, 16])
def test_prewarm_stays_below_250_megabytes(usage, jobs):
    assert usage(64, 4096, 7168, 28672, jobs=jobs).ru_maxrss <= 250_000
