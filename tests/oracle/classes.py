"""Builds a model's own class without weights, and reads off its linears: what there really is to quantise."""
import dataclasses
import re

import torch
from transformers import AutoConfig, AutoModel

NESTED = ("text_config", "llm_config", "language_config")
SAME_CLASS = {"kimi_k2": "deepseek_v3"}
ROUTERS = re.compile(r"\.(gate|router|router\.proj|shared_expert_gate)$")
EXPERTS = {"gate_up_proj", "up_proj", "down_proj"}


@dataclasses.dataclass(frozen=True)
class Linear:
    """One linear of one layer; `count` of them, where it is an expert's."""

    name: str
    width: int
    outputs: int
    count: int = 1
    silu_mul: bool = False  # silu(gate) * up is its input

    @property
    def pattern(self):
        return re.sub(r"\.\d+\.", ".*.", self.name)

    @property
    def leaf(self):
        return self.name.rpartition(".")[2]


def text_config(config):
    """The part of a config.json that describes the text model."""
    for key in NESTED:
        if "hidden_size" not in config and key in config:
            return config[key]
    return config


def build(config):
    """The bare text model on the device that has shapes and no memory, and its configuration."""
    text = {key: value for key, value in text_config(config).items() if key != "quantization_config"}
    model_type = text.pop("model_type")
    settings = AutoConfig.for_model(SAME_CLASS.get(model_type, model_type), **text)
    with torch.device("meta"):
        return AutoModel.from_config(settings), settings


def linears(model):
    """Every linear and expert of the text model, but its routers."""
    found = []
    for name, module in model.named_modules(prefix="model"):
        if isinstance(module, torch.nn.Linear) and not ROUTERS.search(name):
            silu_mul = name.endswith(".down_proj") and _silu_mul(model, name)
            found.append(Linear(name, module.in_features, module.out_features, silu_mul=silu_mul))
        fused = {key: p for key, p in module.named_parameters(recurse=False) if p.dim() == 3}
        if fused and not isinstance(module, torch.nn.Conv1d):
            found += _experts(name, module, {key: tuple(p.shape) for key, p in fused.items()})
    return found


def _experts(name, module, shapes):
    """The linears that an expert module keeps as one parameter for all experts."""
    assert set(shapes) <= EXPERTS and "down_proj" in shapes, (name, shapes)
    count, hidden, width = shapes["down_proj"]
    gated = "gate_up_proj" in shapes
    if gated and shapes["gate_up_proj"] == (count, width, 2 * hidden):
        hidden, width = width, hidden  # kept as input x output
    before = shapes["gate_up_proj"] if gated else shapes["up_proj"]
    rows = 2 * width if gated else width
    assert before in [(count, rows, hidden), (count, hidden, rows)], (name, shapes)
    leaves = ("gate_proj", "up_proj") if gated else ("up_proj",)
    silu_mul = gated and _is_plain_silu(module)
    return [
        *(Linear(f"{name}.*.{leaf}", hidden, width, count) for leaf in leaves),
        Linear(f"{name}.*.down_proj", width, hidden, count, silu_mul),
    ]


def _silu_mul(model, name):
    mlp = model.get_submodule(name.removeprefix("model.").rpartition(".")[0])
    return (hasattr(mlp, "gate_proj") or hasattr(mlp, "gate_up_proj")) and _is_plain_silu(mlp)


def _is_plain_silu(mlp):
    """`limit`: some clamp the gate and the up projection first, which is another kernel."""
    activation = getattr(mlp, "act_fn", None) or getattr(mlp, "activation_fn", None)
    return type(activation).__name__ in ("SiLU", "SiLUActivation") and not hasattr(mlp, "limit")
