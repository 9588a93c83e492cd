"""An engine's process for its plugin: the engine's stand-in, its loader, and fp4jit's entry points, as installed."""

import contextlib
import importlib
import logging
import os
import subprocess
import sys
import tomllib

import torch

import fp4jit.torch as ft
from fp4jit.torch import preparation

HERE = os.path.dirname(os.path.abspath(__file__))
STANDINS = os.path.join(HERE, "engines", "standins")
# The module that loads plugins, and what it reads its settings by.
LOADERS = {"vllm": ("plugins", "envs.py"), "sglang": ("srt/plugins", "srt/environ.py")}


def link_loader(engine: str, folder) -> str:
    """The engine's loader of plugins, the real one where its unpacked wheel is named, alone in a package's folder."""
    peer = os.environ.get(f"FP4JIT_PEER_{engine.upper()}") or os.path.join(HERE, "engines", "loaders")
    package = folder / engine
    for file in LOADERS[engine]:
        (package / file).parent.mkdir(parents=True, exist_ok=True)
        (package / file).symlink_to(os.path.join(peer, engine, file))
    return str(package)


def write_metadata(folder) -> str:
    """An installed distribution with the entry points of fp4jit's wheel. Returns what sys.path needs."""
    with open(os.path.join(os.environ["FP4JIT_SOURCE_DIR"], "plugins", "torch", "pyproject.toml"), "rb") as file:
        groups = tomllib.load(file)["project"]["entry-points"]
    lines = [f"[{group}]\n" + "".join(f"{n} = {v}\n" for n, v in points.items()) for group, points in groups.items()]
    info = folder / "fp4jit-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fp4jit\nVersion: 0\n")
    (info / "entry_points.txt").write_text("\n".join(lines))
    return str(folder)


def forget(engine: str) -> None:
    """As in a new process: neither the engine nor the plugins were imported."""
    for name in [n for n in sys.modules if n.partition(".")[0] == engine or n.startswith("fp4jit.engines")]:
        del sys.modules[name]


@contextlib.contextmanager
def process_of(engine: str, monkeypatch, folder):
    """Inside it the engine is installed, and fp4jit with its entry points."""
    monkeypatch.setenv(f"FP4JIT_TEST_{engine.upper()}_LOADER", link_loader(engine, folder))
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


def is_mxfp8_of(result, x: torch.Tensor, sf_layout: str, k_out: int | None = None) -> bool:
    """Whether (data, flat or shaped scale factors) are x quantised to mxfp8, the data as E4M3."""
    expected = ft.quantize(x, format="mxfp8", sf_layout=sf_layout, k_out=k_out)
    data, sf = result
    return data.dtype == torch.float8_e4m3fn and same_bytes((data, sf.view(expected[1].shape)), expected)


def compiles_without_break(forward) -> bool:
    """Whether it is one graph for several numbers of rows, with the bytes of an eager call."""
    torch._dynamo.reset()
    compiled = torch.compile(forward, fullgraph=True, dynamic=True, backend="aot_eager")
    return all(same_bytes(compiled(x), forward(x)) for x in (random_matrix(m, 128) for m in (2, 7, 33, 130)))


def prewarmed(monkeypatch, load, is_ready) -> list[tuple]:
    """What prewarm was asked for while `load` ran, (specs, device) each, and only once `is_ready`; the kernels are
    compiled, for sm_90, and nothing but they."""
    asked, real = [], preparation.prewarm

    def prewarm(specs, device):
        assert is_ready()
        asked.append((specs, device))
        return real(specs, device, target="sm_90")

    monkeypatch.setattr(preparation, "prewarm", prewarm)
    before = ft.stats()
    load()
    after = ft.stats()
    made = sum(after[name] - before[name] for name in ("compiles", "store_hits"))
    assert made == sum(len(specs) for specs, _ in asked) and not after["driver_opened"]
    return asked


_PROCESS = """
import sys
sys.path[:0] = {paths!r}
import torch
{code}
assert not torch.cuda.is_initialized()
assert "libcuda.so" not in open("/proc/self/maps").read()
print("swapped", ({swapped}))
"""


def _start_process(engine: str, folder, code: str, swapped: str) -> subprocess.Popen:
    """A process of its own that runs the code, looks for CUDA, and prints "swapped" and what the expression is."""
    paths = [write_metadata(folder), STANDINS]
    text = _PROCESS.format(paths=paths, code=code, swapped=swapped)
    environment = os.environ | {f"FP4JIT_TEST_{engine.upper()}_LOADER": link_loader(engine, folder)}
    return subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, env=environment)


def printed_by_two_processes(engine: str, folder, code: str, swapped: str) -> list[str]:
    """What each of two at once prints."""
    processes = [_start_process(engine, folder / str(n), code, swapped) for n in range(2)]
    printed = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return printed
