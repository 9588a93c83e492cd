"""The tables of fp4jit/_abi.py say what fp4jit.h says: enumerations, structs, sizes, prototypes."""
import ctypes
import os
import pathlib
import re
import struct
import subprocess

import pytest

from fp4jit import _abi, errors, shapes

HEADER = pathlib.Path(os.environ["FP4JIT_SOURCE_DIR"]) / "runtime/include/fp4jit/fp4jit.h"
TEXT = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)

# Table -> what its values' names begin with in the header.
TABLES = {
    "STATUSES": "FP4JIT_E_",
    "OPS": "FP4JIT_OP_",
    "FORMATS": "FP4JIT_FORMAT_",
    "DTYPES": "FP4JIT_DTYPE_",
    "SF_LAYOUTS": "FP4JIT_SF_LAYOUT_",
    "SCALES": "FP4JIT_SCALE_",
    "NUMERICS": "FP4JIT_NUMERICS_",
    "UE8M0_MODES": "FP4JIT_UE8M0_",
    "ON_MISS": "FP4JIT_ON_MISS_",
    "SEAL_MODES": "FP4JIT_SEAL_",
    "ARTIFACTS": "FP4JIT_ARTIFACT_",
    "STORE_STATES": "FP4JIT_STORE_",
}
# Values of the header for which the package has no name: "not set", and operators to come.
UNNAMED = {"FP4JIT_ON_MISS_DEFAULT", "FP4JIT_ARTIFACT_DEFAULT"}
STRUCTS = {
    "fp4jit_spec": (_abi.Spec, _abi.SPEC_FIELDS),
    "fp4jit_output_shape": (_abi.OutputShape, _abi.OUTPUT_SHAPE_FIELDS),
    "fp4jit_launch_args": (_abi.LaunchArgs, _abi.LAUNCH_ARGS_FIELDS),
    "fp4jit_config": (_abi.Config, _abi.CONFIG_FIELDS),
    "fp4jit_prepare_args": (_abi.PrepareArgs, _abi.PREPARE_ARGS_FIELDS),
    "fp4jit_counters": (_abi.Counters, _abi.COUNTERS_FIELDS),
}
CODES = {"uint32_t": "I", "int64_t": "q", "uint64_t": "Q", "size_t": "N", "double": "d", "const char*": "z"}


def header_values() -> dict[str, int]:
    return {name: int(value) for name, value in re.findall(r"\b(FP4JIT_\w+) = (\d+)", TEXT)}


def code_of(c_type: str) -> str:
    """The type code of a member, or of an argument: all enumerations are int32_t."""
    if c_type in CODES:
        return CODES[c_type]
    return "P" if c_type.endswith("*") or c_type.endswith("_fn") else "i"


def members(name: str) -> list[tuple[str, str]]:
    body = re.search(rf"typedef struct {name} {{(.*?)}} {name};", TEXT, re.S).group(1)
    found = []
    for declaration in filter(None, (" ".join(d.split()) for d in body.split(";"))):
        c_type, names = re.match(r"(.*?[\w*]) (\w+(?:, \w+)*)$", declaration).groups()
        found += [(member, code_of(c_type)) for member in names.split(", ")]
    return found


@pytest.mark.parametrize("table", TABLES)
def test_an_enumeration_has_the_headers_names_and_numbers(table):
    prefix = TABLES[table]
    named = {prefix + n.upper().replace("-", "_"): v for n, v in getattr(_abi, table).items()}
    theirs = {n: v for n, v in header_values().items() if n.startswith(prefix) and n not in UNNAMED}
    if table == "STATUSES":
        named["FP4JIT_OK"] = named.pop("FP4JIT_E_OK")
        theirs["FP4JIT_OK"] = header_values()["FP4JIT_OK"]
    if table == "OPS":
        theirs = {n: v for n, v in theirs.items() if n in named}
    assert len(named) > 0 and named == theirs


@pytest.mark.parametrize("name", STRUCTS)
def test_a_struct_has_the_headers_members(name):
    assert list(STRUCTS[name][1]) == members(name)


def test_structs_have_the_compilers_sizes_and_offsets(tmp_path):
    rows = [(name, field) for name, (_, fields) in STRUCTS.items() for field, _ in fields]
    lines = [f'printf("%zu ", offsetof({name}, {field}));' for name, field in rows]
    lines += [f'printf("%zu ", sizeof({name}));' for name in STRUCTS]
    source = tmp_path / "sizes.c"
    source.write_text(f'#include <fp4jit/fp4jit.h>\n#include <stdio.h>\nint main(void) {{ {"".join(lines)} }}')
    subprocess.run(["cc", f"-I{HEADER.parent.parent}", source, "-o", tmp_path / "sizes"], check=True)
    printed = subprocess.run([tmp_path / "sizes"], capture_output=True, text=True, check=True).stdout
    ours = [getattr(STRUCTS[name][0], field).offset for name, field in rows]
    ours += [ctypes.sizeof(cls) for cls, _ in STRUCTS.values()]
    assert ours == [int(word) for word in printed.split()]


def test_the_packer_makes_the_struct():
    fields = _abi.LAUNCH_ARGS_FIELDS
    packed = _abi.pack_launch_args(*range(1, len(fields) + 1))
    assert len(packed) == _abi.LAUNCH_ARGS_SIZE == struct.calcsize("@" + "".join(t for _, t in fields))
    again = _abi.LaunchArgs.from_buffer_copy(packed)
    assert [getattr(again, name) for name, _ in fields] == list(range(1, len(fields) + 1))


@pytest.mark.parametrize("name", _abi.PROTOTYPES)
def test_a_prototype_has_the_headers_arguments(name):
    result, arguments = re.search(rf"FP4JIT_API ([\w\s]+\*?)\s*{name}\(([^)]*)\);", TEXT).groups()
    ours, our_result = _abi.PROTOTYPES[name]
    theirs = [] if arguments == "void" else [" ".join(a.split()).rpartition(" ")[0] for a in arguments.split(",")]
    assert [kind(ctypes_kind(t)) for t in theirs] == [kind(t) for t in ours]
    assert kind(ctypes_kind(result.strip())) == kind(our_result)


def ctypes_kind(c_type: str) -> type:
    return _abi._CTYPES[code_of(c_type)]


def kind(ctype: type) -> str:
    """All pointers are alike to the machine."""
    return "pointer" if not issubclass(ctype, ctypes._SimpleCData) or ctype._type_ in "Pz" else ctype._type_


def test_version_formats_and_errors_are_complete():
    version = [int(re.search(rf"VERSION_{part} (\d+)", TEXT).group(1)) for part in ("MAJOR", "MINOR")]
    assert _abi.ABI_VERSION == tuple(version)
    assert set(shapes.FORMAT_ROWS) == set(_abi.FORMATS.values())
    assert set(shapes.TILES) == set(_abi.SF_LAYOUTS.values())
    classes = {type(errors.error_of(number, "")).status for name, number in _abi.STATUSES.items() if name != "OK"}
    assert classes == set(_abi.STATUSES) - {"OK"}
