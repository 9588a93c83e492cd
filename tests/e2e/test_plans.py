"""Plans as files: a store is checked against one; in shards, resumed, and what they took."""
import json
import os
import shutil

import pytest
from program import NOWHERE, QWEN, Program, spec_of, texts


@pytest.fixture
def plan(fp4jit, tmp_path):
    """A plan of three kernels, and nothing compiled."""
    fp4jit.json(*QWEN, "--dry-run", "--plan", tmp_path / "plan.json")
    return tmp_path / "plan.json"


class TestVerify:
    """verify --plan is the gate of an image build."""

    def found(self, fp4jit, plan, code, **env):
        answer = fp4jit.json("verify", "--plan", plan, code=code, env=env)
        assert answer["checked"] == 3
        return answer

    def test_it_fails_until_the_plan_is_run(self, fp4jit, plan):
        before = self.found(fp4jit, plan, 1)
        assert [entry["spec"] for entry in before["missing"]] == texts(json.loads(plan.read_text()))
        assert not fp4jit.cache.exists()
        assert fp4jit.json("prewarm", "--manifest", plan)["compiled"] == 3
        assert self.found(fp4jit, plan, 0) == {"checked": 3, "good": 3, "missing": [], "bad": []}
        done = fp4jit.run("verify", "--plan", plan)
        assert done.returncode == 0 and "checked 3, good 3, missing 0, bad 0" in done.stdout

    def test_a_deleted_record_is_missing(self, fp4jit, plan):
        fp4jit.json("prewarm", "--manifest", plan)
        gone = fp4jit.json("list")["records"][1]
        (fp4jit.cache / gone["path"]).unlink()
        (missing,) = self.found(fp4jit, plan, 1)["missing"]
        assert missing == {"spec": gone["spec"], "reason": "is not in the store"}
        done = fp4jit.run("verify", "--plan", plan)
        assert done.returncode == 1 and f"fp4jit prewarm --manifest {plan}" in done.stderr
        elsewhere = fp4jit.run("verify", "--plan", plan, "--cache-dir", fp4jit.cache, "--artifact", "ptx")
        assert f"--manifest {plan} --cache-dir {fp4jit.cache} --artifact ptx" in elsewhere.stderr

    def test_a_damaged_record_is_bad_and_stays_where_it_is(self, fp4jit, plan):
        fp4jit.json("prewarm", "--manifest", plan)
        record = fp4jit.json("list")["records"][0]
        path = fp4jit.cache / record["path"]
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        (bad,) = self.found(fp4jit, plan, 1)["bad"]
        assert (bad["spec"], bad["path"], bad["reason"]) == (record["spec"], str(path), "checksum")
        assert path.read_bytes() == data
        assert fp4jit.json("prewarm", "--manifest", plan)["compiled"] == 1
        self.found(fp4jit, plan, 0)

    def test_a_record_of_another_target_under_its_name_is_bad(self, fp4jit, plan):
        fp4jit.json("prewarm", "--manifest", plan)
        fp4jit.json("prewarm", "--manifest", plan, "--target", "sm_90")
        records = {record["spec"]: fp4jit.cache / record["path"] for record in fp4jit.json("list")["records"]}
        wanted = texts(json.loads(plan.read_text()))[0]
        shutil.copy(records[wanted.replace("sm_100a", "sm_90")], records[wanted])
        (bad,) = self.found(fp4jit, plan, 1)["bad"]
        assert bad["spec"] == wanted and "name" in bad["reason"]

    def test_kernels_for_another_target_do_not_count(self, fp4jit, plan):
        fp4jit.json("prewarm", "--manifest", plan, "--target", "sm_90,sm_120a")
        reasons = {entry["reason"] for entry in self.found(fp4jit, plan, 1)["missing"]}
        assert reasons == {"is in the store for sm_120a, sm_90, not for sm_100a"}

    def test_kernels_of_another_kind_do_not_count(self, fp4jit, plan):
        fp4jit.json("prewarm", "--manifest", plan, "--artifact", "ptx")
        reasons = {entry["reason"] for entry in self.found(fp4jit, plan, 1)["missing"]}
        assert reasons == {"is in the store as ptx, not as cubin"}
        assert fp4jit.json("verify", "--plan", plan, "--artifact", "ptx")["good"] == 3

    def test_a_spec_of_a_newer_version_is_missing(self, fp4jit, tmp_path):
        newer = "nvfp4_silu_mul_quantize[k=4096,in=bf16,layout=128x4]@sm_100a"
        (tmp_path / "plan.json").write_text(json.dumps({"specs": [newer]}))
        (missing,) = fp4jit.json("verify", "--plan", tmp_path / "plan.json", code=1)["missing"]
        assert missing["spec"] == newer and "silu_mul_quantize" in missing["reason"]

    def test_what_is_no_plan_is_refused(self, fp4jit, tmp_path):
        fp4jit.refused(2, "verify", "--plan", tmp_path / "none.json", says="none.json")
        for text, says in (("{}", "'specs' is missing"), ('{"specs": []}', "lists no spec")):
            (tmp_path / "plan.json").write_text(text)
            fp4jit.refused(2, "verify", "--plan", tmp_path / "plan.json", says=says)


