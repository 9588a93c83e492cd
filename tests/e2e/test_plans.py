"""Plans: of a model, as a file that a store is checked against, in shards, resumed, and what they took."""
import json
import os
import shutil

import pytest
from program import MODELS, NOWHERE, SOURCE, Program, spec_of

QWEN = ("prewarm", "--model", MODELS / "Qwen3-30B-A3B-NVFP4", "--tp", "8", "--target", "sm_100a")
NANO = ("prewarm", "--model", MODELS / "NVIDIA-Nemotron-3-Nano-30B-A3B-NVFP4", "--target", "sm_100a", "--dry-run")


def texts(answer):
    return [entry["spec"] for entry in answer["specs"]]


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


class TestModels:
    def test_the_split_decides_the_widths(self, fp4jit):
        def down_projections(*flags, code=0):
            model = fp4jit.json(*NANO, *flags, code=code)["model"]
            return {entry["module"].split(".")[4]: entry["k"] for entry in model["modules"] if entry["module"].endswith("down_proj")}

        assert down_projections("--tp", "4") == {"experts": 464, "shared_experts": 928}
        assert down_projections("--tp", "4", "--ep", "4") == {"experts": 1856, "shared_experts": 928}
        assert down_projections("--tp", "4", "--moe-tp", "2", "--shared-tp", "1") == {"experts": 928, "shared_experts": 3712}

    def test_a_policy_pads(self, fp4jit):
        seed = "nvfp4_quantize[k=464,k_out=480,in=bf16,layout=128x4]@sm_100a"
        assert seed in texts(fp4jit.json(*NANO, "--tp", "4", "--pad-policy", "cutlass-nvfp4"))
        assert spec_of(464) in texts(fp4jit.json(*NANO, "--tp", "4"))
        answer = fp4jit.json(*NANO, "--tp", "8", "--pad-policy", "trtllm-nvfp4-moe")
        assert spec_of(256) in texts(answer) and answer["unaligned"] == []

    def test_what_a_split_cuts_is_named_with_the_ways_out(self, fp4jit):
        (unaligned,) = fp4jit.json(*NANO, "--tp", "8", code=1)["unaligned"]
        assert (unaligned["module"], unaligned["k"]) == ("model.layers.*.mixer.experts.*.down_proj", 232)
        for part in ("14.5 blocks", "--tp 4 (464 per rank)", "--ep 8", "--pad-policy trtllm-nvfp4-moe"):
            assert part in unaligned["reason"]

    def test_a_backend_sets_layouts_and_padding_and_flags_beat_it(self, fp4jit):
        gpt = ("prewarm", "--model", MODELS / "gpt-oss-120b", "--tp", "2", "--target", "sm_100a", "--dry-run")
        trtllm = texts(fp4jit.json(*gpt, "--backend", "flashinfer-trtllm"))
        assert trtllm == [
            "mxfp8_quantize[k=1440,k_out=1536,in=bf16,layout=linear]@sm_100a",
            "mxfp8_quantize[k=2880,k_out=3072,in=bf16,layout=linear]@sm_100a",
        ]
        own = texts(fp4jit.json(*gpt, "--backend", "flashinfer-trtllm", "--pad-policy", "none", "--sf-layout", "8x4"))
        assert own == ["mxfp8_quantize[k=1440,in=bf16,layout=8x4]@sm_100a", "mxfp8_quantize[k=2880,in=bf16,layout=8x4]@sm_100a"]
        dense = texts(fp4jit.json(*QWEN, "--dry-run", "--backend", "flashinfer-trtllm"))
        assert "nvfp4_quantize[k=512,in=bf16,layout=8x4]@sm_100a" in dense and spec_of(512) in dense
        fp4jit.refused(3, *gpt, "--backend", "marlin", says=["marlin", "nothing to do"])

    def test_fused_operators_without_a_template_are_listed(self, fp4jit):
        model = fp4jit.json(*QWEN, "--dry-run", "--fuse", "vllm")["model"]
        ops = {entry["spec"].split("[")[0] for entry in model["without_template"]}
        assert ops == {"nvfp4_quantize", "nvfp4_silu_mul_quantize", "nvfp4_add_rmsnorm_quantize"}
        assert fp4jit.json(*QWEN, "--dry-run", "--fuse", "none")["model"]["without_template"] == []

    def test_every_target_and_both_pdl_settings(self, fp4jit):
        answer = fp4jit.json(*QWEN[:-1], "sm_100a,sm_103a,sm_120a", "--pdl", "0,1", "--dry-run")
        assert len(set(texts(answer))) == 3 * 3 * 2

    def test_the_table_says_why(self, fp4jit):
        lines = fp4jit.run(*NANO, "--tp", "4").stdout.splitlines()
        (row,) = [line for line in lines if line.startswith("model.layers.*.mixer.q_proj ")]
        assert "excluded by 'backbone.layers.5.mixer.q_proj'" in row
        (row,) = [line for line in lines if line.startswith("model.layers.*.mixer.experts.*.down_proj ")]
        assert " 464 " in row and spec_of(464) in row and "1856 over 4 ranks (--moe-tp)" in row

    @pytest.mark.parametrize(
        "flags, says",
        [
            (["--backend", "marlinn"], ["--backend must be one of", "did you mean 'marlin'"]),
            (["--pad-policy", "cutlas"], ["--pad-policy must be one of", "cutlass-nvfp4"]),
            (["--fuse", "tensorrt"], ["--fuse must be one of none, vllm, sglang, trtllm"]),
            (["--assume", "gpt"], ["--assume must be llama-like", "'gpt'"]),
            (["--tp", "4", "--ep", "3"], ["--ep 3", "--tp 4", "--moe-tp"]),
            (["--moe-tp", "0"], ["--moe-tp"]),
        ],
    )
    def test_flags_that_mean_nothing_are_refused(self, fp4jit, flags, says):
        fp4jit.refused(2, *NANO, *flags, says=says)

    def test_an_unknown_architecture_may_be_assumed(self, fp4jit, tmp_path):
        config = json.loads((MODELS / "Llama-3.1-8B-Instruct/config.json").read_text())
        (tmp_path / "config.json").write_text(json.dumps(config | {"model_type": "brand_new"}))
        command = ("prewarm", "--model", tmp_path, "--format", "nvfp4", "--target", "sm_100a", "--dry-run")
        fp4jit.refused(3, *command, says=["'brand_new'", "--assume llama-like"])
        done = fp4jit.run(*command, "--assume", "llama-like")
        assert done.returncode == 0 and "warning" in done.stderr and spec_of(4096) in done.stdout


