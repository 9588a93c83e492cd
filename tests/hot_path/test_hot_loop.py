"""examples/hot_loop makes the same system calls whether it launches a thousand times or a million."""
import os
import pathlib
import re
import subprocess

import pytest

BUILD = pathlib.Path(os.environ["FP4JIT_BUILD_DIR"])
HOT_LOOP = BUILD / "examples" / "hot_loop"
STUB = BUILD / "tests" / "stubdriver" / "libcuda.so.1"


@pytest.fixture(name="environment", scope="module")
def filled_store(tmp_path_factory):
    """The environment of a process that finds every kernel in its store."""
    environment = os.environ | {"FP4JIT_CUDA_DRIVER": str(STUB)}
    environment["FP4JIT_CACHE_DIR"] = str(tmp_path_factory.mktemp("store"))
    counted = counters(run([HOT_LOOP, "1"], environment).stdout)
    assert counted["compiles"] == counted["specs"] == 72
    return environment


def run(command, environment):
    return subprocess.run(list(map(str, command)), env=environment, capture_output=True, text=True, check=True)


def counters(line):
    return {name: int(value) for name, value in re.findall(r"([a-z_ ]*[a-z_]) (\d+)", line.replace(", ", ","))}


def system_calls(launches, environment, tmp_path):
    """Name -> how often, over all threads."""
    table = tmp_path / str(launches)
    output = run(["strace", "-f", "-c", "-o", table, HOT_LOOP, launches], environment).stdout
    counted = counters(output)
    assert counted["launches"] == counted["hits"] == launches and counted["compiles"] == 0
    rows = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+)(?: +\d+)? +(\w+)$", table.read_text(), re.MULTILINE)
    return {name: int(calls) for calls, name in rows if name != "total"}


def test_a_million_launches_call_no_more_than_a_thousand(environment, tmp_path):
    few = system_calls(1000, environment, tmp_path)
    many = system_calls(1000000, environment, tmp_path)
    print(f"system calls: {sum(few.values())} for 1000 launches, {sum(many.values())} for 1000000")
    assert sum(few.values()) > 500, "a process that loads 72 kernels makes some"
    assert few == many


def test_a_driver_that_calls_the_system_is_seen(environment, tmp_path):
    broken = environment | {"STUBDRIVER_BREAK": "syscall"}
    few = system_calls(1000, broken, tmp_path)
    many = system_calls(3000, broken, tmp_path)
    assert sum(many.values()) - sum(few.values()) == 2000


def test_a_trace_serves_as_the_manifest(environment, tmp_path):
    trace = tmp_path / "trace"
    run([HOT_LOOP, "5"], environment | {"FP4JIT_RECORD": str(trace)})
    assert len(trace.read_text().splitlines()) == 72
    counted = counters(run([HOT_LOOP, "100", trace], environment).stdout)
    assert counted["specs"] == 72 and counted["launches"] == 100


def test_a_trace_may_hold_kernels_of_any_k(environment, tmp_path):
    trace = tmp_path / "trace"
    run([HOT_LOOP, "5"], environment | {"FP4JIT_RECORD": str(trace), "FP4JIT_ON_MISS": "generic"})
    specs = trace.read_text().splitlines()
    assert len(specs) == 72 + 9 and sum("[k=0," in spec for spec in specs) == 9
    counted = counters(run([HOT_LOOP, "162", trace], environment).stdout)
    assert counted["specs"] == 81 and counted["launches"] == counted["hits"] == 162


def test_wrong_arguments_are_told(environment, tmp_path):
    for arguments, code in ([[], 2], [["none"], 2], [["5x"], 2], [["5", str(tmp_path / "absent")], 1]):
        done = subprocess.run([HOT_LOOP, *arguments], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code and done.stderr != ""