class TestPlanFile:
    def test_it_is_the_whole_whatever_the_run_does(self, fp4jit, tmp_path):
        answer = fp4jit.json(*QWEN, "--shard", "1/3", "--plan", tmp_path / "plan.json")
        plan = json.loads((tmp_path / "plan.json").read_text())
        assert len(texts(answer)) == 1 and len(texts(plan)) == 3
        assert {entry["status"] for entry in plan["specs"]} == {"planned"}

    def test_it_is_the_same_each_time(self, fp4jit, tmp_path):
        for name in ("a", "b"):
            fp4jit.json(*QWEN, "--dry-run", "--plan", tmp_path / name)
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()

    @pytest.mark.parametrize("flag", ["--plan", "--report"])
    def test_one_that_cannot_be_written_is_told_before_the_work(self, fp4jit, tmp_path, flag):
        fp4jit.refused(2, *QWEN, flag, tmp_path / "none" / "file", says=str(tmp_path / "none"))
        assert not fp4jit.cache.exists()


class TestShards:
    @pytest.mark.parametrize("first", [0, 1])
    def test_they_are_disjoint_and_together_the_whole(self, fp4jit, plan, first):
        whole = texts(json.loads(plan.read_text())) + [spec_of(8192 + 16 * i) for i in range(11)]
        command = ("prewarm", "--spec", *whole, "--dry-run")
        for count in (1, 3, 5, 20):
            shards = [texts(fp4jit.json(*command, "--shard", f"{first + i}/{count}")) for i in range(count)]
            assert sorted(sum(shards, [])) == sorted(whole)

    @pytest.mark.parametrize("text", ["", "1", "/", "1/", "/2", "3/2", "-1/2", "1/0", "0/0", "a/b", "1/2/3", "1.5/2", " 1/2"])
    def test_what_is_none_is_refused(self, fp4jit, text):
        if text:
            fp4jit.refused(2, *QWEN, f"--shard={text}", says=["--shard must be i/n", f"'{text}'"])


def test_resume_leaves_out_what_is_there(fp4jit, plan):
    fp4jit.json("prewarm", "--manifest", plan, "--shard", "0/2")
    answer = fp4jit.json("prewarm", "--manifest", plan, "--resume")
    assert (answer["resumed"], answer["compiled"], len(answer["specs"])) == (2, 1, 1)
    gone = {"FP4JIT_NVRTC": NOWHERE}
    assert fp4jit.json("prewarm", "--manifest", plan, "--resume", "--dry-run")["specs"] == []
    again = fp4jit.json("prewarm", "--manifest", plan, "--resume", env=gone)
    assert (again["resumed"], again["compiled"], again["specs"]) == (3, 0, [])
    assert "there before 3" in fp4jit.run("prewarm", "--manifest", plan, "--resume").stdout


def test_the_report_says_what_took_how_long(fp4jit, plan, tmp_path):
    def report():
        fp4jit.json("prewarm", "--manifest", plan, "--report", tmp_path / "report.json")
        return json.loads((tmp_path / "report.json").read_text())

    cold, warm = report(), report()
    assert [kernel["status"] for kernel in cold["kernels"]] == ["compiled"] * 3
    assert abs(sum(kernel["compile_ms"] for kernel in cold["kernels"]) / 1e3 - cold["compile_seconds"]) < 1e-6
    assert all(kernel["store_ms"] > 0 and kernel["bytes"] > 1000 for kernel in cold["kernels"])
    assert cold["plan_seconds"] > 0 and cold["seconds"] > 0 and cold["store"] == str(fp4jit.cache)
    assert [kernel["status"] for kernel in warm["kernels"]] == ["cached"] * 3
    assert (warm["compile_seconds"], warm["store_seconds"]) == (0, 0) and warm["look_up_seconds"] > 0


def test_roots_shared_store_holds_a_plan_for_everybody(unprivileged, everybodys_copy):
    """As in an image: root prewarms, another user runs, and compiles nothing."""
    if os.geteuid() != 0:
        pytest.skip("only root can be another user's root")
    binary, env = everybodys_copy
    folder = unprivileged.cache.parent  # not pytest's own, which every pytest that starts closes to others
    store = folder / "opt"
    store.mkdir()
    root = Program(store, binary, env=env | {"FP4JIT_CACHE_DIR": str(store / "fp4jit")})
    root.json(*QWEN, "--shared", "--plan", store / "plan.json")
    (store / "plan.json").chmod(0o644)
    user = {"FP4JIT_CACHE_DIR": str(store / "fp4jit"), "FP4JIT_NVRTC": NOWHERE, "HOME": str(folder)}
    assert unprivileged.json("verify", "--plan", store / "plan.json", env=user)["good"] == 3
    answer = unprivileged.json("prewarm", "--manifest", store / "plan.json", env=user)
    assert (answer["cached"], answer["compiled"], answer["failed"]) == (3, 0, 0)
