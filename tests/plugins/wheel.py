"""Makes the wheel of this build, as pip and auditwheel make it, and an environment of its own that has it."""
import os
import pathlib
import re
import subprocess
import sys
import sysconfig

SOURCE = pathlib.Path(os.environ["FP4JIT_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["FP4JIT_BUILD_DIR"])
PIP = ("-m", "pip", "--disable-pip-version-check")


def environment(home):
    """A user's: nothing of this test's, no network, and the programs of this Python's packages."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "FP4JIT_"))}
    path = f"{pathlib.Path(sys.executable).parent}:{kept['PATH']}"
    return kept | {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PATH": path, "PIP_NO_INDEX": "1"}


def run(home, *command):
    """What it says on stdout, of a command that has to succeed."""
    done = subprocess.run(
        list(map(str, command)), cwd=home, env=environment(home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(home):
    """The repaired wheel. The library and the program are those of this build, as it installs them."""
    run(home, "cmake", "--install", BUILD, "--prefix", home / "prefix")
    prebuilt = f"--config-settings=cmake.define.FP4JIT_PREBUILT={home / 'prefix'}"
    options = ("--no-build-isolation", "--no-deps", prebuilt, "-w", home / "raw")
    run(home, sys.executable, *PIP, "wheel", *options, SOURCE / "plugins/torch")
    (raw,) = (home / "raw").iterdir()
    run(home, sys.executable, "-m", "auditwheel", "repair", "-w", home / "repaired", raw)
    (repaired,) = (home / "repaired").iterdir()
    return repaired


def install(home, wheel):
    """The folder of a fresh virtual environment with this wheel in it, and torch within its sight."""
    fresh = home / "fresh"
    run(home, "/usr/bin/python3", "-m", "venv", "--system-site-packages", "--without-pip", fresh)
    run(home, fresh / "bin/python", *PIP, "install", "--no-deps", wheel)
    (packages,) = fresh.glob("lib/python3*/site-packages")
    (packages / "torch.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return fresh


def needed(elf):
    """The libraries that the loader opens for it."""
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-d", elf)))


def symbol_versions(elf):
    """Such as {("GLIBC", (2, 34)), …}: what it wants of those libraries."""
    found = re.findall(r"Name: ([A-Z]+)_([\d.]+) ", output("readelf", "-V", elf))
    return {(name, tuple(map(int, version.split(".")))) for name, version in found}


def sections(elf):
    return set(re.findall(r"^ *\[ *\d+\] (\.\S+)", output("readelf", "-SW", elf), re.MULTILINE))


def output(*command):
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
