"""Compares what the plugins and their stand-ins say of vLLM and SGLang with those packages' sources, only read here.

FP4JIT_PEER_VLLM and FP4JIT_PEER_SGLANG name the folders of unpacked wheels. Every function of a stand-in must have the
parameters and defaults of the real one, and every class that a plugin names must be there; exits with 1 where not.
"""

import ast
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
STANDINS = os.path.join(HERE, "standins")
FOR_TESTS = ("__init__", "load_for_test")  # of stand-ins, which only tests call


def parse(path: str) -> ast.Module:
    with open(path, encoding="utf-8") as file:
        return ast.parse(file.read(), path)


def parameters(function: ast.FunctionDef) -> list[str]:
    """Names, with the defaults' source."""
    arguments = function.args
    names = [a.arg for a in arguments.posonlyargs + arguments.args]
    defaults = [ast.unparse(d) for d in arguments.defaults]
    first = len(names) - len(defaults)
    keywords = [(a.arg, d and ast.unparse(d)) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults)]
    return [n if i < first else f"{n}={defaults[i - first]}" for i, n in enumerate(names)] + [
        f"*, {name}={default}" for name, default in keywords
    ]


def functions(tree: ast.Module) -> dict[str, list[list[str]]]:
    """Of each name, the parameters of every function that has it: one may be for other platforms."""
    found: dict[str, list[list[str]]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, []).append(parameters(node))
    return found


def python_files(folder: str):
    for root, _, files in os.walk(folder):
        yield from (os.path.join(root, file) for file in sorted(files) if file.endswith(".py"))


def problems_of_functions(engine: str, peer: str) -> list[str]:
    problems = []
    for path in python_files(os.path.join(STANDINS, engine)):
        name = os.path.relpath(path, STANDINS)
        real_path = os.path.join(peer, name)
        real = functions(parse(real_path)) if os.path.exists(real_path) else {}
        for function, (expected,) in functions(parse(path)).items():
            if function in FOR_TESTS:
                continue
            there = real.get(function, [])
            same = expected in there
            print(f"{name}: {function}: {'same' if same else f'{expected} here, {there} there'}")
            problems += [] if same else [f"{name}: {function}"]
    return problems


def named_classes(engine: str) -> list[str]:
    """The keys of the plugin's table of classes."""
    plugin = os.path.join(HERE, "..", "..", "..", "plugins", "torch", "fp4jit", "engines", f"{engine}.py")
    for node in parse(plugin).body:
        if isinstance(node, ast.Assign) and node.targets[0].id in ("KERNELS", "METHODS"):
            return [key.value for key in node.value.keys]
    raise SystemExit(f"{plugin} has no table of classes")


def problems_of_classes(engine: str, peer: str) -> list[str]:
    there = set()
    for path in python_files(os.path.join(peer, engine)):
        there |= {node.name for node in ast.walk(parse(path)) if isinstance(node, ast.ClassDef)}
    missing = [name for name in named_classes(engine) if name not in there]
    print(f"{engine}: {len(named_classes(engine)) - len(missing)} classes are there, missing: {missing}")
    return missing


def main() -> int:
    problems, checked = [], 0
    for engine in ("vllm", "sglang"):
        peer = os.environ.get(f"FP4JIT_PEER_{engine.upper()}")
        if peer is None:
            print(f"{engine}: not checked; FP4JIT_PEER_{engine.upper()} names no unpacked wheel")
            continue
        checked += 1
        problems += problems_of_functions(engine, peer) + problems_of_classes(engine, peer)
    print("differences:", problems or "none")
    return 1 if problems or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
