#!/usr/bin/env python3
"""Machine instructions per element of the quantize kernels, counted from their cubins.

    tools/bench/count_instructions.py [--fp4jit PROGRAM] [--nvdisasm PROGRAM] [--json]

Counted is the steady path, as every thread walks it whose rows and columns are inside the tensor and whose blocks
hold ordinary numbers: the shortest way from the kernel's entry to its exit that makes all of its wide stores. The
call for irregular blocks, padding rows and the filling after the last instruction are left out; predicated
instructions count as issued. A count is of issue slots, not of time.

nvdisasm comes from the CUDA toolkit or from the wheel nvidia-cuda-nvdisasm.
"""
import argparse
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORMATS = {"nvfp4": 16, "mxfp4": 32, "mxfp8": 32}  # sf_vec_size
BLOCKS_PER_THREAD = 2
LAYOUTS = ["linear", "128x4", "8x4"]
TARGETS = ["sm_90", "sm_100a"]
K = 7168

PREDICATE = re.compile(r"^@!?U?P\w+\s+")
LABEL = re.compile(r"^\s*(\.L_x_\d+|\$\S+):")
INSTRUCTION = re.compile(r"^\s*/\*[0-9a-f]{4,}\*/\s+(.*?);")
WIDE_STORE = re.compile(r"STG\.E\.(64|128)")


def basic_blocks(disassembly):
    """The kernel's basic blocks, lists of instructions, and the block that each label stands before. A label with
    a dollar sign begins another function."""
    blocks, labels = [[]], {}
    for line in disassembly.splitlines():
        label = LABEL.match(line)
        if label:
            if label.group(1).startswith("$"):
                break
            blocks.append([])
            labels[label.group(1)] = len(blocks) - 1
        instruction = INSTRUCTION.match(line)
        if not instruction:
            continue
        blocks[-1].append(instruction.group(1).strip())
        if re.search(r"\b(BRA|EXIT)\b", blocks[-1][-1]):
            blocks.append([])
    return blocks, labels


def successors(index, blocks, labels):
    """Where control goes after a block, loops left out; None is the exit."""
    if not blocks[index]:
        return [index + 1] if index + 1 < len(blocks) else [None]
    last = blocks[index][-1]
    is_conditional = bool(PREDICATE.match(last)) or bool(re.search(r"BRA\.U\s+!?UP", last))
    found = []
    if re.search(r"\bBRA\b", last):
        found = [labels[name] for name in re.findall(r"`\((\.L_x_\d+)\)", last) if labels.get(name, 0) > index]
    elif re.search(r"\bEXIT\b", last):
        found = [None]
    else:
        is_conditional = True
    if is_conditional and index + 1 < len(blocks):
        found.append(index + 1)
    return found


def steady_path(disassembly):
    blocks, labels = basic_blocks(disassembly)

    @functools.lru_cache(None)
    def best(index):
        """(wide stores, minus instructions, path) of the best way from a block to the exit."""
        if index is None:
            return 0, 0, ()
        stores = sum(bool(WIDE_STORE.search(text)) for text in blocks[index])
        ways = [best(after) for after in successors(index, blocks, labels)]
        if not ways:
            return -1000, 0, ()
        way = max(ways, key=lambda candidate: candidate[:2])
        return way[0] + stores, way[1] - len(blocks[index]), (index,) + way[2]

    path = [text for index in best(0)[2] for text in blocks[index]]
    return [PREDICATE.sub("", text) for text in path if not PREDICATE.sub("", text).startswith("NOP")]


def widths(instructions, opcode):
    """Bits of each global load or store, as a sorted list of distinct widths."""
    found = set()
    for text in instructions:
        if not text.startswith(opcode):
            continue
        width = re.search(r"\.(U8|U16|64|128|256)\b", text.split()[0])
        found.add({"U8": 8, "U16": 16, "64": 64, "128": 128, "256": 256}[width.group(1)] if width else 32)
    return sorted(found)


def count(program, nvdisasm, spec, folder):
    """One specialisation: compiled, disassembled, counted."""
    payload = os.path.join(folder, "kernel.cubin")
    environment = {key: value for key, value in os.environ.items() if key != "FP4JIT_ARTIFACT"}
    subprocess.run([program, "prewarm", "--spec", spec, "--cache-dir", folder, "--quiet"], check=True, env=environment)
    shown = subprocess.run([program, "show", spec, "--cache-dir", folder, "--payload", payload, "--json"], check=True,
                           env=environment, capture_output=True, text=True)
    record = json.loads(shown.stdout)["record"]
    disassembly = subprocess.run([nvdisasm, "-c", payload], check=True, capture_output=True, text=True).stdout
    path = steady_path(disassembly)
    elements = FORMATS[spec.split("_")[0]] * BLOCKS_PER_THREAD
    return {
        "spec": spec,
        "instructions": len(path),
        "elements": elements,
        "per_element": round(len(path) / elements, 3),
        "registers": record["registers"],
        "spill_instructions": len(re.findall(r"\b(?:STL|LDL)\b", disassembly)),
        "load_bits": widths(path, "LDG"),
        "store_bits": widths(path, "STG"),
        "toolchain": record["toolchain"],
    }


def find_nvdisasm():
    wheels = sorted(ROOT.glob("build/nvdisasm/nvidia/*/bin/nvdisasm"))
    return os.environ.get("NVDISASM") or (str(wheels[0]) if wheels else shutil.which("nvdisasm"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fp4jit", default=str(ROOT / "tools/fp4jit"), help="the program (default: tools/fp4jit)")
    parser.add_argument("--nvdisasm", default=find_nvdisasm())
    parser.add_argument("--numerics", default="trtllm,exact")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.nvdisasm:
        sys.exit("no nvdisasm; tools/setup --tests installs it, or name it with --nvdisasm")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for numerics in options.numerics.split(","):
            for target in TARGETS:
                for name in FORMATS:
                    for layout in LAYOUTS:
                        spec = f"{name}_quantize[k={K},in=bf16,layout={layout},numerics={numerics},pdl=1]@{target}"
                        rows.append(count(options.fp4jit, options.nvdisasm, spec, folder))
    if options.json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        print(f"{row['per_element']:6.2f} instructions/element  {row['registers']:3} registers  "
              f"{row['spill_instructions']} spills  loads {row['load_bits']} stores {row['store_bits']} bits  {row['spec']}")


if __name__ == "__main__":
    main()
