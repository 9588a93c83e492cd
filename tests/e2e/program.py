"""The program as a user runs it: one environment, one store, one answer at a time."""
import json
import os
import pathlib
import subprocess
import time

SOURCE = pathlib.Path(os.environ.get("FP4JIT_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
MODELS = SOURCE / "tests/golden/models"
NOWHERE = "/nonexistent/libnvrtc.so.13"
SPEC = "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a"
QWEN = ("prewarm", "--model", MODELS / "Qwen3-30B-A3B-NVFP4", "--tp", "8", "--target", "sm_100a")


class Program:
    """Runs the program with a store of its own; a user's settings of this machine do not count."""

    def __init__(self, folder, binary=None, prefix=(), env=None):
        self.binary = str(binary or os.environ["FP4JIT_BIN"])
        self.prefix = list(prefix)
        self.cache = pathlib.Path(folder) / "cache"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "FP4JIT_CACHE", "FP4JIT_LOG"))}
        self.env |= {"FP4JIT_CACHE_DIR": str(self.cache), "HOME": str(folder), "FP4JIT_CUDA_DRIVER": "/nonexistent/libcuda.so"}
        # The leak checker is a tracer, which crashes now and then under load; the unit tests look for leaks.
        self.env["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        self.env |= env or {}

    def command(self, *args):
        return [*self.prefix, self.binary, *map(str, args)]

    def run(self, *args, env=None, prefix=()):
        merged = {k: v for k, v in (self.env | (env or {})).items() if v is not None}
        return subprocess.run(
            [*prefix, *self.command(*args)], env=merged, capture_output=True, text=True, timeout=300, check=False
        )

    def json(self, *args, code=0, env=None):
        """The object that --json prints, after the exit code was right."""
        done = self.run(*args, "--json", env=env)
        assert done.returncode == code, done
        return json.loads(done.stdout)

    def refused(self, code, *args, says=(), env=None):
        """A refusal: its exit code, nothing on stdout, and what stderr says."""
        for extra in ([], ["--json"]):
            done = self.run(*args, *extra, env=env)
            assert (done.returncode, done.stdout) == (code, ""), done
            for text in [says] if isinstance(says, str) else says:
                assert text in done.stderr, done.stderr
        return done.stderr

    def prewarm(self, *specs, **options):
        return self.json("prewarm", "--spec", *specs, **options)

    def run_and_kill(self, seconds, *args):
        """Runs a command and kills it after so long."""
        with subprocess.Popen(self.command(*args), env=self.env) as process:
            time.sleep(seconds)
            process.kill()

    def has_sanitizer(self):
        """One of memory or threads, which has an allocator of its own."""
        program = pathlib.Path(self.binary).read_bytes()
        return b"__asan_init" in program or b"__tsan_init" in program

    def records(self):
        return sorted(self.cache.glob("objects/*/*.rec"))


def texts(answer):
    """The specs of what prewarm --json printed."""
    return [entry["spec"] for entry in answer["specs"]]


def spec_of(k, fmt="nvfp4", target="sm_100a"):
    return f"{fmt}_quantize[k={k},in=bf16,layout=128x4]@{target}"


def config_of(model):
    return json.loads((MODELS / model / "config.json").read_text())
