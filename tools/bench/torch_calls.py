#!/usr/bin/env python3
"""What PyTorch users pay: a call at M=1, the import, and quantising on the CPU beside torchao.

    PYTHONPATH=build/release/python build/venv/bin/python \\
        tools/bench/torch_calls.py [call] [import] [host] [--json FILE]

Every figure is a median over interleaved rounds of one run, so that what disturbs one disturbs all.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time

import torch

import fp4jit.torch
from fp4jit.torch import body, ops

ROUNDS = 41


def medians(subjects: dict, calls: int, rounds: int = ROUNDS) -> dict[str, float]:
    """Seconds per call of each function, measured in turns."""
    samples = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, function in subjects.items():
            began = time.perf_counter()
            for _ in range(calls):
                function()
            samples[name].append((time.perf_counter() - began) / calls)
    return {name: statistics.median(values) for name, values in samples.items()}


def empty_ops() -> dict:
    """Ops with quantize_v1's schema that do nothing, declared as ours is and by custom_op."""
    schema = ops.SCHEMAS["quantize_v1"]
    outputs = torch.empty(1, 32, dtype=torch.uint8), torch.empty(128, 4, dtype=torch.uint8)
    library = torch.library.Library("fp4jit_bench", "FRAGMENT")
    library.define("empty" + schema)
    library.impl("empty", lambda *arguments: outputs, "CPU")

    custom = torch.library.custom_op("fp4jit_bench::custom", lambda *arguments: body.quantize_cpu(*arguments), mutates_args=(), schema=schema)
    return {"library": library, "empty": torch.ops.fp4jit_bench.empty.default, "custom": custom}


def measure_call() -> dict[str, float]:
    x, scale = torch.randn(1, 64, dtype=torch.bfloat16), torch.tensor([100.0])
    codes = (0, 1, 0, 0, 0, 0, 0)
    made = empty_ops()
    subjects = {
        "empty op of the same schema": lambda: made["empty"](x, scale, *codes),
        "body alone": lambda: body.quantize_cpu(x, scale, *codes),
        "fp4jit::quantize_v1": lambda: ops.quantize(x, scale, *codes),
        "the same under custom_op": lambda: made["custom"](x, scale, *codes),
        "fp4jit.torch.quantize": lambda: fp4jit.torch.quantize(x, scale, format="nvfp4"),
    }
    with torch.inference_mode():
        return {name: seconds * 1e6 for name, seconds in medians(subjects, 500).items()}


def measure_import() -> dict[str, float]:
    """Microseconds that `import fp4jit` takes in processes of their own."""
    code = "import time; a = time.perf_counter(); import fp4jit; print(time.perf_counter() - a)"
    times = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(ROUNDS)]
    return {"import fp4jit": statistics.median(times) * 1e6}


def torchao_quantisers() -> dict:
    """torchao's NVFP4 quantiser, with a scale for the tensor, as fp4jit's default has one."""
    try:
        from torchao.prototype.mx_formats.nvfp4_tensor import nvfp4_quantize
    except ImportError as error:
        print(f"torchao is not measured: {error}", file=sys.stderr)
        return {}
    scale = torch.tensor(1 / 100.0)
    compiled = torch.compile(nvfp4_quantize, fullgraph=True)
    return {
        "torchao, eager": lambda x: nvfp4_quantize(x, 16, scale),
        "torchao, compiled": lambda x: compiled(x, 16, scale),
    }


def measure_host() -> dict[str, float]:
    """Microseconds to quantise a 4096 x 4096 bf16 tensor to nvfp4, on as many threads as PyTorch has."""
    x, scale = torch.randn(4096, 4096, dtype=torch.bfloat16), torch.tensor([100.0])
    functions = {"fp4jit": lambda x: fp4jit.torch.quantize(x, scale, format="nvfp4", sf_layout="linear")}
    functions |= torchao_quantisers()
    subjects = {name: lambda function=function: function(x) for name, function in functions.items()}
    for function in subjects.values():
        function()
    return {name: seconds * 1e6 for name, seconds in medians(subjects, 1, rounds=7).items()}


MEASURES = {"call": measure_call, "import": measure_import, "host": measure_host}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=[[], *MEASURES], help="which; all without one")
    parser.add_argument("--json", help="a file for the figures")
    arguments = parser.parse_args()
    results = {name: MEASURES[name]() for name in arguments.what or MEASURES}
    for figures in results.values():
        for name, microseconds in figures.items():
            print(f"{microseconds:12.2f} us  {name}")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"torch": torch.__version__, "threads": torch.get_num_threads(), "us": results}, file, indent=2)


if __name__ == "__main__":
    main()
