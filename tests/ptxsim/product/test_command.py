"""The command on ptxsim: `--device cuda:N` gives the host's bytes, and says what is wrong with a device."""
import os
import pathlib
import random
import sys

import pytest

SOURCE = pathlib.Path(os.environ["FP4JIT_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "tests/e2e"))

import npy  # noqa: E402
from program import Program  # noqa: E402

LIBCUDA = pathlib.Path(os.environ["FP4JIT_BUILD_DIR"]) / "tests/ptxsim/libcuda.so.1"


@pytest.fixture
def fp4jit(tmp_path):
    return Program(tmp_path, env={"FP4JIT_CUDA_DRIVER": str(LIBCUDA), "FP4JIT_ARTIFACT": "ptx"})


class Quantize:
    """Runs quantize on one tensor and gives the two outputs."""

    def __init__(self, fp4jit, folder):
        self.fp4jit, self.folder = fp4jit, folder
        generator = random.Random(1)
        rows = [[generator.randrange(1 << 16) for _ in range(160)] for _ in range(130)]
        self.input = npy.write_bits(folder / "x.npy", rows)

    def args(self, fmt, layout, numerics, device):
        scale = ["--global-scale", "2.5"] if fmt == "nvfp4" else []
        outputs = ["--output-data", self.folder / "q.npy", "--output-sf", self.folder / "s.npy"]
        shape = ["--sf-layout", layout, "--numerics", numerics, "--k-out", "192"]
        return ["quantize", "--format", fmt, *shape, *scale, "--device", device, "--input", self.input, *outputs]

    def __call__(self, *args, env=None):
        done = self.fp4jit.run(*self.args(*args), env=env)
        assert (done.returncode, done.stderr) == (0, ""), done
        return (self.folder / "q.npy").read_bytes(), (self.folder / "s.npy").read_bytes()


@pytest.fixture
def quantize(fp4jit, tmp_path):
    return Quantize(fp4jit, tmp_path)


@pytest.mark.parametrize("numerics", ["exact", "trtllm"])
@pytest.mark.parametrize("layout", ["linear", "128x4", "8x4"])
@pytest.mark.parametrize("fmt", ["nvfp4", "mxfp4", "mxfp8"])
def test_device_equals_host(quantize, fmt, layout, numerics):
    host = quantize(fmt, layout, numerics, "host")
    for device in ("sm_100a", "sm_90", "sm_80"):
        assert quantize(fmt, layout, numerics, "cuda:0", env={"PTXSIM_DEVICE": device}) == host, device


def test_the_second_of_two_devices(quantize):
    env = {"PTXSIM_DEVICE": "sm_80,sm_120a", "PTXSIM_DEVICES": "2"}
    host = quantize("nvfp4", "128x4", "exact", "host")
    assert quantize("nvfp4", "128x4", "exact", "cuda:1", env=env) == host
    done = quantize.fp4jit.run(*quantize.args("nvfp4", "128x4", "exact", "cuda:2"), env=env)
    assert done.returncode == 2 and "the driver shows 2 (0 to 1)" in done.stderr, done


def test_a_plan_for_a_family_serves_its_devices(quantize, tmp_path):
    """Compiled for sm_100f alone: a 10.0 and a 10.3 device find it with no compiler at hand; a 12.0 one does not."""
    spec = "nvfp4_quantize[k=160,k_out=192,in=bf16,layout=128x4,numerics=exact]@sm_100f"
    fp4jit, plan = quantize.fp4jit, tmp_path / "plan.json"
    assert fp4jit.json("prewarm", "--spec", spec, "--plan", plan)["compiled"] == 1
    assert fp4jit.json("verify", "--plan", plan)["good"] == 1
    host = quantize("nvfp4", "128x4", "exact", "host")
    args = quantize.args("nvfp4", "128x4", "exact", "cuda:0")
    for device, code in (("sm_100a", 0), ("sm_103a", 0), ("sm_120a", 3)):
        (tmp_path / "q.npy").unlink(missing_ok=True)
        done = fp4jit.run(*args, env={"PTXSIM_DEVICE": device, "FP4JIT_NVRTC": "/nonexistent/libnvrtc.so"})
        assert done.returncode == code, (device, done)
        outputs = [tmp_path / "q.npy", tmp_path / "s.npy"]
        assert code or tuple(path.read_bytes() for path in outputs) == host
    assert len(fp4jit.records()) == 1


def test_native_is_the_device(fp4jit):
    answer = fp4jit.json("prewarm", "--format", "mxfp8", "--k", "64", "--target", "native", env={"PTXSIM_DEVICE": "sm_103a"})
    assert [row["spec"].split("@")[1] for row in answer["specs"]] == ["sm_103a"]


def test_doctor_names_the_device(fp4jit):
    assert "ptxsim sm_89" in fp4jit.run("doctor", env={"PTXSIM_DEVICE": "sm_89"}).stdout


def test_a_trace_shows_one_threads_instructions_and_what_they_write(quantize):
    env = {"PTXSIM_TRACE": "0:3", "PTXSIM_THREADS": "1"}
    done = quantize.fp4jit.run(*quantize.args("nvfp4", "128x4", "exact", "cuda:0"), env=env)
    lines = done.stderr.splitlines()
    assert done.returncode == 0 and all(line.startswith("ptxsim: line ") for line in lines), done
    assert [line for line in lines if "%tid.x" in line and line.endswith("-> 0x3")]
    assert "ret;" in lines[-1] or "ret " in lines[-1], lines[-1]


@pytest.mark.parametrize("call", ["cuLibraryLoadData", "cuMemAlloc", "cuLaunchKernelEx", "cuMemcpyDtoH"])
def test_a_driver_call_that_fails_is_named(quantize, call):
    done = quantize.fp4jit.run(
        *quantize.args("nvfp4", "128x4", "exact", "cuda:0"), env={"PTXSIM_FAIL": f"{call}:1:CUDA_ERROR_OUT_OF_MEMORY"}
    )
    assert done.returncode != 0 and "CUDA_ERROR_OUT_OF_MEMORY" in done.stderr, done
    assert not (quantize.folder / "q.npy").exists()
