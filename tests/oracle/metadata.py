"""A checkpoint's quantisation metadata, read a second time: the format of a linear's activations, or None.

Written from what the producers say that their files mean, so that it can disagree with the program.
"""
import fnmatch
import functools
import json
import re

ALGORITHMS = {
    "NVFP4": "nvfp4",
    "NVFP4_AWQ": "nvfp4",
    "MXFP4": "mxfp4",
    "MXFP8": "mxfp8",
    "W4A8_MXFP4_MXFP8": "mxfp8",
}  # every other one leaves activations alone or makes them FP8
ACTIVATIONS = {(4, 16): "nvfp4", (4, 32): "mxfp4", (8, 32): "mxfp8"}  # bits of a float, elements that share a scale
PREFIXES = ("model.language_model.", "language_model.model.", "model.", "backbone.", "")
PARTS = (
    {},
    {"mlp": "ffn", "self_attn": "attn"},
    {"mlp": "block_sparse_moe", "gate_proj": "w1", "up_proj": "w3", "down_proj": "w2"},
    {"feed_forward": "mlp"},
)


def source(folder):
    """What says how a model is quantised; None if nothing does."""
    separate = folder / "hf_quant_config.json"
    if separate.exists():
        return json.loads(separate.read_text())["quantization"]
    config = json.loads((folder / "config.json").read_text())
    return config.get("quantization_config") or config.get("text_config", {}).get("quantization_config")


def reader(metadata):
    """name -> format, for one source."""
    if "quant_algo" in metadata:
        return functools.cache(functools.partial(_modelopt, metadata, _matcher(metadata.get("exclude_modules") or [])))
    if metadata["quant_method"] == "compressed-tensors":
        return functools.cache(functools.partial(_compressed_tensors, metadata))
    assert metadata["quant_method"] == "mxfp4", metadata
    return functools.cache(functools.partial(_mxfp4, _matcher(metadata["modules_to_not_convert"])))


@functools.cache
def spellings(name):
    """What checkpoints call a linear and the containers around it, without what stands before the layers."""
    parts = name.replace(".*.", ".0.").removeprefix("model.").split(".")
    spelled = [[renamed.get(part, part) for part in parts] for renamed in PARTS]
    return tuple(dict.fromkeys(".".join(names[:end]) for names in spelled for end in range(len(names), 0, -1)))


def _matcher(patterns):
    """name -> does a shell pattern name it, or a container of it? A pattern may leave out the containers around."""
    globs = [fnmatch.translate(_without_prefix(pattern)) for pattern in patterns]
    regex = re.compile(r"(?:.*\.)?(?:" + "|".join(globs) + ")") if globs else re.compile(r"(?!)")
    return lambda name: any(regex.match(spelled) for spelled in spellings(name))


def _without_prefix(name):
    return name.removeprefix(next(prefix for prefix in PREFIXES if name.startswith(prefix)))


def _modelopt(metadata, excluded, name):
    if excluded(name):
        return None
    if metadata["quant_algo"] != "MIXED_PRECISION":
        return ALGORITHMS.get(metadata["quant_algo"])
    named = metadata["quantized_layers"]
    entries = (named.get(prefix + spelled) for spelled in spellings(name) for prefix in PREFIXES)
    return next((ALGORITHMS.get(entry["quant_algo"]) for entry in entries if entry), None)


def _compressed_tensors(metadata, name):
    if any(_targeted(target, name) for target in metadata.get("ignore") or []):
        return None
    for group in metadata["config_groups"].values():
        if any(_targeted(target, name) for target in group["targets"]):
            activations = group.get("input_activations") or {}
            is_float = activations.get("type") == "float"
            return ACTIVATIONS.get((activations["num_bits"], activations["group_size"])) if is_float else None
    return None


def _targeted(target, name):
    if target.startswith("re:"):
        regex = re.compile(target.removeprefix("re:"))
        return any(regex.match(prefix + spelled) for spelled in spellings(name) for prefix in PREFIXES)
    return target == "Linear" or _without_prefix(target) in spellings(name)


def _mxfp4(kept, name):
    """The weights of experts; their activations are taken to be MXFP8."""
    return "mxfp8" if ".experts." in name and not kept(name) else None