class TestExplain:
    MODEL = ("explain", "--model", MODELS / "DeepSeek-V3-0324-NVFP4", "--tp", "8")

    def lines(self, fp4jit, name, *flags):
        return "\n".join(fp4jit.json(*self.MODEL, "--module", name, *flags)["modules"][0]["lines"])

    def test_why_this_width(self, fp4jit):
        text = self.lines(fp4jit, "model.layers.3.mlp.experts.7.down_proj")
        assert "2048 to 7168" in text and "8 ranks by --moe-tp: 256" in text and "hf_quant_config.json" in text
        assert "k 2048" in self.lines(fp4jit, "mlp.experts.*.down_proj", "--ep", "8")

    def test_why_none(self, fp4jit):
        assert "no kernel: excluded by 'model.layers.3.self_attn*'" in self.lines(fp4jit, "model.layers.3.self_attn.o_proj")

    def test_layers_that_differ_are_told_apart(self, fp4jit):
        nano = ("explain", "--model", MODELS / "NVIDIA-Nemotron-3-Nano-30B-A3B-NVFP4", "--tp", "4")
        modules = fp4jit.json(*nano, "--module", "mixer.in_proj")["modules"]
        assert {module["format"] for module in modules} == {None, "nvfp4"}
        (one,) = fp4jit.json(*nano, "--module", "backbone.layers.4.mixer.in_proj")["modules"]
        assert one["format"] is None

    def test_a_padded_width_has_its_k_out(self, fp4jit):
        gpt = ("explain", "--model", MODELS / "gpt-oss-120b", "--tp", "8", "--pad-policy", "trtllm-mxfp4")
        (module,) = fp4jit.json(*gpt, "--module", "experts.*.down_proj")["modules"]
        assert (module["format"], module["k"], module["k_out"]) == ("mxfp8", 360, 512)
        fp4jit.refused(2, *gpt, "--module", "mlp.experts.128.down_proj", says="no module is named")

    def test_what_nobody_quantises(self, fp4jit):
        for name in ("lm_head", "model.layers.3.mlp.gate"):
            fp4jit.refused(3, *self.MODEL, "--module", name, says=[f"'{name}'", "needs no kernel"])

    def test_a_name_that_no_module_has(self, fp4jit):
        fp4jit.refused(2, *self.MODEL, "--module", "model.layers.99.mlp.down_proj", says=["'model.layers.99.mlp.down_proj'", "61 layers"])
        fp4jit.refused(2, *self.MODEL, "--module", "down_prj", says="down_prj")


