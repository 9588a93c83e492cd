"""A library's functions as objdump prints them, and what in one of them could block, wait or leave it."""
import re
import subprocess

FUNCTION = re.compile(r"^[0-9a-f]+ <(.+)>:$")
INSTRUCTION = re.compile(r"^\s*[0-9a-f]+:\s+(\S.*?)\s*(?:#.*)?$")
TARGET = re.compile(r"<(.+?)(?:\+0x[0-9a-f]+)?>$")


def functions(library):
    """{demangled name: [instruction]} of every function that the library has code of."""
    command = ["objdump", "-d", "-C", "--no-show-raw-insn", str(library)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found, name = {}, None
    for line in text.splitlines():
        if start := FUNCTION.match(line):
            name = start.group(1)
            found[name] = []
        elif (instruction := INSTRUCTION.match(line)) and name is not None:
            found[name].append(instruction.group(1))
    return found


def findings(name, instructions):
    """Instructions of an x86-64 function that call, lock, enter the kernel or read a clock."""
    return [text for text in instructions if _is_forbidden(name, text)]


def _is_forbidden(name, text):
    words = text.split()
    if words[0] in ("notrack", "bnd", "cs", "data16", "rep", "repz", "repnz") and len(words) > 1:
        words = words[1:]
    operation = words[0]
    if operation == "lock" or operation.startswith(("call", "sys", "rdtsc", "int")):
        return True
    if operation.startswith("xchg"):
        return "(" in text  # with memory it locks without saying so
    return operation.startswith("jmp") and not _stays_inside(name, text)


def _stays_inside(name, text):
    target = TARGET.search(text)
    return bool(target) and target.group(1) == name
