"""What the program does to the system around it: files it opens, signals it takes, where it may write."""
import os
import re
import signal
import subprocess
import time

import pytest
from program import MODELS, spec_of

MODEL = ("prewarm", "--model", MODELS / "Llama-3.3-70B-Instruct-NVFP4", "--tp", "8", "--target", "sm_100a")


@pytest.fixture
def opened(fp4jit, tmp_path):
    """Runs a command and gives the paths that it opened, or tried to with a result not on the same line."""
    log = tmp_path / "strace"
    tracer = ["strace", "-f", "-qq", "-e", "trace=open,openat", "-o", str(log)]
    try:
        allowed = subprocess.run([*tracer, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        allowed = False
    if not allowed:
        pytest.skip("strace is absent or may not trace here")

    def run(*args):
        done = fp4jit.run(*args, prefix=tracer)
        assert done.returncode == 0, done
        # A call that another thread's interrupts stands on two lines; the first has the path and no result.
        return [path for path, rest in re.findall(r'"([^"]+)"(.*)', log.read_text()) if "= -1" not in rest]

    return run


def test_the_second_prewarm_opens_neither_nvrtc_nor_the_driver(opened):
    assert any("libnvrtc" in path for path in opened(*MODEL))
    again = opened(*MODEL)
    assert not [path for path in again if "nvrtc" in path or "libcuda" in path]
    assert len([path for path in again if path.endswith(".rec")]) == 3


def test_verbs_that_only_look_open_no_nvrtc(opened):
    opened(*MODEL)
    for verb in (["list"], ["verify"], ["version"], ["show", spec_of(8192)], ["stats", "--spec", spec_of(8192)], [*MODEL, "--dry-run"]):
        assert not [path for path in opened(*verb) if "nvrtc" in path]


def test_prewarm_stays_within_150_megabytes(fp4jit, capsys):
    """A peak is at least that of this process, as which the program's begins."""
    if fp4jit.has_sanitizer():
        pytest.skip("a sanitizer's own memory counts too")
    for run in ("first", "second"):
        started = time.monotonic()
        process = subprocess.Popen(fp4jit.command(*MODEL, "--quiet"), env=fp4jit.env)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        with capsys.disabled():  # a machine's speed is told and judges nothing
            print(f"{run} prewarm: {1000 * (time.monotonic() - started):.0f} ms, {usage.ru_maxrss} KiB")
        assert process.returncode == 0 and usage.ru_maxrss <= 150_000_000 // 1024


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_keeps_what_was_done(fp4jit, number):
    specs = [spec_of(16 * (i + 1)) for i in range(600)]
    command = fp4jit.command("prewarm", "--jobs", "2", "--spec", *specs)
    with subprocess.Popen(command, env=fp4jit.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        seen = [process.stdout.readline() for _ in range(5)]
        process.send_signal(number)
        rest, errors = process.communicate(timeout=120)
    done = [line.split()[-1] for line in (*seen, *rest.splitlines()) if line.startswith("compiled ") and "@" in line]
    assert process.returncode == 130, errors
    assert 5 <= len(done) < len(specs) and "interrupted" in errors and "and kept" in errors
    assert sorted(record["spec"] for record in fp4jit.json("list")["records"]) == sorted(done)
    assert fp4jit.json("verify")["bad"] == [] and list(fp4jit.cache.glob("tmp/*")) == []
    assert fp4jit.prewarm(*done)["cached"] == len(done)


@pytest.fixture
def full():
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    with open("/dev/full", "w", encoding="ascii") as device:
        yield device


# A short result fails when the program ends, one that is longer than a buffer where it is printed.
@pytest.mark.parametrize("command", [("version",), ("prewarm", "--dry-run", "--json", "--spec", *map(spec_of, range(16, 1024, 16)))])
def test_a_result_that_cannot_be_written_is_a_failure(fp4jit, full, command):
    run = {"env": fp4jit.env, "stdout": full, "text": True, "check": False}
    done = subprocess.run(fp4jit.command(*command), stderr=subprocess.PIPE, **run)
    assert done.returncode == 1 and "could not be written" in done.stderr, done
    assert subprocess.run(fp4jit.command(*command), stderr=full, **run).returncode == 1


def test_many_at_once_share_one_store(fp4jit):
    specs = [spec_of(16 * (i + 1)) for i in range(8)]
    command = fp4jit.command("prewarm", "--quiet", "--spec", *specs)
    processes = [subprocess.Popen(command, env=fp4jit.env) for _ in range(4)]
    assert [process.wait(timeout=120) for process in processes] == [0] * 4
    assert len(fp4jit.records()) == 8 and fp4jit.json("verify")["bad"] == []
