"""An engine's process for its plugin: the stand-in of the engine, its loader, and fp4jit's entry points, as installed."""

import contextlib
import importlib
import logging
import os
import subprocess
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
STANDINS = os.path.join(HERE, "engines", "standins")
# As in the metadata of fp4jit's wheel; the other engine's and another package's stand beside them.
ENTRY_POINTS = """[vllm.general_plugins]
fp4jit = fp4jit.engines.vllm:register

[sglang.srt.plugins]
fp4jit = fp4jit.engines.sglang:register
"""


def loader_folder(engine: str) -> str:
    """The package whose loader of plugins is used: the real one where its unpacked wheel is named."""
    peer = os.environ.get(f"FP4JIT_PEER_{engine.upper()}")
    return os.path.join(peer or os.path.join(HERE, "engines", "loaders"), engine)


def write_metadata(folder) -> str:
    """An installed distribution with the entry points. Returns what sys.path needs."""
    info = folder / "fp4jit-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fp4jit\nVersion: 0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    return str(folder)


def forget(engine: str) -> None:
    """As in a new process: neither the engine nor the plugins were imported."""
    for name in [n for n in sys.modules if n.partition(".")[0] == engine or n.startswith("fp4jit.engines")]:
        del sys.modules[name]


@contextlib.contextmanager
def process_of(engine: str, monkeypatch, folder):
    """Inside it the engine is installed, and fp4jit with its entry points."""
    monkeypatch.setenv(f"FP4JIT_TEST_{engine.upper()}_LOADER", loader_folder(engine))
    monkeypatch.syspath_prepend(STANDINS)
    monkeypatch.syspath_prepend(write_metadata(folder))
    forget(engine)
    try:
        yield lambda name: importlib.import_module(f"{engine}.{name}")
    finally:
        forget(engine)


def messages(caplog) -> list[str]:
    """What the plugins said, at warning or above."""
    return [r.getMessage() for r in caplog.records if r.name == "fp4jit.engines" and r.levelno >= logging.WARNING]


def random_matrix(m: int, k: int) -> torch.Tensor:
    return torch.randn(m, k, generator=torch.Generator().manual_seed(m * k)).bfloat16()


def same_bytes(results, expected) -> bool:
    """Of two pairs of tensors, whose dtypes may differ."""
    pairs = list(zip(results, expected, strict=True))
    return all(a.shape == b.shape and torch.equal(a.view(torch.uint8), b.view(torch.uint8)) for a, b in pairs)


_PROCESS = """
import sys
sys.path[:0] = {paths!r}
import torch
{code}
assert not torch.cuda.is_initialized()
assert "libcuda.so" not in open("/proc/self/maps").read()
print("swapped", ({swapped}))
"""


def start_process(engine: str, folder, code: str, swapped: str) -> subprocess.Popen:
    """A process of its own that runs the code, looks for CUDA, and prints "swapped" and what the expression is."""
    paths = [write_metadata(folder), STANDINS]
    text = _PROCESS.format(paths=paths, code=code, swapped=swapped)
    environment = os.environ | {f"FP4JIT_TEST_{engine.upper()}_LOADER": loader_folder(engine)}
    return subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, env=environment)
