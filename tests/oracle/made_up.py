"""Quantisation metadata as the producers write it, made up with a seed for any model."""
import re

NVFP4_ACTIVATIONS = {"dynamic": "local", "group_size": 16, "num_bits": 4, "strategy": "tensor_group", "type": "float"}
FP8_ACTIVATIONS = {"dynamic": True, "group_size": 128, "num_bits": 8, "strategy": "group", "type": "float"}
PREFIXES = ("model.", "model.", "backbone.", "model.language_model.", "language_model.model.")
ALGORITHMS = ("NVFP4", "NVFP4", "NVFP4_AWQ", "MXFP8", "W4A8_MXFP4_MXFP8", "FP8", "W4A16_NVFP4", "W4A8_NVFP4_FP8", None)


def excluding(linears, rng):
    """hf_quant_config.json with one algorithm and a list of what it leaves out."""
    speller, excluded = Speller(rng), ["lm_head", "model.embed_tokens"]
    for container, names in _containers(linears).items():
        spelled = speller(container)
        excluded += rng.choices(
            [
                [],
                [f"{spelled}*"],
                [spelled],
                [f"{spelled}.gate", f"{spelled}_norm"],
                [speller(name) for name in _of_every_expert(linears, names)],
            ],
            weights=(6, 1, 1, 2, 1),
        )[0]
    excluded.append(rng.choice([speller("model.layers.1"), "*.shared_expert*", "model.layers.61*", "*mlp.gate"]))
    return _hf({"quant_algo": rng.choice(("NVFP4", "MXFP8")), "exclude_modules": excluded})


def mixed(linears, rng):
    """hf_quant_config.json that names the algorithm of every module, or of what holds it."""
    speller, quantized = Speller(rng), {}
    for container, names in _containers(linears).items():
        algorithm = rng.choice(ALGORITHMS)
        if algorithm is not None:
            named = [container] if rng.random() < 0.3 else _of_every_expert(linears, names)
            quantized.update({speller(name): {"quant_algo": algorithm} for name in named})
    return _hf({"quant_algo": "MIXED_PRECISION", "quantized_layers": quantized, "exclude_modules": ["lm_head"]})


def compressed(linears, rng):
    """quantization_config of one group for all linears and what it ignores."""
    speller, layer = Speller(rng), rng.randint(0, 3)
    ignored = ["lm_head", r"re:.*\.gate$", rf"re:.*layers\.{layer}\..*"]
    some = [linear.name for linear in linears if rng.random() < 0.1]
    ignored += [speller(name) for name in _of_every_expert(linears, some)]
    group = {"input_activations": NVFP4_ACTIVATIONS, "output_activations": None, "targets": ["Linear"]}
    return _compressed("nvfp4-pack-quantized", {"group_0": group}, ignored)


def compressed_by_kind(linears, rng):
    """quantization_config whose groups have a format each, as published for checkpoints of both FP8 and NVFP4."""
    del linears
    attention, rest = r"re:.*(attn|mixer)\..*_proj$", rng.choice(("re:.*(gate|up|down|gate_up)_proj$", "re:.*mlp.*"))
    groups = {
        "group_0": {"format": "float-quantized", "input_activations": FP8_ACTIVATIONS, "targets": [attention]},
        "group_1": {"format": "nvfp4-pack-quantized", "input_activations": NVFP4_ACTIVATIONS, "targets": [rest]},
    }
    return _compressed("mixed-precision", groups, [])


class Speller:
    """Writes names as one checkpoint does: with one prefix, whatever it is."""

    def __init__(self, rng):
        self.prefix = rng.choice(PREFIXES)

    def __call__(self, name):
        return self.prefix + name.replace(".*.", ".0.").removeprefix("model.")


def _containers(linears):
    """Container -> its linears. What a container holds is quantised alike: engines fuse it."""
    found = {}
    for linear in linears:
        if re.search(r"layers\.\d+\.", linear.name):
            found.setdefault(re.sub(r"(\.\*)?\.\w+$", "", linear.name), []).append(linear.name)
    return found


def _of_every_expert(linears, names):
    counts = {linear.name: linear.count for linear in linears}
    return [name.replace(".*.", f".{expert}.") for name in names for expert in range(counts[name])]


def _hf(quantization):
    return {"hf_quant_config": {"producer": {"name": "modelopt"}, "quantization": {"group_size": 16, **quantization}}}


def _compressed(fmt, groups, ignored):
    scheme = {"config_groups": groups, "format": fmt, "ignore": ignored, "quant_method": "compressed-tensors"}
    return {"quantization_config": {**scheme, "quantization_status": "compressed"}}
