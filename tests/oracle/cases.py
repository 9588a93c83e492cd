"""What is compared: every published and every small model as it is, and seeded variations of each."""
import dataclasses
import functools
import json
import pathlib
import random

import classes
import conftest
import made_up
import metadata
import split
import variations

FOLDERS = ("tests/golden/models", "examples/models")
CONFIGS = conftest.SOURCE / "tests/oracle/configs"
VARIATIONS = 3
SEED = 6
TPS = (1, 2, 4, 8)
ODD_TPS = (3, 5, 6, 7, 12)
MADE_UP = (made_up.excluding, made_up.mixed, made_up.compressed, made_up.compressed_by_kind)


@dataclasses.dataclass(frozen=True)
class Case:
    """A config.json, the variation of it (0: as it is) and whether metadata is made up for it."""

    path: pathlib.Path
    variation: int = 0
    scheme: int | None = None

    @property
    def name(self):
        stem = self.path.parent.name if self.path.name == "config.json" else self.path.stem
        stem = f"example_{stem}" if "examples" in self.path.parts else stem
        scheme = "" if self.scheme is None else f"-{MADE_UP[self.scheme].__name__}"
        return f"{stem}{scheme}" + (f"-variation_{self.variation}" if self.variation else "")

    def config(self, rng):
        config = json.loads(self.path.read_text())
        return variations.vary(config, rng) if self.variation else config

    def rng(self):
        return random.Random(f"{SEED} {self.name}")


def label(case):
    """What pytest calls a case: which model, and what is not as published."""
    text = classes.text_config(case.config(case.rng()))
    heads = f"-heads_{text['num_attention_heads']}-hidden_{text['hidden_size']}" if case.variation else ""
    return case.name + heads


def all_cases():
    published = [path for folder in FOLDERS for path in sorted((conftest.SOURCE / folder).glob("*/config.json"))]
    bare = sorted(CONFIGS.glob("*.json"))
    as_they_are = [*published, *sorted(CONFIGS.glob("*/config.json")), *bare]
    cases = [Case(path, variation) for path in as_they_are for variation in range(VARIATIONS + 1)]
    return cases + [Case(path, scheme + 1, scheme) for path in bare for scheme in range(len(MADE_UP))]


class Model:
    """A case built: its folder for the program, and its linears for the oracle."""

    def __init__(self, case, folder):
        rng = case.rng()
        config = case.config(rng)
        model, self.settings = classes.build(config)
        self.linears = classes.linears(model)
        beside = case.path.with_name("hf_quant_config.json")
        made = {"hf_quant_config": json.loads(beside.read_text())} if beside.exists() else {}
        if case.scheme is not None:
            made = MADE_UP[case.scheme](self.linears, rng)
        if "quantization_config" in made:
            config["quantization_config"] = made["quantization_config"]
        self.folder = folder
        (folder / "config.json").write_text(json.dumps(config))
        if "hf_quant_config" in made:
            (folder / "hf_quant_config.json").write_text(json.dumps(made["hf_quant_config"]))
        self.source = metadata.source(folder)
        self.tps = (*TPS, rng.choice(ODD_TPS))

    @property
    def formats(self):
        """What --format says: without metadata the caller names one."""
        return (None,) if self.source else ("nvfp4", "mxfp8")

    @functools.cached_property
    def has_experts(self):
        return any(".experts." in linear.name for linear in self.linears)

    def refuses(self, tp):
        return split.refuses(self.linears, self.settings, tp)

    def format_of(self, fmt):
        return metadata.reader(self.source) if self.source else lambda _: fmt

    def needed(self, fmt, parallel):
        return split.needed(self.linears, self.format_of(fmt), parallel)
