"""Runs a program under callgrind, and reads how many instructions its functions took."""
import collections
import os
import re
import subprocess

Calls = collections.namedtuple("Calls", "count instructions")  # of a function, with all that it calls


def run(program, measured, output):
    """Counts a run of the program; gives a list of (function, {callee: Calls}), one item for each time that one of
    the `measured` functions ran, with what was called in it."""
    command = ["valgrind", "--tool=callgrind", "--combine-dumps=yes", "--compress-strings=no", "--compress-pos=no"]
    # In this order: the other way round valgrind 3.19 makes the dumps of the first function alone.
    command += [f"--{option}={function}" for function in measured for option in ("zero-before", "dump-after")]
    # The first call of a function would count the loader's search for it.
    environment = os.environ | {"LD_BIND_NOW": "1"}
    command += [f"--callgrind-out-file={output}", program]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    with open(output, encoding="utf-8") as file:
        return parts(file.read())


def parts(text):
    found = []
    for part in re.split(r"^part: \d+$", text, flags=re.MULTILINE)[1:]:
        trigger = re.search(r"^desc: Trigger: --dump-after=(\w+)", part, re.MULTILINE)
        if trigger:
            found.append((trigger.group(1), _calls(part.splitlines())))
    return found


def _calls(lines):
    """{callee: Calls}: the line after each `calls=` has what those calls took."""
    found, callee = {}, None
    for line, after in zip(lines, [*lines[1:], ""]):
        if line.startswith("cfn="):
            callee = line[4:]
        elif line.startswith("calls="):
            before = found.get(callee, Calls(0, 0))
            count = int(line[6:].split()[0])
            found[callee] = Calls(before.count + count, before.instructions + int(after.split()[-1]))
    return found
