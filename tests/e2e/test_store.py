"""The store as verbs see it: list, show, verify; places that cannot be used; records that were damaged."""
import os
import random
import re
import shutil
import subprocess

import pytest
from program import NOWHERE, SPEC, Program, spec_of

HEADER_BYTES = 84  # cache/record.h: everything before the variable fields
MANY = [spec_of(16 * (i + 1)) for i in range(96)]


def test_list_names_every_record(fp4jit):
    fp4jit.prewarm(SPEC, spec_of(7168, "mxfp8"))
    records = fp4jit.json("list")["records"]
    assert {record["spec"] for record in records} == {SPEC, spec_of(7168, "mxfp8")}
    for record in records:
        path = fp4jit.cache / record["path"]
        assert path.stat().st_size == record["bytes"] and record["kind"] == "cubin"
        assert re.fullmatch(r"[0-9a-f]{32}", record["key"]) and re.fullmatch(r"\d+\.\d+", record["toolchain"])
        assert str(path).endswith(f"{record['key'][:2]}/{record['key'][2:]}-{record['toolchain']}.rec")
    assert SPEC in fp4jit.run("list").stdout


def test_an_absent_store_is_empty_and_stays_absent(fp4jit):
    assert fp4jit.json("list")["records"] == []
    assert fp4jit.json("verify") == {"checked": 0, "good": 0, "bad": [], "foreign": []}
    assert not fp4jit.cache.exists()


def test_show_takes_a_spec_or_a_key(fp4jit):
    before = fp4jit.json("show", SPEC)
    assert before["spec"] == SPEC and before["record"] is None and before["fields"]["sf_vec_size"] == 16
    fp4jit.prewarm(SPEC)
    after = fp4jit.json("show", SPEC, "--source")
    assert after["key"] == before["key"] and SPEC in after["key_text"]
    assert after["record"]["registers"] > 0 and after["record"]["kernel_symbol"] and "k" in after["source"]
    assert fp4jit.json("show", after["key"])["record"] == after["record"]
    done = fp4jit.run("show", SPEC, "--source")
    assert done.returncode == 0 and after["source"] in done.stdout


def test_show_compiles_ptx_to_look_at_and_stores_nothing(fp4jit):
    ptx = fp4jit.json("show", SPEC, "--ptx")["ptx"]
    assert ".target sm_100a" in ptx and ".entry" in ptx
    assert not fp4jit.cache.exists()


def test_show_writes_the_compiled_bytes(fp4jit, tmp_path):
    payload = tmp_path / "kernel.cubin"
    fp4jit.refused(2, "show", SPEC, "--payload", payload, says="is not in the store")
    assert not payload.exists()
    fp4jit.prewarm(SPEC)
    assert fp4jit.run("show", SPEC, "--payload", payload).returncode == 0
    record = (fp4jit.cache / fp4jit.json("list")["records"][0]["path"]).read_bytes()
    assert payload.read_bytes().startswith(b"\x7fELF") and payload.read_bytes() in record
    fp4jit.refused(2, "show", SPEC, "--payload", tmp_path / "none/kernel.cubin", says="cannot be written")


def test_a_show_that_is_refused_writes_no_file(fp4jit, tmp_path):
    payload = tmp_path / "kernel.cubin"
    payload.write_text("mine")
    fp4jit.prewarm(SPEC)
    fp4jit.refused(3, "show", SPEC, "--ptx", "--payload", payload, says="NVRTC", env={"FP4JIT_NVRTC": NOWHERE})
    assert payload.read_text() == "mine" and not list(tmp_path.glob("*.tmp"))


def test_show_refuses_what_it_does_not_know(fp4jit):
    fp4jit.refused(2, "show", "0" * 32, says="no record with the key")
    fp4jit.refused(2, "show", "nvfp4_quantize", says="expected FORMAT_OP")
    fp4jit.refused(2, "show", "nvfp4_quantize[k=232,in=bf16,layout=128x4]@sm_100a", says="14.5 blocks")


