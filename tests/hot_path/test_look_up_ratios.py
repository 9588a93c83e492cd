"""Our look-up beside those of peers, in one run, as ratios: no time is compared with one of another run."""
import json
import os
import pathlib
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


@pytest.fixture(scope="module")
def runs():
    """{(shape, threads): [(processor time, time) of each repetition]}"""
    command = [BENCH, "--benchmark_filter=^look_up", "--benchmark_min_time=0.1", "--benchmark_repetitions=2"]
    command.append("--benchmark_format=json")
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    found = {}
    for row in report["benchmarks"]:
        assert not row.get("error_occurred"), row
        if row["run_type"] == "iteration":
            shape = row["name"].split("<")[1].split(">")[0]
            found.setdefault((shape, row["threads"]), []).append((row["cpu_time"], row["real_time"]))
    print(table(found))
    return found


def fastest(runs, shape, threads=1):
    return min(processor for processor, _ in runs[shape, threads])


def table(runs):
    ours = [f"{name} {fastest(runs, shape):.2f} ns" for shape, name in OURS.items()]
    lines = [f"ours: {', '.join(ours)}", "| shape | ns | to ours by " + " | by ".join(OURS.values()) + " |", "|---|---|---|---|---|"]
    for shape, name in PEERS.items():
        time = fastest(runs, shape)
        ratios = [f"{time / fastest(runs, own):.1f}" for own in OURS]
        lines.append(f"| {name} | {time:.1f} | {' | '.join(ratios)} |")
    return "\n".join(lines)


@pytest.mark.parametrize("peer", PEERS)
def test_ours_is_ahead_of(runs, peer):
    assert fastest(runs, peer) > fastest(runs, SLOWEST_OF_OURS)


@pytest.mark.parametrize("shape", OURS)
def test_a_second_thread_costs_the_first_nothing(runs, shape):
    """By the processor's time, in a repetition where both threads really ran at once."""
    together = [processor for processor, real in runs[shape, 2] if real < 0.75 * processor]
    if not together:
        pytest.skip("no second core was free: the two threads ran one after the other")
    ratio = min(together) / fastest(runs, shape)
    print(f"{shape}: 2 threads take {ratio:.2f} times the processor time of 1")
    assert ratio <= 1.5
