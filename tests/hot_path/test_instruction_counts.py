"""Machine instructions of each look-up and each call of the C API, counted by callgrind: the same on every run.

Writes what it finds to hot_path_instructions.json in the build folder.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess

import callgrind
import pytest

BUILD = pathlib.Path(os.environ["FP4JIT_BUILD_DIR"])
PROGRAM = BUILD / "tests/hot_path/look_up_count"

# What is counted: its name, where it is counted, what it does not include, and what is allowed on average: a budget for
# the look-ups, and for the calls around them, which check their arguments, a tenth above what they took.
FIND, KERNEL = "fp4jit::Registry::find(fp4jit::PackedSpec, int) const", "fp4jit::Registry::kernel(unsigned int) const"
DRIVER = "stub_launch"
ROWS = [
    ("look-up by spec", "measure_find", FIND, None, 40),
    ("look-up by handle", "measure_launch", KERNEL, None, 10),
    ("fp4jit_find", "measure_find", "fp4jit_find", None, 285),
    ("fp4jit_launch without the driver", "measure_launch", "fp4jit_launch", DRIVER, 685),
    ("fp4jit_launch_spec without the driver", "measure_launch_spec", "fp4jit_launch_spec", DRIVER, 920),
]

# Of one kernel: the least is a hit in the first slot, the most the longest chain of slots.
LEAST, MOST = {"look-up by spec": 40}, {"look-up by spec": 75, "look-up by handle": 10}

pytestmark = pytest.mark.skipif(
    not shutil.which("valgrind"), reason="valgrind is not installed; tools/setup --tests installs it"
)


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    subprocess.run([PROGRAM], check=True)  # compiles what is not in the store yet
    measured = {where for _, where, *_ in ROWS}
    runs = callgrind.run(PROGRAM, sorted(measured), tmp_path_factory.mktemp("callgrind") / "out")
    table = {name: figures(runs, where, function, without) for name, where, function, without, _ in ROWS}
    for name, row in table.items():
        least, average, most, kernels = row["least"], row["average"], row["most"], row["kernels"]
        print(f"{name}: least {least}, average {average}, most {most} instructions over {kernels} kernels")
    (BUILD / "hot_path_instructions.json").write_text(json.dumps(table, indent=2) + "\n")
    return table


def figures(runs, where, function, without):
    """Instructions per call: the average over all kernels, and the least and the most that one of them takes."""
    each = []
    for _, calls in filter(lambda run: run[0] == where, runs):
        count, instructions = calls[function]
        excluded = calls[without].instructions if without else 0
        each.append((instructions - excluded) / count)
    average = round(statistics.mean(each), 1)
    return {"least": min(each), "average": average, "most": max(each), "kernels": len(each)}


@pytest.mark.parametrize("name, budget", [(row[0], row[-1]) for row in ROWS])
def test_instructions(counted, name, budget):
    row = counted[name]
    assert row["kernels"] >= 128
    assert 0 < row["average"] <= budget
    assert 0 < row["least"] <= LEAST.get(name, budget)
    assert row["most"] <= MOST.get(name, row["most"])


def test_every_call_is_counted():
    text = "part: 1\ndesc: Trigger: --dump-after=f\nfn=f\n0 3\n"
    text += "cfn=g(int)\ncalls=4 0\n0 20\ncfn=g(int)\ncalls=1 0\n9 5\n"
    text += "part: 2\ndesc: Trigger: Program termination\nfn=f\ncfn=g(int)\ncalls=1 0\n0 7\n"
    assert callgrind.parts(text) == [("f", {"g(int)": callgrind.Calls(5, 25)})]