def test_version_and_doctor(fp4jit):
    version = fp4jit.json("version")["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    doctor = fp4jit.json("doctor")
    assert doctor["version"] == version and "sm_100a" in doctor["targets"]
    assert {"FP4JIT_CACHE_DIR", "FP4JIT_NVRTC"} <= {row["name"] for row in doctor["environment"]}
    assert doctor["cache"]["root"] == str(fp4jit.cache) and doctor["cache"]["state"] == "read-write"
    assert doctor["cache"]["file_system"] and doctor["nvrtc"]["candidates"] and "error" in doctor["driver"]
    assert not fp4jit.cache.exists()
    blind = fp4jit.json("doctor", env={"FP4JIT_NVRTC": "/nonexistent/libnvrtc.so"})
    assert blind["nvrtc"]["candidates"] == ["/nonexistent/libnvrtc.so"] and "error" in blind["nvrtc"]
    assert fp4jit.run("doctor").returncode == 0


def test_doctor_names_nvrtcs_builtins(fp4jit, tmp_path):
    nvrtc = fp4jit.json("doctor")["nvrtc"]
    assert os.path.basename(nvrtc["builtins"]) == f"libnvrtc-builtins.so.{nvrtc['version']}" and os.path.exists(nvrtc["builtins"])
    alone = tmp_path / os.path.basename(nvrtc["path"])
    alone.symlink_to(nvrtc["path"])
    nvrtc = fp4jit.json("doctor", env={"FP4JIT_NVRTC": str(alone)})["nvrtc"]
    assert "builtins" not in nvrtc and f"{tmp_path}/libnvrtc-builtins.so" in nvrtc["builtins_error"]
    assert "builtins_error" in fp4jit.run("doctor", env={"FP4JIT_NVRTC": str(alone)}).stdout


class TestPlaces:
    """A store that cannot be used: all is compiled, nothing is kept, and that is said."""

    def lost(self, program, reason, env=None):
        done = program.run("prewarm", "--spec", SPEC, "--json", env=env)
        answer = program.json("prewarm", "--spec", SPEC, code=1, env=env)
        assert (answer["store"], answer["compiled"], answer["failed"]) == ("memory-only", 1, 0), answer
        assert "warning" in done.stderr and reason in done.stderr, done.stderr

    def test_no_home(self, fp4jit):
        env = {"FP4JIT_CACHE_DIR": None, "HOME": None}
        self.lost(fp4jit, "HOME", env)
        assert fp4jit.json("list", code=1, env=env)["records"] == []

    def test_home_and_xdg_are_where_it_stands_otherwise(self, fp4jit, tmp_path):
        home = {"FP4JIT_CACHE_DIR": None, "HOME": str(tmp_path / "home")}
        assert fp4jit.prewarm(SPEC, env=home)["store"] == str(tmp_path / "home/.cache/fp4jit")
        xdg = home | {"XDG_CACHE_HOME": str(tmp_path / "xdg")}
        assert fp4jit.prewarm(SPEC, env=xdg)["store"] == str(tmp_path / "xdg/fp4jit")

    def test_a_file(self, fp4jit):
        fp4jit.cache.write_text("a file")
        self.lost(fp4jit, str(fp4jit.cache))
        assert fp4jit.cache.read_text() == "a file"

    def test_full(self, fp4jit):
        fp4jit.cache.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=4k,mode=0700", "none", str(fp4jit.cache)]
        if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
            pytest.skip("a full file system needs the right to mount one")
        try:
            self.lost(fp4jit, "No space left")
        finally:
            subprocess.run(["umount", str(fp4jit.cache)], check=True)

    def test_read_only(self, unprivileged):
        unprivileged.prewarm(SPEC)
        for path in [unprivileged.cache, *unprivileged.cache.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        assert unprivileged.prewarm(SPEC)["cached"] == 1
        answer = unprivileged.prewarm(SPEC, spec_of(7168), code=1)
        assert (answer["compiled"], answer["cached"], answer["store"]) == (1, 1, "memory-only")

    def test_empty_and_read_only(self, unprivileged):
        unprivileged.cache.mkdir(mode=0o555)
        if os.geteuid() == 0:
            os.chown(unprivileged.cache, 65534, 65534)
        self.lost(unprivileged, str(unprivileged.cache))

    def test_one_that_cannot_be_listed(self, unprivileged):
        unprivileged.prewarm(SPEC)
        objects = unprivileged.cache / "objects"
        objects.chmod(0)
        verdict = unprivileged.json("verify", code=1)
        assert verdict["bad"] == [{"path": str(objects), "reason": "Permission denied"}]
        listed = unprivileged.run("list")
        assert listed.stdout == "" and "verify says why" in listed.stderr, listed

    def test_owned_by_another_user(self, unprivileged):
        if os.geteuid() != 0:
            pytest.skip("a folder of another user needs root to make")
        unprivileged.cache.mkdir(mode=0o777)
        os.chown(unprivileged.cache, 4242, 4242)
        unprivileged.cache.chmod(0o777)
        self.lost(unprivileged, str(unprivileged.cache))
        assert list(unprivileged.cache.iterdir()) == []

    @pytest.mark.parametrize("folder, private", [("opt/absent", []), ("", [SPEC])])
    def test_roots_shared_store_serves_everybody(self, unprivileged, folder, private):
        if os.geteuid() != 0:
            pytest.skip("a folder of root needs root to make")
        as_root = Program(unprivileged.cache.parent / folder, unprivileged.binary, ["sh", "-c", 'umask 077; exec "$@"', "sh"])
        if private:
            as_root.prewarm(*private)
        shared = as_root.prewarm(SPEC, spec_of(7168), "--shared")
        assert shared["cached"] == len(private)
        for path in [as_root.cache, *as_root.cache.glob("objects/**/*")]:
            assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path
        theirs = {"FP4JIT_NVRTC": NOWHERE, "FP4JIT_CACHE_DIR": str(as_root.cache)}
        answer = unprivileged.prewarm(SPEC, spec_of(7168), env=theirs)
        assert (answer["cached"], answer["store"]) == (2, str(as_root.cache))

    def test_what_cannot_be_shared_is_said(self, unprivileged):
        unprivileged.prewarm(SPEC)
        if os.geteuid() != 0:
            pytest.skip("a record of another user needs root to make")
        os.chown(unprivileged.records()[0], 0, 0)
        done = unprivileged.run("prewarm", "--shared", "--spec", SPEC)
        assert done.returncode == 1 and "cached 1" in done.stdout and "cannot be shared" in done.stderr


class TestDamage:
    """A damaged record is a miss, quarantined and rebuilt, and never loaded."""

    @pytest.fixture(scope="class")
    def compiled(self, tmp_path_factory):
        program = Program(tmp_path_factory.mktemp("compiled"))
        program.prewarm(*MANY)
        return program.cache

    @pytest.fixture
    def stored(self, fp4jit, compiled):
        shutil.copytree(compiled, fp4jit.cache)
        paths = fp4jit.records()
        assert len(paths) == len(MANY)
        return {path: path.read_bytes() for path in paths}

    def check(self, fp4jit, stored, damaged):
        """`damaged` holds other bytes for every stored record."""
        for path, data in damaged.items():
            assert data != stored[path]
            path.unlink()
            path.write_bytes(data)
        quarantined = len(list(fp4jit.cache.glob("quarantine/*")))
        verdict = fp4jit.json("verify", code=1)
        assert (verdict["checked"], verdict["good"], len(verdict["bad"])) == (len(stored), 0, len(stored))
        assert all(bad["reason"] for bad in verdict["bad"]) and fp4jit.json("list")["records"] == []
        answer = fp4jit.prewarm(*MANY)
        assert (answer["compiled"], answer["cached"], answer["failed"]) == (len(stored), 0, 0)
        assert len(list(fp4jit.cache.glob("quarantine/*"))) == quarantined + len(stored)
        assert {path: path.read_bytes() for path in fp4jit.records()} == stored
        verdict = fp4jit.json("verify")
        assert (verdict["checked"], verdict["good"], verdict["bad"]) == (len(stored), len(stored), [])

    @staticmethod
    def flipped(data, position, bit):
        return data[:position] + bytes([data[position] ^ 1 << bit]) + data[position + 1 :]

    def test_every_byte_of_the_header(self, fp4jit, stored):
        assert len(stored) >= HEADER_BYTES
        self.check(
            fp4jit,
            stored,
            {path: self.flipped(data, i % HEADER_BYTES, i % 8) for i, (path, data) in enumerate(stored.items())},
        )

    @pytest.mark.parametrize("seed", [1, 2])
    def test_bytes_anywhere(self, fp4jit, stored, seed):
        dice = random.Random(seed)
        self.check(
            fp4jit,
            stored,
            {path: self.flipped(data, dice.randrange(len(data)), dice.randrange(8)) for path, data in stored.items()},
        )

    def test_any_tail_cut_off(self, fp4jit, stored):
        dice = random.Random(3)
        cuts = [0, 1, 7, 8, 83, 84, 100] + [dice.randrange(8000) for _ in range(40)]
        self.check(
            fp4jit,
            stored,
            {path: data[: min(cuts[i % len(cuts)], len(data) - 1)] for i, (path, data) in enumerate(stored.items())},
        )

    def test_a_record_under_anothers_name(self, fp4jit):
        fp4jit.prewarm(SPEC, spec_of(7168))
        one, other = fp4jit.records()
        genuine = one.read_bytes()
        one.unlink()
        one.write_bytes(other.read_bytes())
        assert len(fp4jit.json("verify", code=1)["bad"]) == 1
        answer = fp4jit.prewarm(SPEC, spec_of(7168))
        assert (answer["compiled"], answer["cached"]) == (1, 1)
        assert one.read_bytes() == genuine


def test_the_readme_lists_the_environment(fp4jit):
    readme = open(os.path.join(os.environ["FP4JIT_SOURCE_DIR"], "README.md")).read()
    lines = re.findall(r"^\| `[A-Z].*", readme, re.M)
    documented = [line.replace("`", "").replace("\\|", "|").strip("| ").split(" | ") for line in lines]
    rows = fp4jit.json("doctor")["environment"]
    assert documented == [[row["name"], row["type"], row["default"], row["meaning"]] for row in rows]
