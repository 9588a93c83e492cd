"""Wrong flags, specs and configs: each is refused by name, with nothing on stdout and nothing compiled."""
import json

import pytest
from program import MODELS, SPEC, config_of

LLAMA = "Llama-3.1-8B-Instruct"


@pytest.mark.parametrize(
    "text, says",
    [
        ("nvfp4_quantize[k=232,in=bf16,layout=128x4]@sm_100a",
         "k must be a multiple of 16; 232 = 14.5 blocks; a tensor-parallel split that cuts through a block cannot be quantised"),
        ("nvfp4_rmsnorm_quantize[k=0,in=bf16,layout=128x4]@sm_100a", "k must not be 0 for rmsnorm_quantize"),
        ("nvfp4_quantize[kk=4096,in=bf16,layout=128x4]@sm_100a", ["'kk' is not a field", "k_out", "did you mean 'k'?"]),
        ("nvfp4_quantize[k=4096,in=bf61,layout=128x4]@sm_100a", ["f16, bf16, e4m3, f32", "did you mean 'bf16'?"]),
        ("nvfp5_quantize[k=4096,in=bf16,layout=128x4]@sm_100a", ["nvfp4, mxfp4, mxfp8", "did you mean 'nvfp4'?"]),
        ("nvfp4_quantise[k=4096,in=bf16,layout=128x4]@sm_100a", "did you mean 'quantize'?"),
        ("nvfp4_quantize[k=4096,in=bf16,layout=128x4,sf_vec_size=32]@sm_100a", "sf_vec_size must be 16"),
        ("nvfp4_quantize[k=4096,in=bf16,layout=128x4,scale=row]@sm_100a", "scale=row has no template of quantize with"),
        ("nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_75", ["sm_75 is not supported", "sm_80"]),
        ("nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100", ["sm_100 lacks", "use sm_100a or sm_100f"]),
        ("nvfp4_quantize[k=4096,in=bf16,layout=128x4]@compute_100", ["compute_100 lacks", "compute_100a or compute_100f"]),
        ("nvfp4_quantize[k=4096,in=bf16,layout=128x4,pdl=1]@sm_80", "pdl must be 0 for sm_80"),
        ("nvfp4_quantize[k=4096,in=bf16,layout=128x4]", "expected FORMAT_OP"),
        ("nvfp4_quantize[k=99999999999999999999,in=bf16,layout=128x4]@sm_100a", "k must be a whole number"),
        ("", "expected FORMAT_OP"),
    ],
)  # fmt: skip
def test_specs(fp4jit, text, says):
    fp4jit.refused(2, "prewarm", "--spec", text, says=says)
    assert not fp4jit.cache.exists()


@pytest.mark.parametrize(
    "flags, says",
    [
        ([], "name --spec, --from-trace, --manifest, --model, or --k"),
        (["--k", "4096", "--target", "sm_100a"], "--k needs --format: nvfp4, mxfp4, mxfp8"),
        (["--k", "4096", "--format", "nvfp4"], "--target sm_100a"),
        (["--k", "232", "--format", "nvfp4", "--target", "sm_100a"], "232 = 14.5 blocks"),
        (["--k", "4096", "--format", "nvfp4", "--target", "sm_75"], "sm_75"),
        (["--k", "4096", "--format", "nvfp4", "--target", "sm_100a,sm_100"], "use sm_100a or sm_100f"),
        (["--k", "4096", "--format", "nvfp4", "--target", "compute_100"], "use compute_100a or compute_100f"),
        (["--k", "4096", "--format", "nvfp4", "--target", "blackwell"], "sm_XY[a|f]"),
        (["--k", "-16", "--format", "nvfp4", "--target", "sm_100a"], "k"),
        (["--k", "4096", "--k-out", "4095", "--format", "nvfp4", "--target", "sm_100a"], "k_out must be a multiple of 16"),
        (["--k", "4096", "--format", "nvfp4", "--target", "sm_100a", "--jobs", "0"], "--jobs"),
        (["--spec", "x@sm_100a", "--target", "sm_90"], ["'x@sm_100a'", "leave out that, or --target"]),
        (["--spec", "x", "--target", "sm_75"], "sm_75 is not supported"),
        (["--from-trace", "/dev/null", "--spec", "x"], "excludes"),
        (["--from-trace", "/dev/null", "--format", "nvfp4"], "--from-trace excludes --format"),
        (["--from-trace", "/dev/null", "--pdl", "1"], "--from-trace excludes --pdl"),
        (["--from-trace", "/dev/null", "--k", "16"], "excludes"),
        (["--from-trace", "/dev/null", "--model", str(MODELS / LLAMA)], "excludes"),
        (["--from-trace", "/dev/null", "--target", "sm_75"], "sm_75 is not supported"),
        (["--manifest", "/dev/null", "--spec", "x"], "excludes"),
        (["--manifest", "/dev/null", "--from-trace", "/dev/null"], "excludes"),
        (["--manifest", "/dev/null", "--in", "f16"], "--manifest excludes --in"),
        (["--manifest", "/dev/null", "--k", "16"], "excludes"),
        (["--manifest", "/dev/null", "--model", str(MODELS / LLAMA)], "excludes"),
        (["--manifest", "/dev/null"], "/dev/null: is not valid JSON or is cut off"),
        (["--spec", SPEC, "--artifact", "elf"], ["--artifact", "elf", "cubin,ptx"]),
        (["--from-trace", ""], "cannot be opened: No such file"),
        (["--model", str(MODELS / LLAMA), "--k", "4096", "--target", "sm_100a"], "--model excludes --k"),
        (["--tp", "2"], "--tp requires --model"),
        (["--frobnicate"], "--frobnicate"),
    ],
)  # fmt: skip
def test_flags(fp4jit, flags, says):
    fp4jit.refused(2, "prewarm", *flags, says=says)
    assert not fp4jit.cache.exists()


