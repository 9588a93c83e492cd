"""Small changes of a model's config.json: other heads, widths, depths and experts, with the same keys."""
import copy

import classes

WIDTHS = (
    "intermediate_size",
    "intermediate_size_mlp",
    "moe_intermediate_size",
    "shared_expert_intermediate_size",
    "moe_shared_expert_intermediate_size",
)
RANKS = ("q_lora_rank", "kv_lora_rank", "o_lora_rank", "moe_latent_size", "hidden_size_per_layer_input")
DIMENSIONS = ("head_dim", "v_head_dim", "qk_nope_head_dim", "index_head_dim", "linear_key_head_dim", "mamba_head_dim")
EXPERTS = ("n_routed_experts", "num_experts", "num_local_experts")
BY_LAYER = {"hybrid_override_pattern": "ME*-", "compress_ratios": (0, 4, 128), "attn_type_list": (1,)}


def vary(config, rng):
    """A changed copy. Only keys that are there and not null or 0 change, so that the file stays of its kind."""
    config = copy.deepcopy(config)
    text = classes.text_config(config)
    _heads(text, rng)
    for key in present(text, WIDTHS):
        text[key] = rng.choice((8, 16, 16, 32, 64, 128)) * rng.randint(20, 200)
    for key in present(text, RANKS):
        text[key] = 32 * rng.randint(3, 48)
    for key in present(text, DIMENSIONS):
        text[key] = 16 * rng.randint(3, 12)
    for key in present(text, EXPERTS):
        text[key] = 16 * rng.randint(1, 4)
    _layers(text, rng)
    if text["model_type"] == "gemma4_text":
        _gemma4(text, rng)
    if rng.random() < 0.25 and text["model_type"] != "deepseek_v4":
        text.pop("head_dim", None)  # every class but that one's has files without it
    return config


def present(text, keys):
    return [key for key in keys if text.get(key)]


def _heads(text, rng):
    heads = rng.choice((8, 16, 24, 32, 40, 48, 64, 96))
    text["num_attention_heads"] = heads
    text["hidden_size"] = heads * 16 * rng.randint(1, 6)
    if text.get("num_key_value_heads", 1) > 1:
        text["num_key_value_heads"] = rng.choice((1, 2, 4, 8, heads))
    if "linear_num_key_heads" in text:
        text["linear_num_key_heads"] = rng.choice((8, 16))
        text["linear_num_value_heads"] = text["linear_num_key_heads"] * rng.randint(1, 4)
    if "mamba_num_heads" in text:
        text["mamba_num_heads"] = text["n_groups"] * rng.randint(2, 16)
    for key in present(text, ("index_n_heads",)):
        text[key] = 8 * rng.randint(1, 8)


def _layers(text, rng):
    """How many, and which of them are of what kind."""
    layers = rng.randint(2, 14)
    text["num_hidden_layers"] = layers
    for key in present(text, ("layer_types", "layers_block_type")):
        text[key] = rng.choices(sorted(set(text[key])), k=layers)
    for key in present(text, BY_LAYER):
        kinds = rng.choices(BY_LAYER[key], k=layers)
        text[key] = "".join(kinds) if isinstance(text[key], str) else kinds
    if text.get("first_k_dense_replace") is not None:
        text["first_k_dense_replace"] = rng.randint(0, layers)
    if "mlp_only_layers" in text:
        text["mlp_only_layers"] = sorted(rng.sample(range(layers), rng.randint(0, 2)))
    for key in ("decoder_sparse_step", "interleave_moe_layer_step"):
        if key in text:
            text[key] = rng.choice((1, 1, 2, 3))
    if "full_attention_interval" in text:
        text["full_attention_interval"] = rng.randint(2, 5)
    if "n_shared_experts" in text and text["model_type"].startswith(("deepseek_v3", "kimi", "glm")):
        text["n_shared_experts"] = rng.randint(1, 2)


def _gemma4(text, rng):
    """Its last layers may share keys and values with earlier ones of both kinds, and the last one is full."""
    period = rng.randint(2, 4)
    kinds = ["sliding_attention"] * (period - 1) + ["full_attention"]
    text["layer_types"] = kinds * rng.randint(2, 3)
    text["num_hidden_layers"] = len(text["layer_types"])
    text["global_head_dim"] = 64 * rng.randint(1, 8)
    if text["num_kv_shared_layers"]:
        text["num_kv_shared_layers"] = rng.randint(1, text["num_hidden_layers"] - period)
