"""Finds functions and their lengths in C++ and Python text, by matching braces and by Python's own parser."""
import ast
import re

# Comments, raw strings, strings, characters and preprocessor lines: braces in them mean nothing. An apostrophe
# after a letter or digit separates digits.
NOT_CODE = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r'|R"(?P<mark>\w*)\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'"
    r"|^[ \t]*#(?:\\\n|[^\n])*",
    re.DOTALL | re.MULTILINE,
)
CONTROL = re.compile(r"\s*(else\s+)?(if|for|while|switch|do|else|try|catch)\b")
# What may stand between a function's parameters and its body.
TAIL = re.compile(r"\)\s*((const|noexcept|override|final|mutable)\b\s*|&\s*)*(->[^;{}]*|:[^:].*)?$", re.DOTALL)
INITIALISER = re.compile(r"\)\s*(noexcept\s*)?:[^:].*[\w>]$", re.DOTALL)


def cxx_functions(text):
    """[(first line, lines, signature)] of every outermost function; signature and braces count as lines of it."""
    code = NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)
    code = re.sub(r"\b(public|private|protected):", ";", code)
    found, start, at = [], 0, 0
    while (brace := re.compile(r"[;{}]").search(code, at)) is not None:
        at = brace.end()
        header = code[start : brace.start()]
        if brace.group(0) != "{":
            start = at
        elif INITIALISER.search(header):
            at = _closing(code, brace.start())  # the braces of a_{1} in a constructor's list
        elif _opens_function(header):
            at = _closing(code, brace.start())
            first = code.count("\n", 0, start + len(header) - len(header.lstrip())) + 1
            found.append((first, code.count("\n", 0, at) + 2 - first, " ".join(header.split())))
            start = at
        elif "=" in header:
            at = _closing(code, brace.start())  # a table
        else:
            start = at  # a namespace or a class: its functions come next
    return found


def python_functions(text):
    """The same for Python."""
    return [
        (node.lineno, node.end_lineno - node.lineno + 1, node.name)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def _opens_function(header):
    header = header.strip()
    return bool(TAIL.search(header)) and not CONTROL.match(header)


def _closing(code, brace):
    """The position after the brace that closes the one at `brace`."""
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, brace):
        depth += 1 if match.group(0) == "{" else -1
        if depth == 0:
            return match.end()
    raise ValueError(f"the brace of line {code.count(chr(10), 0, brace) + 1} is never closed")