def test_verbs(fp4jit):
    unknown = fp4jit.run("prewarn")
    assert (unknown.returncode, unknown.stdout) == (2, "") and "did you mean 'prewarm'?" in unknown.stderr
    none = fp4jit.run()
    assert (none.returncode, none.stdout) == (2, "")


@pytest.mark.parametrize("verb", ["prewarm", "explain", "list", "show", "verify", "stats", "quantize", "doctor", "version"])
def test_every_verb_has_help_with_examples(fp4jit, verb):
    done = fp4jit.run(verb, "--help")
    assert done.returncode == 0 and "Examples:" in done.stdout and f"fp4jit {verb}" in done.stdout


class TestConfig:
    """config.json; tests/model has every key, here is how the program ends."""

    @pytest.fixture
    def refuse(self, fp4jit, tmp_path):
        def check(code, text, says, tp=8, flags=("--format", "nvfp4")):
            (tmp_path / "config.json").write_text(text if isinstance(text, str) else json.dumps(text))
            command = ("prewarm", "--model", tmp_path, "--tp", tp, "--target", "sm_100a", *flags)
            fp4jit.refused(code, *command, says=says)
            assert not fp4jit.cache.exists()

        return check

    def test_truncated(self, refuse):
        whole = json.dumps(config_of(LLAMA))
        for length in range(0, len(whole), 97):
            refuse(2, whole[:length], "config.json")

    def test_not_json(self, refuse):
        refuse(2, "hidden_size: 4096", "is not valid JSON")
        refuse(2, "[]", "must hold an object")

    def test_wrong_keys(self, refuse):
        refuse(2, config_of(LLAMA) | {"hidden_size": -4096}, ["config.json", "'hidden_size'", "-4096"])
        refuse(2, config_of(LLAMA) | {"hidden_size": 2**70}, "'hidden_size'")
        refuse(2, config_of(LLAMA) | {"num_attention_heads": "32"}, "'num_attention_heads'")
        refuse(2, {k: v for k, v in config_of(LLAMA).items() if k != "intermediate_size"}, "'intermediate_size' is missing")

    def test_no_file(self, fp4jit, tmp_path):
        fp4jit.refused(2, "prewarm", "--model", tmp_path / "absent", "--target", "sm_100a", says="No such file")

    def test_unknown_architecture(self, refuse):
        refuse(3, config_of(LLAMA) | {"model_type": "lama"}, ["'lama'", "llama, mistral, qwen2, qwen3", "did you mean 'llama'?"])

    def test_heads_that_tp_does_not_divide(self, refuse):
        refuse(3, config_of(LLAMA), "32 attention heads cannot be divided over tp 3", tp=3)

    def test_tp_that_is_none(self, refuse):
        for tp in ("0", "-1", "two", "9" * 30):
            refuse(2, config_of(LLAMA), "--tp", tp=tp)

    def test_no_metadata_and_no_format(self, refuse):
        refuse(2, config_of(LLAMA), "--format nvfp4, mxfp4, mxfp8", flags=())

    def test_a_format_that_contradicts_the_metadata(self, refuse):
        config = config_of(LLAMA) | {"quantization_config": {"quant_algo": "NVFP4"}}
        refuse(2, config, "--format mxfp8", flags=("--format", "mxfp8"))

    def test_weight_only_is_judged_before_the_architecture(self, refuse):
        metadata = {"quantization_config": {"quant_algo": "W4A16_NVFP4"}}
        refuse(3, config_of(LLAMA) | metadata, "nothing to do", flags=())
        refuse(3, {"model_type": "unheard_of"} | metadata, "nothing to do", flags=())

    def test_unknown_algorithm(self, refuse):
        refuse(3, config_of(LLAMA) | {"quantization_config": {"quant_algo": "NVFP6"}}, "'NVFP6'", flags=())
