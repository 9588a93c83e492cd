"""tools/setup where there is no CUDA toolkit, with wheels that hold nothing but their names."""
import os
import pathlib
import re
import shutil
import subprocess
import zipfile

import pytest

SETUP = pathlib.Path(os.environ["FP4JIT_SOURCE_DIR"], "tools/setup")


def put_wheel(folder, name, version):
    stem = name.replace("-", "_") + "-" + version
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{stem}.dist-info/RECORD", "")
        wheel.writestr(f"nvidia/cu13/lib/{stem}", "")


def put_program(path, script):
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def set_up(tmp_path):
    """Runs a copy of tools/setup, whose build folder is its own, and gives the lines that it says."""
    if subprocess.run(["/usr/bin/python3", "-m", "pip", "--version"], capture_output=True, check=False).returncode != 0:
        pytest.skip("there is no pip")
    (tmp_path / "tools").mkdir()
    shutil.copy(SETUP, tmp_path / "tools")
    put_program(tmp_path / "tools/setup_torch", "touch build/asked_for_torch")
    (tmp_path / "wheels").mkdir()
    for name, version in re.findall(r"\b(nvidia-[a-z-]+)==([\d.]+)", SETUP.read_text()):
        put_wheel(tmp_path / "wheels", name, version)
    for program in ("apt-get", "sudo"):  # a test changes nothing of the machine
        put_program(tmp_path / "bin" / program, "exit 1")
    env = os.environ | {"CUDA_HOME": "/nonexistent", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "wheels")}
    env["PATH"] = f"{tmp_path / 'bin'}:{env['PATH']}"

    def run(*arguments):
        done = subprocess.run([tmp_path / "tools/setup", *arguments], env=env, capture_output=True, text=True, check=False)
        if "apt-get update failed" in done.stderr:
            pytest.skip("packages are missing; tools/setup --tests installs them")
        assert done.returncode == 0, done.stderr
        return [line for line in done.stderr.splitlines() if line.startswith("setup:")]

    return run


def wheels_in(folder):
    return {path.name.split("-")[0] for path in folder.glob("*.dist-info")}


def test_what_the_tests_need_leaves_a_plain_set_up_alone(set_up, tmp_path):
    build = tmp_path / "build"
    assert "into build/cuda" in set_up()[-1] and set_up() == []
    assert wheels_in(build / "cuda") == {"nvidia_cuda_nvrtc", "nvidia_cuda_runtime", "nvidia_cuda_crt"}
    assert wheels_in(build / "cuda_tests") == {"nvidia_cuda_cccl"}  # which CMake looks for whenever it declares the tests
    (build / "cuda/in_use").touch()
    assert not (build / "asked_for_torch").exists()
    assert len(set_up("--tests")) == 1 and set_up("--tests") == [] and set_up() == []
    assert (build / "asked_for_torch").exists()
    assert (build / "cuda/in_use").exists()
    assert wheels_in(build / "nvdisasm") == {"nvidia_cuda_nvdisasm"}


def test_another_version_replaces_the_folder(set_up, tmp_path):
    set_up()
    stale = next((tmp_path / "build/cuda").glob("nvidia_cuda_nvrtc-*.dist-info"))
    stale.rename(stale.with_name("nvidia_cuda_nvrtc-12.0.0.dist-info"))
    assert len(set_up()) == 1 and stale.exists() and not list(tmp_path.glob("build/cuda/*-12.0.0.*"))
