"""stats: what the store holds, and which of the named specs it has."""
import json
import os
import pathlib
import re
import subprocess

import pytest
from program import NOWHERE, SPEC, spec_of

OTHER = spec_of(7168, "mxfp8", "sm_90")
NEWER = "nvfp4_amax[k=16,in=bf16,layout=128x4]@sm_100a"


def layers(answer):
    return {spec["spec"]: spec["layer"] for spec in answer["specs"]}


def non_zero(answer):
    return {name: value for name, value in answer["counters"].items() if value and name != "io_ops"}


def test_an_absent_store_is_empty_and_stays_absent(fp4jit):
    answer = fp4jit.json("stats")
    assert answer["store"] == {
        "root": str(fp4jit.cache), "state": "read-write", "reason": "", "records": 0, "bytes": 0, "bad": 0, "foreign": 0,
        "by_toolchain": {}, "by_target": {}, "by_kind": {}, "by_format": {},
    }  # fmt: skip
    assert answer["specs"] == [] and non_zero(answer) == {}
    assert not fp4jit.cache.exists()


def test_the_counting_itself_is_not_counted(fp4jit):
    before = fp4jit.json("stats")["counters"]["io_ops"]
    fp4jit.prewarm(SPEC, OTHER)
    assert fp4jit.json("stats")["counters"]["io_ops"] == before


def test_the_store_is_counted_by_what_records_are_for(fp4jit):
    fp4jit.prewarm(SPEC, OTHER)
    fp4jit.json("prewarm", "--spec", SPEC, "--artifact", "ptx")
    store = fp4jit.json("stats")["store"]
    sizes = {path: path.stat().st_size for path in fp4jit.records()}
    assert (store["records"], store["bytes"]) == (3, sum(sizes.values()))
    records = fp4jit.json("list")["records"]
    for group, of in {
        "by_kind": lambda record: record["kind"],
        "by_toolchain": lambda record: record["toolchain"],
        "by_target": lambda record: record["spec"].split("@")[1],
        "by_format": lambda record: record["spec"].split("_")[0],
    }.items():
        expected = {}
        for record in records:
            count = expected.setdefault(of(record), {"records": 0, "bytes": 0})
            count["records"] += 1
            count["bytes"] += record["bytes"]
        assert store[group] == expected
    assert set(store["by_format"]) == {"nvfp4", "mxfp8"} and set(store["by_target"]) == {"sm_100a", "sm_90"}
    lines = fp4jit.run("stats").stdout
    assert f"store {fp4jit.cache} (read-write): 3 records, {store['bytes']} bytes, 0 bad, 0 foreign\n" in lines
    assert re.search(rf"^  kind +cubin +2 records +{store['by_kind']['cubin']['bytes']} bytes$", lines, re.M)


def test_named_specs_are_looked_up_and_never_compiled(fp4jit, tmp_path):
    fp4jit.prewarm(SPEC)
    assert layers(fp4jit.json("stats", "--spec", SPEC)) == {SPEC: "store"}
    answer = fp4jit.json("stats", "--spec", SPEC, OTHER, SPEC, code=1)
    assert layers(answer) == {SPEC: "store", OTHER: "missing"} and len(answer["specs"]) == 2
    assert non_zero(answer) == {"store_hits": 1} and answer["counters"]["io_ops"] > 0
    assert len(fp4jit.records()) == 1
    trace, manifest = tmp_path / "app.trace", tmp_path / "plan.json"
    trace.write_text(f"{SPEC}\n{OTHER}\n")
    manifest.write_text(json.dumps(answer))  # what stats prints is a manifest
    for flags in (["--from-trace", trace], ["--manifest", manifest]):
        assert layers(fp4jit.json("stats", *flags, code=1)) == {SPEC: "store", OTHER: "missing"}
    assert fp4jit.json("prewarm", "--manifest", manifest)["compiled"] == 1
    for flags in (["--from-trace", trace], ["--manifest", manifest]):
        done = fp4jit.run("stats", *flags, env={"FP4JIT_NVRTC": NOWHERE})
        assert done.returncode == 0 and done.stderr == "" and f"store    {OTHER}\n" in done.stdout
        assert "counter store_hits        2\n" in done.stdout


def test_what_is_missing_is_listed_with_what_to_do(fp4jit):
    done = fp4jit.run("stats", "--spec", SPEC, OTHER)
    assert done.returncode == 1 and f"missing  {SPEC}\nmissing  {OTHER}\n" in done.stdout
    assert "2 of 2 specs are missing; fp4jit prewarm with the same flags compiles them" in done.stderr


