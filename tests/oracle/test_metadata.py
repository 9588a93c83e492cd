"""The oracle's second reading of quantisation metadata, on names where a careless one goes wrong."""
import metadata
import pytest

FFN = "re:.*ffn.*(gate|up|down)_proj$"


def format_of(name, **source):
    return metadata.reader(source)(f"model.layers.{name}")


@pytest.mark.parametrize(
    "pattern, excluded, kept",
    [
        ("model.layers.1.mlp.gate", None, "1.mlp.gate_proj"),
        ("model.layers.1", "1.mlp.up_proj", "11.mlp.up_proj"),
        ("model.layers.61*", "61.self_attn.q_proj", "6.self_attn.q_proj"),
        ("model.layers.0.self_attn*", "0.self_attn.indexer.wk", "0.mlp.up_proj"),
        ("model.layers.*.self_attn", "7.self_attn.o_proj", "7.mlp.experts.*.up_proj"),
        ("backbone.layers.4.mixer.in_proj", "4.mixer.in_proj", "4.mixer.out_proj"),
        ("language_model.model.layers.2.mlp.experts", "2.mlp.experts.*.down_proj", "2.mlp.shared_experts.down_proj"),
        ("layers.3.ffn.experts", "3.mlp.experts.*.down_proj", "3.self_attn.o_proj"),
        ("mlp.shared_expert", "5.mlp.shared_expert.up_proj", "5.mlp.experts.*.up_proj"),
        ("lm_head", None, "0.mlp.up_proj"),
        ("expert", None, "0.mlp.shared_expert.up_proj"),
    ],
)
def test_a_pattern_takes_whole_names_and_what_is_below_them(pattern, excluded, kept):
    source = {"quant_algo": "NVFP4", "exclude_modules": [pattern]}
    assert format_of(kept, **source) == "nvfp4"
    assert excluded is None or format_of(excluded, **source) is None


def test_a_mixed_checkpoint_names_each_algorithm():
    layers = {
        "backbone.layers.0.mixer.in_proj": {"quant_algo": "FP8"},
        "backbone.layers.1.mixer.experts": {"quant_algo": "NVFP4"},
        "backbone.layers.2.mixer.up_proj": {"quant_algo": "W4A8_MXFP4_MXFP8"},
        "backbone.layers.3.mixer.up_proj": {"quant_algo": "W4A16_NVFP4"},
    }
    names = ["0.mixer.in_proj", "1.mixer.experts.*.up_proj", "2.mixer.up_proj", "3.mixer.up_proj", "4.mixer.up_proj"]
    found = [format_of(name, quant_algo="MIXED_PRECISION", quantized_layers=layers) for name in names]
    assert found == [None, "nvfp4", "mxfp8", None, None]


def test_a_group_is_as_fine_as_its_activations():
    nvfp4 = {"targets": [FFN], "input_activations": {"type": "float", "num_bits": 4, "group_size": 16}}
    fp8 = {"targets": ["Linear"], "input_activations": {"type": "float", "num_bits": 8, "group_size": 128}}
    scheme = {"quant_method": "compressed-tensors", "config_groups": {"0": nvfp4, "1": fp8}}
    assert format_of("0.mlp.experts.*.gate_proj", **scheme) == "nvfp4"
    assert format_of("0.self_attn.o_proj", **scheme) is None
    weights_only = {"quant_method": "compressed-tensors", "config_groups": {"0": nvfp4 | {"input_activations": None}}}
    assert format_of("0.mlp.experts.*.gate_proj", **weights_only) is None
    assert format_of("0.mlp.up_proj", **scheme, ignore=["re:.*layers\\.0\\..*"]) is None
