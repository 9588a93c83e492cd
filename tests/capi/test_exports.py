"""What libfp4jit.so shows and needs, as the linker sees it."""
import os
import pathlib
import re
import subprocess

SOURCE = pathlib.Path(os.environ["FP4JIT_SOURCE_DIR"])
LIBRARY = pathlib.Path(os.environ["FP4JIT_BUILD_DIR"], "runtime", "libfp4jit.so")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def exported():
    lines = output("nm", "-D", "--defined-only", LIBRARY).splitlines()
    return {line.split()[-1] for line in lines}


def test_exports_are_the_functions_of_the_header_and_nothing_else():
    header = (SOURCE / "runtime/include/fp4jit/fp4jit.h").read_text()
    declared = set(re.findall(r"^FP4JIT_API [^(]*?(fp4jit_\w+)\(", header, re.MULTILINE))
    assert len(declared) > 15
    assert exported() == declared


def test_neither_driver_nor_compiler_is_needed_to_load():
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-d", LIBRARY))
    assert "libc.so.6" in needed
    assert [name for name in needed if re.search("cuda|nvrtc|nvidia", name)] == []


def test_it_is_at_most_3_megabytes(tmp_path):
    stripped = tmp_path / "libfp4jit.so"
    output("strip", "-o", stripped, LIBRARY)
    assert stripped.stat().st_size <= 3_000_000


def test_the_soname_is_that_of_its_abi():
    assert "[libfp4jit.so.0.1]" in output("readelf", "-d", LIBRARY)


def test_dlclose_leaves_it_mapped():
    assert re.search(r"\(FLAGS_1\).*\bNODELETE\b", output("readelf", "-d", LIBRARY))