def test_a_spec_of_a_newer_version_is_missing_and_says_why(fp4jit, tmp_path):
    trace = tmp_path / "app.trace"
    trace.write_text(f"{NEWER}\n{SPEC}")
    done = fp4jit.run("stats", "--from-trace", trace)
    assert done.returncode == 1 and f"missing  {NEWER}: " in done.stdout and "no template" in done.stdout
    assert f"warning: {trace}:2: " in done.stderr and "1 of 1 specs are missing\n" in done.stderr


def test_targets_stand_in_for_the_traces_own(fp4jit, tmp_path):
    trace = tmp_path / "app.trace"
    trace.write_text(f"{SPEC}\n")
    fp4jit.prewarm(spec_of(4096, target="sm_90"))
    answer = fp4jit.json("stats", "--from-trace", trace, "--target", "sm_90,sm_100a", code=1)
    assert layers(answer) == {spec_of(4096, target="sm_90"): "store", SPEC: "missing"}


def test_an_artifact_of_another_kind_is_missing(fp4jit):
    fp4jit.prewarm(SPEC)
    assert layers(fp4jit.json("stats", "--spec", SPEC, "--artifact", "ptx", code=1)) == {SPEC: "missing"}
    assert layers(fp4jit.json("stats", "--spec", SPEC, code=1, env={"FP4JIT_ARTIFACT": "ptx"})) == {SPEC: "missing"}


def test_a_damaged_record_is_missing_and_counted(fp4jit):
    fp4jit.prewarm(SPEC, OTHER)
    path = fp4jit.records()[0]
    path.write_bytes(path.read_bytes()[:-1])
    assert (fp4jit.json("stats")["store"]["records"], fp4jit.json("stats")["store"]["bad"]) == (1, 1)
    answer = fp4jit.json("stats", "--spec", SPEC, OTHER, code=1)
    assert sorted(layers(answer).values()) == ["missing", "store"]
    assert non_zero(answer) == {"store_hits": 1, "quarantined": 1} and answer["store"]["bad"] == 0


def test_the_counters_are_those_of_the_c_api(fp4jit):
    header = open(os.path.join(os.environ["FP4JIT_SOURCE_DIR"], "runtime/include/fp4jit/fp4jit.h"), encoding="utf8").read()
    struct = re.search(r"typedef struct fp4jit_counters \{(.*?)\} fp4jit_counters;", header, re.S).group(1)
    struct = re.sub(r"/\*.*?\*/", "", struct, flags=re.S)
    fields = {name for names in re.findall(r"(?:uint64_t|double) ([^;]+);", struct) for name in re.split(r",\s*", names)}
    assert fields == set(fp4jit.json("stats")["counters"])


def test_a_store_that_cannot_be_used(fp4jit):
    fp4jit.cache.write_text("a file")
    answer = fp4jit.json("stats", code=1)
    assert (answer["store"]["state"], answer["store"]["records"]) == ("memory-only", 0)
    assert str(fp4jit.cache) in answer["store"]["reason"]
    assert layers(fp4jit.json("stats", "--spec", SPEC, code=1)) == {SPEC: "missing"}
    assert "the store cannot be used" in fp4jit.run("stats").stderr


def test_stdin(fp4jit):
    fp4jit.prewarm(SPEC)
    done = subprocess.run(
        fp4jit.command("stats", "--from-trace", "-"), input=SPEC + "\n", env=fp4jit.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and f"store    {SPEC}\n" in done.stdout


@pytest.mark.parametrize(
    "flags, says",
    [
        (["--spec", SPEC, "--from-trace", "/dev/null"], "excludes"),
        (["--manifest", "/dev/null", "--from-trace", "/dev/null"], "excludes"),
        (["--spec", spec_of(232)], "14.5 blocks"),
        (["--spec", SPEC, "--target", "sm_90"], "leave out that, or --target"),
        (["--target", "sm_90"], "give --spec, --from-trace or --manifest"),
        (["--from-trace", "/nonexistent/trace"], "No such file"),
        (["--artifact", "elf"], "cubin,ptx"),
        (["--k", "16"], "--k"),
    ],
)
def test_wrong_flags(fp4jit, flags, says):
    fp4jit.refused(2, "stats", *flags, says=says)


def test_the_counters_are_those_of_the_c_api(fp4jit):
    header = pathlib.Path(os.environ["FP4JIT_SOURCE_DIR"], "runtime/include/fp4jit/fp4jit.h").read_text()
    struct = re.search(r"typedef struct fp4jit_counters \{(.*?)\} fp4jit_counters;", header, re.S).group(1)
    declared = re.findall(r"^  (?:uint64_t|double) (\w+);", struct, re.M)
    assert len(declared) > 20 and sorted(fp4jit.json("stats")["counters"]) == sorted(declared)
