"""Our look-up beside those of peers, in one run, as ratios: no time is compared with one of another run."""
import json
import os
import pathlib
import statistics
import subprocess

import pytest

BENCH = pathlib.Path(os.environ["FP4JIT_BUILD_DIR"], "tools/bench/fp4jit_bench")

OURS = {"HandleShape": "handle", "PackedShape": "packed spec", "SpecShape": "spec"}
PEERS = {
    "OneEntryShape": "a thread's last kernel, then mutex and map",
    "LruShape": "integer key, mutex, LRU, shared_ptr (jitify2)",
    "LabelShape": "label, shared_mutex, two finds (TransformerEngine)",
    "FutureShape": "formatted key, 128-bit hash, mutex, shared_future (librtcx)",
    "SourceShape": "source text, two hashes, path, getenv (DeepGEMM)",
    "SourceAndStatShape": "the same and a stat",
}
SLOWEST_OF_OURS = "SpecShape"
WITNESS = "LruShape"  # slows down when two threads use it at once


def measure(which, seconds, repetitions):
    """{(shape, threads): [processor time of each repetition]}"""
    command = [BENCH, f"--benchmark_filter={which}", f"--benchmark_min_time={seconds}", "--benchmark_format=json"]
    command.append(f"--benchmark_repetitions={repetitions}")
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    found = {}
    for row in report["benchmarks"]:
        assert not row.get("error_occurred"), row
        if row["run_type"] == "iteration":
            shape = row["name"].split("<")[1].split(">")[0]
            found.setdefault((shape, row["threads"]), []).append(row["cpu_time"])
    return found


@pytest.fixture(scope="module")
def alone():
    runs = measure("^look_up.*threads:1$", 0.05, 3)
    print(table(runs))
    return runs


@pytest.fixture(scope="module")
def shared():
    return measure(f"^look_up<({'|'.join([*OURS, WITNESS])})>.*threads:[12]$", 0.1, 4)


def fastest(runs, shape, threads=1):
    return min(runs[shape, threads])


def table(runs):
    ours = [f"{name} {fastest(runs, shape):.2f} ns" for shape, name in OURS.items()]
    lines = [f"ours: {', '.join(ours)}", "| shape | ns | to ours by " + " | by ".join(OURS.values()) + " |"]
    lines.append("|---|---|---|---|---|")
    for shape, name in PEERS.items():
        time = fastest(runs, shape)
        ratios = [f"{time / fastest(runs, own):.1f}" for own in OURS]
        lines.append(f"| {name} | {time:.1f} | {' | '.join(ratios)} |")
    return "\n".join(lines)


@pytest.mark.parametrize("peer", PEERS)
def test_ours_is_ahead_of(alone, peer):
    assert fastest(alone, peer) > fastest(alone, SLOWEST_OF_OURS)


def slowdown(runs, shape, choose):
    """Processor time for a look-up of each of two threads, over that of one alone."""
    return choose(runs[shape, 2]) / fastest(runs, shape)


@pytest.mark.parametrize("shape", OURS)
def test_a_second_thread_costs_the_first_nothing(shared, shape):
    met = slowdown(shared, WITNESS, max)
    if met < 1.5:
        pytest.skip(f"no core was free: two threads took only {met:.2f} times as long for a mutex as one")
    ratio = slowdown(shared, shape, statistics.median)
    print(f"{shape}: 2 threads take {ratio:.2f} times the processor time of 1; a mutex and map {met:.1f} times")
    assert ratio <= 1.5
