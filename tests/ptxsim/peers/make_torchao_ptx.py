"""torchao's MXFP8 kernel as PTX, compiled ahead of time by Triton, without a GPU.

    make_torchao_ptx.py FOLDER

writes FOLDER/mxfp8.ptx and FOLDER/mxfp8.json, what a launch needs. Run it by a Python that has `triton` and `torchao`.

torchao is found but not imported, since that needs torch: its jitted functions are cut out of its file, unchanged but
for the decorator that tries 24 configurations, of which this is one.
"""
import ast
import importlib.util
import json
import os
import pathlib
import sys
import tempfile
import textwrap

SOURCE = "prototype/mx_formats/kernels.py"
KERNEL = "to_mxfp8_dim0_kernel"
FUNCTIONS = ["_calculate_reciprocal_scale", "_triton_calculate_scale_rceil", "_triton_calculate_scale_floor", KERNEL]
CONSTANTS = {"ROW_TILE_SIZE": 128, "COL_TILE_SIZE": 128, "SCALE_BLOCK_SIZE": 32, "SCALING_MODE": "rceil"}
ARGUMENTS = {"x_ptr": "*bf16", "output_ptr": "*fp8e4nv", "scale_ptr": "*u8", "n_rows": "i32", "n_cols": "i32"}
WARPS, STAGES, CAPABILITY = 4, 2, 100


def find_torchao():
    spec = importlib.util.find_spec("torchao")
    if not spec:
        sys.exit("no package torchao")
    return pathlib.Path(spec.submodule_search_locations[0])


def cut_out(path):
    """The file's functions, with the one decorator triton.jit."""
    text = path.read_text()
    found = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name in FUNCTIONS and node.decorator_list:
            lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
            found[node.name] = "@triton.jit\n" + textwrap.dedent("\n".join(lines))
    missing = [name for name in FUNCTIONS if name not in found]
    if missing:
        sys.exit(f"{path} has no {missing}")
    head = "import triton\nimport triton.language as tl\n\nIS_ROCM = tl.constexpr(False)"
    return "\n\n\n".join([head, *(found[name] for name in FUNCTIONS)]) + "\n"


def load(source, folder):
    """The kernel of this source, which Triton reads again from its file."""
    path = folder / "torchao_kernels.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location("torchao_kernels", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, KERNEL)


def compiled(kernel):
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    signature = {name: ARGUMENTS.get(name, "constexpr") for name in kernel.arg_names}
    constants = {(kernel.arg_names.index(name),): value for name, value in CONSTANTS.items()}
    # What Triton's launcher finds of torch's tensors and of such a K; of M nothing is assumed.
    aligned = [index for index, name in enumerate(kernel.arg_names) if name in ARGUMENTS and name != "n_rows"]
    attributes = {(index,): [["tt.divisibility", 16]] for index in aligned}
    return triton.compile(
        ASTSource(kernel, signature, constants, attributes),
        target=GPUTarget("cuda", CAPABILITY, 32),
        options={"num_warps": WARPS, "num_stages": STAGES},
    )


def make(folder):
    package = find_torchao()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"TRITON_CACHE_DIR": scratch, "TRITON_DISABLE_LINE_INFO": "1", "TRITON_DEFAULT_FP_FUSION": "1"}
        found = compiled(load(cut_out(package / SOURCE), pathlib.Path(scratch)))
    launch = {
        "entry": found.metadata.name,
        "shared_bytes": found.metadata.shared,
        "threads": WARPS * 32,
        "rows": CONSTANTS["ROW_TILE_SIZE"],
        "columns": CONSTANTS["COL_TILE_SIZE"],
    }
    (folder / "mxfp8.ptx").write_text(found.asm["ptx"])
    (folder / "mxfp8.json").write_text(json.dumps(launch) + "\n")


if __name__ == "__main__":
    make(pathlib.Path(sys.argv[1]))
