"""The program's answer for a model, in the terms of the oracle."""
import collections
import json
import os
import subprocess


def run(folder, parallel, fmt=None):
    """Its exit code and stdout. No store is opened: the plan alone is wanted."""
    command = [os.environ["FP4JIT_BIN"], "prewarm", "--model", folder, "--target", "sm_100a", "--dry-run", "--json"]
    command += ["--tp", parallel.tp, "--ep", parallel.ep] + (["--format", fmt] if fmt else [])
    env = os.environ | {"FP4JIT_CACHE_DIR": str(folder / "cache"), "FP4JIT_CUDA_DRIVER": "/nonexistent/libcuda.so"}
    done = subprocess.run(list(map(str, command)), env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, 1, 3), (command, done)
    return done.returncode, done.stdout


def answer(stdout):
    """The same dictionary as split.needed's."""
    plan = json.loads(stdout)
    model = plan["model"]
    found = {"k": {}, "silu_mul_k": {}, "unaligned": {}, "pad32": {}, "modules": collections.Counter()}
    for item in model["needed"]:
        found["k"].setdefault(item["format"], set()).add(item["k"])
    found["silu_mul_k"] = {fmt: set(widths) for fmt, widths in model["silu_mul_k"].items() if widths}
    found["pad32"] = {k: set(modules) for k, modules in model["pad32"].items()}
    for item in plan["unaligned"]:
        found["unaligned"].setdefault((item["format"], str(item["k"])), set()).add(item["module"])
    for item in model["modules"]:
        keys = ("module", "width", "outputs", "count", "format", "shards", "k")
        row = (str(item[key]) if key == "k" else item[key] for key in keys)
        found["modules"][tuple(row)] += item["layers"]
    return found


def differences(found, wanted):
    """Lines such as: modules model.layers.*.mlp.up_proj …: the program says 5, the model's class 4."""
    return [
        f"{kind} {key}: the program says {found[kind].get(key)}, the model's class {wanted[kind].get(key)}"
        for kind in wanted
        for key in {**found[kind], **wanted[kind]}
        if found[kind].get(key) != wanted[kind].get(key)
    ]
