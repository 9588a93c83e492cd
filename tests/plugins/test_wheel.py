"""The wheel: what it asks of a system, what it holds, and what a fresh environment can do with it."""
import email
import importlib.metadata
import json
import pathlib
import re
import zipfile

import pytest
import wheel

NATIVE = ("lib/libfp4jit.so", "bin/fp4jit")
C_LIBRARY = {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2"}
SPEC = "nvfp4_quantize[k=4096,in=bf16,layout=128x4]"
LLAMA = wheel.SOURCE / "examples/models/Llama-3.3-70B-Instruct-NVFP4"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("wheel")


@pytest.fixture(scope="module")
def repaired(home):
    return wheel.build(home)


@pytest.fixture(scope="module")
def unpacked(home, repaired):
    with zipfile.ZipFile(repaired) as archive:
        archive.extractall(home / "unpacked")
    return home / "unpacked"


@pytest.fixture(scope="module")
def fresh(home, repaired):
    return wheel.install(home, repaired)


def version():
    header = (wheel.SOURCE / "runtime/include/fp4jit/fp4jit.h").read_text()
    return ".".join(re.findall(r"#define FP4JIT_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header))


def test_one_wheel_is_for_every_python_and_for_glibc_2_35(repaired, unpacked):
    name = re.fullmatch(rf"fp4jit-{re.escape(version())}-(py3-none-manylinux_2_(\d+)_\w+)\.whl", repaired.name)
    assert name and int(name[2]) <= 35, repaired.name
    (tags,) = unpacked.glob("*.dist-info/WHEEL")
    assert email.message_from_string(tags.read_text()).get_all("Tag") == [name[1]]


@pytest.mark.parametrize("path", NATIVE)
def test_its_native_parts_need_the_c_library_alone(unpacked, path):
    elf = unpacked / "fp4jit" / path
    needed = {name for name in wheel.needed(elf) if not name.startswith("ld-linux")}
    assert "libc.so.6" in needed and needed <= C_LIBRARY
    versions = wheel.symbol_versions(elf)
    assert {name for name, _ in versions} == {"GLIBC"}
    assert (2, 2, 5) < max(number for _, number in versions) <= (2, 35)
    assert ".text" in wheel.sections(elf) and ".symtab" not in wheel.sections(elf)


def test_it_holds_the_package_and_no_other_file(unpacked):
    sources = wheel.SOURCE / "plugins/torch"
    modules = {str(path.relative_to(sources)) for path in sources.rglob("fp4jit/**/*.py")}
    held = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    assert "fp4jit/__init__.py" in modules
    assert {path for path in held if ".dist-info/" not in path} == modules | {f"fp4jit/{path}" for path in NATIVE}


def test_its_metadata(unpacked):
    (folder,) = unpacked.glob("*.dist-info")
    found = importlib.metadata.Distribution.at(folder)
    assert (found.metadata["Name"], found.version, found.metadata["License-Expression"]) == ("fp4jit", version(), "Apache-2.0")
    assert (folder / "licenses/LICENSE").read_text() == (wheel.SOURCE / "LICENSE").read_text()
    assert set(found.requires) == {
        'nvidia-cuda-nvrtc<14,>=13; extra == "cu13"',
        'nvidia-cuda-nvrtc-cu12>=12.8; extra == "cu12"',
    }
    assert {(entry.group, entry.name, entry.value) for entry in found.entry_points} == {
        ("console_scripts", "fp4jit", "fp4jit.cli:main"),
        ("vllm.general_plugins", "fp4jit", "fp4jit.engines.vllm:register"),
        ("sglang.srt.plugins", "fp4jit", "fp4jit.engines.sglang:register"),
    }


def test_the_script_is_the_program(home, fresh):
    assert version() in wheel.run(home, fresh / "bin/fp4jit", "version")
    plan = ("prewarm", "--dry-run", "--json", "--target", "sm_100a")
    specs = json.loads(wheel.run(home, fresh / "bin/fp4jit", *plan, "--spec", SPEC))["specs"]
    assert [(row["spec"], row["status"]) for row in specs] == [(f"{SPEC}@sm_100a", "planned")]
    assert len(json.loads(wheel.run(home, fresh / "bin/fp4jit", *plan, "--model", LLAMA, "--tp", "8"))["specs"]) == 3


def test_import_opens_the_package_and_the_library_alone(home, fresh):
    log = home / "strace"
    strace = ("strace", "-f", "-qq", "-e", "trace=%file", "-o", log)
    touched = {}
    for statement in ("import ctypes", "import fp4jit"):
        wheel.run(home, *strace, fresh / "bin/python", "-c", statement)
        touched[statement] = set(re.findall(r'"(/[^"\n]*)"', log.read_text()))
    new = touched["import fp4jit"] - touched["import ctypes"]
    (package,) = fresh.glob("lib/python3*/site-packages/fp4jit")
    assert str(package / "lib/libfp4jit.so") in new
    standard_library = re.compile(r"/usr/lib/python3[\d.]*/(?!dist-packages)")
    others = {path for path in new if not pathlib.Path(path).is_relative_to(package)}
    assert {path for path in others if not standard_library.match(path)} == set()
    assert not [path for path in touched["import fp4jit"] if re.search("libcuda|nvrtc|cache/fp4jit|/torch/", path)]


def test_import_is_quick(home, fresh, capsys):
    """How quick is told and judges nothing; what judges is that nothing slow comes with it."""
    python = fresh / "bin/python"
    loaded = "import sys; before = set(sys.modules); import fp4jit; print(*(set(sys.modules) - before))"
    modules = {name.split(".")[0] for name in wheel.run(home, python, "-c", loaded).split()}
    assert "fp4jit" in modules and not modules & {"torch", "numpy", "json", "re", "subprocess", "importlib", "typing"}
    script = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
    ours, theirs = (
        min(float(wheel.run(home, python, "-c", script.format(name))) for _ in range(3)) for name in ("fp4jit", "ctypes")
    )
    with capsys.disabled():
        print(f"import fp4jit: {1000 * ours:.1f} ms, of which ctypes alone: {1000 * theirs:.1f} ms")


def test_the_public_function_works_beside_torch(home, fresh):
    script = """
import torch, fp4jit.torch
x = torch.ones(4, 64, dtype=torch.bfloat16)
data, scales = fp4jit.torch.quantize(x, torch.tensor([1.0]), format="nvfp4", sf_layout="linear")
print(tuple(data.shape), data.dtype, tuple(scales.shape), data.unique().tolist(), scales.unique().tolist())
"""
    said = wheel.run(home, "env", "PYTHONDONTWRITEBYTECODE=1", f"PYTHONPYCACHEPREFIX={wheel.SOURCE}/build/venv/pycache",
                     fresh / "bin/python", "-c", script)
    assert said == "(4, 32) torch.uint8 (4, 4) [119] [35]\n"


def test_the_readme_s_screen_runs_as_it_stands(home, fresh):
    readme = (wheel.SOURCE / "README.md").read_text()
    screen = re.search(r"```python\n(.*?)```", readme[readme.index("## From PyTorch") :], re.DOTALL).group(1)
    script = home / "screen.py"
    script.write_text(screen)
    said = wheel.run(home, fresh / "bin/python", script).splitlines()
    assert said[-1] == "torch.Size([17, 2048]) torch.Size([128, 256])"
