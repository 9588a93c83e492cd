"""Installs into a folder of its own and builds a stranger's program against that, in each way there is."""
import os
import pathlib
import subprocess

import pytest

BUILD = pathlib.Path(os.environ["FP4JIT_BUILD_DIR"])
CONSUMER = pathlib.Path(os.environ["FP4JIT_SOURCE_DIR"], "tests/install/consumer")
EXPECTED = "fp4jit 0.1.0 scale 127\n"


def run(*command, **environment):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """Moved after it was installed: nothing in it may name the place where it was made."""
    first = tmp_path_factory.mktemp("install") / "first"
    run("cmake", "--install", BUILD, "--prefix", first)
    return first.rename(first.with_name("moved"))


def library_folder(prefix):
    (library,) = prefix.rglob("libfp4jit.so")
    return library.parent


def pkg_config(prefix, *flags):
    path = str(library_folder(prefix) / "pkgconfig")
    return run("pkg-config", *flags, "fp4jit", PKG_CONFIG_PATH=path).split()


def test_find_package_gives_both_libraries(prefix, tmp_path):
    run("cmake", "-G", "Ninja", "-S", CONSUMER, "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", tmp_path)
    assert run(tmp_path / "shared") == EXPECTED
    assert run(tmp_path / "static") == EXPECTED
    assert "libfp4jit" not in run("readelf", "-d", tmp_path / "static")


def test_pkg_config_links_the_shared_library(prefix, tmp_path):
    program = tmp_path / "program"
    run("cc", "-std=c99", CONSUMER / "consumer.c", "-o", program, *pkg_config(prefix, "--cflags", "--libs"))
    assert run(program, LD_LIBRARY_PATH=str(library_folder(prefix))) == EXPECTED


def test_pkg_config_links_the_static_library_alone(prefix, tmp_path):
    program = tmp_path / "program"
    flags = pkg_config(prefix, "--cflags", "--libs", "--static")
    flags = ["-l:libfp4jit.a" if flag == "-lfp4jit" else flag for flag in flags]
    run("cc", "-std=c99", CONSUMER / "consumer.c", "-o", program, *flags)
    assert run(program) == EXPECTED


def test_nothing_names_the_build(prefix):
    for file in [*prefix.rglob("*.cmake"), *prefix.rglob("*.pc")]:
        assert str(BUILD) not in file.read_text(), file
