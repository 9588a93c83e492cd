"""Reads #include lines and says which of them point against the arrows of the map."""
import posixpath
import re

# Layer -> layers that it may name directly; what those may name is allowed too.
ARROWS = {
    "base": [],
    "api": [],
    "cache": ["base"],
    "device templates": [],
    "templates": ["device templates", "arguments"],
    "spec": ["base"],
    "codegen": ["spec", "templates"],
    "compile": ["codegen", "cache"],
    "device": ["spec", "arguments"],
    "host": ["spec"],
    "registry": ["device", "compile"],
    "capi": ["api", "registry", "host", "spec"],
    "tools": ["registry", "host", "device", "compile", "cache", "spec"],
    # What is measured is also what a user calls.
    "bench": ["tools", "api"],
    "plugins": ["api"],
    # The one argument struct that the kernel and the host share.
    "arguments": [],
    # The stand-in for the driver; of the product it has only the thread pool of base.
    "ptxsim base": [],
    "ptxsim values": [],
    "ptxsim ptx": ["ptxsim base"],
    "ptxsim checker": ["ptxsim base"],
    "ptxsim machine": ["ptxsim checker"],
    "ptxsim isa": ["ptxsim machine", "ptxsim ptx", "ptxsim values"],
    "ptxsim exec": ["ptxsim isa", "base"],
    "ptxsim driver": ["ptxsim exec"],
}

# Path prefix -> layer; the first that fits.
LAYERS = [
    ("templates/quantize_args.cuh", "arguments"),
    ("templates/device/", "device templates"),
    ("templates/", "templates"),
    ("runtime/include/", "api"),
    ("runtime/base/", "base"),
    ("runtime/spec/", "spec"),
    ("runtime/codegen/", "codegen"),
    ("runtime/compile/", "compile"),
    ("runtime/device/", "device"),
    ("runtime/registry/", "registry"),
    ("runtime/host/", "host"),
    ("runtime/", "capi"),
    ("cache/", "cache"),
    ("tools/bench/", "bench"),
    ("tools/", "tools"),
    ("plugins/", "plugins"),
]
LAYERS += [(f"tests/ptxsim/{layer[7:]}/", layer) for layer in ARROWS if layer.startswith("ptxsim ")]

# What only some files may contain: pattern, where it may stand, why.
RESERVED = [
    (r'#\s*include\s*[<"]nvrtc\.h', r"runtime/compile/nvrtc", "only compile/nvrtc* knows NVRTC"),
    (r'#\s*include\s*[<"]cuda\w*\.h', r"runtime/device/|tests/ptxsim/", "only device/ knows the driver"),
    (r'#\s*include\s*[<"]sqlite3\.h', r"cache/(catalog|pack)", "only cache/catalog* and cache/pack* know SQLite"),
    (r'#\s*include\s*[<"]fmt/', r"runtime/base/format\.h|tools/bench/hot_specs\.cc", "only base/format.h has fmt's code"),
    (r'extern\s+"C"', r"runtime/(capi\.cc|include/)|tests/ptxsim/driver/", 'only capi.cc and the C header have extern "C"'),
    (r"__CUDA_ARCH__", r"templates/device/convert\.cuh", "only convert.cuh splits device from host"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def layer_of(path):
    if path.endswith("_test.cc"):
        return None  # a test may look at everything
    return next((layer for prefix, layer in LAYERS if path.startswith(prefix)), None)


def reach(layer):
    """The layer itself and everything below it."""
    seen, todo = set(), [layer]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += ARROWS[here]
    return seen


def resolve(includer, name, known):
    """The path that an include of ours names, or None when it is a header of the system or of a dependency.

    A file that is not in the tree, but would lie in one of its layers, is one that the build generates.
    """
    in_template = includer.startswith("templates/")
    roots = ["templates"] if in_template else ["", "runtime", "runtime/include", "tools"]
    roots.append(posixpath.dirname(includer))
    paths = [posixpath.normpath(posixpath.join(root, name)) for root in roots]
    generated = [] if in_template else [p for p in paths[:2] if layer_of(p) not in (None, "capi")]
    return next((path for path in paths if path in known), generated[0] if generated else None)


def violations(files):
    """One line for each include or reserved word of {path: text} that the map does not allow."""
    found = []
    for path, text in sorted(files.items()):
        layer = layer_of(path)
        if layer is None:
            continue
        for _, name in INCLUDE.findall(text):
            target = resolve(path, name, files)
            if target is None and path.endswith(".cuh"):
                found.append(f"{path} includes {name}: templates include templates/device alone")
            elif target is not None and layer_of(target) not in reach(layer):
                found.append(f"{path} includes {name}: no arrow from {layer} to {layer_of(target)}")
        for pattern, allowed, why in RESERVED:
            if re.search(pattern, text) and not re.match(allowed, path):
                found.append(f"{path} has {re.search(pattern, text).group(0)}: {why}")
    return found
