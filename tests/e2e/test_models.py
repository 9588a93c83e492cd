"""Plans of models: splits, paddings, backends and fusions by their flags; explain; and what docs/prewarm.md says of them."""
import json

import pytest
from program import MODELS, QWEN, SOURCE, spec_of, texts

NANO = ("prewarm", "--model", MODELS / "NVIDIA-Nemotron-3-Nano-30B-A3B-NVFP4", "--target", "sm_100a", "--dry-run")


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
