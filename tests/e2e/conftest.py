import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest
from program import Program

NOBODY = 65534


@pytest.fixture
def fp4jit(tmp_path):
    return Program(tmp_path)


@pytest.fixture(scope="session")
def everybodys_copy():
    """A copy of the program, and of NVRTC where it cannot be read by everybody, in a folder that can."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fp4jit_e2e_"))
    folder.chmod(0o755)
    binary = shutil.copy(os.environ["FP4JIT_BIN"], folder / "fp4jit")
    nvrtc = Program(folder).json("doctor")["nvrtc"].get("path", "")
    if os.path.isabs(nvrtc):
        for library in pathlib.Path(nvrtc).resolve().parent.glob("libnvrtc*.so*"):
            shutil.copy(library, folder / library.name)
        nvrtc = str(folder / pathlib.Path(nvrtc).resolve().name)
    yield binary, {"FP4JIT_NVRTC": nvrtc} if nvrtc else {}
    shutil.rmtree(folder)


@pytest.fixture
def unprivileged(everybodys_copy):
    """The program run by a user who is not root, with a folder of his own."""
    binary, env = everybodys_copy
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fp4jit_user_"))
    prefix = []
    if os.geteuid() == 0:
        prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        if subprocess.run([*prefix, "true"], check=False).returncode != 0:
            pytest.skip("setpriv cannot change the user here")
        os.chown(folder, NOBODY, NOBODY)
    yield Program(folder, binary, prefix, env)
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o700)
    shutil.rmtree(folder)