def test_roots_shared_store_holds_a_plan_for_everybody(unprivileged, everybodys_copy, tmp_path_factory):
    """As in an image: root prewarms, another user runs, and compiles nothing."""
    if os.geteuid() != 0:
        pytest.skip("only root can be another user's root")
    binary, env = everybodys_copy
    folder = unprivileged.cache.parent
    store = tmp_path_factory.mktemp("opt", numbered=True)
    for parent in (store, *store.parents):
        if str(parent).startswith("/tmp/") or parent == store:
            parent.chmod(0o755)
    root = Program(store, binary, env=env | {"FP4JIT_CACHE_DIR": str(store / "fp4jit")})
    root.json(*QWEN, "--shared", "--plan", store / "plan.json")
    (store / "plan.json").chmod(0o644)
    user = {"FP4JIT_CACHE_DIR": str(store / "fp4jit"), "FP4JIT_NVRTC": NOWHERE, "HOME": str(folder)}
    assert unprivileged.json("verify", "--plan", store / "plan.json", env=user)["good"] == 3
    answer = unprivileged.json("prewarm", "--manifest", store / "plan.json", env=user)
    assert (answer["cached"], answer["compiled"], answer["failed"]) == (3, 0, 0)


class TestDocs:
    """docs/prewarm.md names all that the program knows."""

    DOCS = (SOURCE / "docs/prewarm.md").read_text()

    @pytest.mark.parametrize("flag", ["--backend", "--pad-policy"])
    def test_names(self, fp4jit, flag):
        refusal = fp4jit.refused(2, *NANO, flag, "?", says=flag)
        names = refusal.partition("must be one of ")[2].partition(";")[0].split(", ")
        assert len(names) >= 6 and [name for name in names if f"`{name}`" not in self.DOCS] == []

    def test_architectures(self, fp4jit, tmp_path):
        (tmp_path / "config.json").write_text('{"model_type": "?", "hidden_size": 1}')
        refusal = fp4jit.refused(3, "prewarm", "--model", tmp_path, "--format", "nvfp4", "--target", "sm_100a", says="'?'")
        names = refusal.partition("known are ")[2].partition(";")[0].split(", ")
        text = self.DOCS.replace("\n", " ")
        assert len(names) > 20 and [name for name in names if f" {name}," not in text and f" {name} " not in text and f" {name}." not in text] == []

    def test_the_json_keys(self, fp4jit):
        model = fp4jit.json(*NANO, "--tp", "4")["model"]
        entries = set(model) - {"path", "tp", "mtp_layers"} | set(model["modules"][0]) | set(model["needed"][0])
        assert [key for key in sorted(entries) if f"`{key}`" not in self.DOCS] == []
