"""Machine instructions per element, counted from real cubins, within the budgets of the design."""
import json
import os
import subprocess
import sys

import pytest

SCRIPT = os.path.join(os.environ["FP4JIT_SOURCE_DIR"], "tools/bench/count_instructions.py")
# Linear scales; 128x4 may take 5 % more.
BUDGETS = {
    ("sm_100a", "nvfp4"): 4.5,
    ("sm_100a", "mxfp4"): 3.5,
    ("sm_100a", "mxfp8"): 3.5,
    ("sm_90", "nvfp4"): 10.5,
    ("sm_90", "mxfp4"): 6.5,
    ("sm_90", "mxfp8"): 4.5,
}


@pytest.fixture(scope="module")
def counts():
    command = [sys.executable, SCRIPT, "--fp4jit", os.environ["FP4JIT_BIN"], "--numerics", "trtllm", "--json"]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {row["spec"]: row for row in rows}


def row_of(counts, target, name, layout):
    return next(
        row for spec, row in counts.items()
        if spec.startswith(name) and spec.endswith("@" + target) and f"layout={layout}," in spec
    )


@pytest.mark.parametrize("target, name", BUDGETS)
def test_instructions_per_element(counts, target, name):
    linear, tiled = (row_of(counts, target, name, layout) for layout in ("linear", "128x4"))
    assert linear["per_element"] <= BUDGETS[target, name]
    assert tiled["instructions"] <= 1.05 * linear["instructions"]


def test_no_kernel_spills_and_data_moves_in_16_bytes(counts):
    assert len(counts) == 18
    for row in counts.values():
        assert row["spill_instructions"] == 0 and row["registers"] > 0, row
        assert 128 in row["load_bits"] and 128 in row["store_bits"], row


def test_the_count_is_of_the_whole_path(counts):
    """A thread makes 16 bytes of nvfp4 from 64 of bf16: at least four loads, and a conversion for each pair."""
    row = row_of(counts, "sm_100a", "nvfp4", "linear")
    assert row["elements"] == 32 and row["instructions"] > 4 + 32 / 2 + 32
