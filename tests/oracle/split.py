"""What is needed of one rank: the K of every linear after the split, and those that cannot be."""
import collections
import dataclasses
import fractions

BLOCK = {"nvfp4": 16, "mxfp4": 32, "mxfp8": 32}
ROW_PARALLEL = {"o_proj", "o_b_proj", "out_proj", "down_proj"}


@dataclasses.dataclass(frozen=True)
class Parallel:
    tp: int
    ep: int = 1

    def shards(self, linear):
        """Over how many ranks a linear's input is divided; experts may be spread whole instead."""
        if linear.leaf not in ROW_PARALLEL:
            return 1
        return self.tp // self.ep if ".experts." in linear.name else self.tp


def refuses(linears, settings, tp):
    """Whether heads cannot be dealt out: each rank has whole ones, and key-value heads are copied where they are few."""
    parts = {part for linear in linears for part in linear.name.split(".")}
    whole, copied = [], []
    if parts & {"o_proj", "o_b_proj"}:
        whole.append(settings.num_attention_heads)
        whole += [settings.o_groups] if "o_b_proj" in parts else []
        copied += [] if "kv_b_proj" in parts else _key_value_heads(settings)
    if "linear_attn" in parts:
        whole += [settings.linear_num_key_heads, settings.linear_num_value_heads]
    if "mixer" in parts and "out_proj" in parts:
        whole.append(settings.mamba_num_heads)
    return any(heads % tp for heads in whole) or any(heads % tp and tp % heads for heads in copied)


def _key_value_heads(settings):
    """A layer may have its own number."""
    layers = range(settings.num_hidden_layers)
    own = getattr(settings, "per_layer_config", None)
    return [own[layer].num_key_value_heads for layer in layers] if own else [settings.num_key_value_heads]


def needed(linears, format_of, parallel):
    """The answer of the program, worked out again. `format_of`: name -> format or None."""
    answer = {"k": {}, "silu_mul_k": {}, "unaligned": {}, "pad32": {}, "modules": collections.Counter()}
    for linear in linears:
        shards, fmt = parallel.shards(linear), format_of(linear.name)
        k = fractions.Fraction(linear.width, shards)
        row = (linear.pattern, linear.width, linear.outputs, linear.count, fmt, shards, _text(linear, shards))
        answer["modules"][row] += 1  # layers
        if fmt is not None:
            _count(answer, linear, fmt, k, _text(linear, shards))
    return answer


def _count(answer, linear, fmt, k, text):
    if k % BLOCK[fmt] != 0:
        answer["unaligned"].setdefault((fmt, text), set()).add(linear.pattern)
        return
    answer["k"].setdefault(fmt, set()).add(int(k))
    if linear.silu_mul:
        answer["silu_mul_k"].setdefault(fmt, set()).add(int(k))
    if fmt == "nvfp4" and k % 32 != 0:
        answer["pad32"].setdefault(text, set()).add(linear.pattern)


def _text(linear, shards):
    whole = linear.width % shards == 0
    return str(linear.width // shards) if whole else f"{linear.width}/{shards}"
