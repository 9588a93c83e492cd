"""What is left to do stands in an issue, never in the tree."""
import re

import tree

# Put together here, so that this file does not find itself.
FORBIDDEN = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]) + r")\b")


def notes(files):
    return [
        f"{path}:{number}: {line.strip()}"
        for path, text in sorted(files.items())
        for number, line in enumerate(text.splitlines(), 1)
        if FORBIDDEN.search(line)
    ]


def test_no_notes_are_left():
    assert notes(tree.read()) == []


def test_a_note_is_found():
    for word in ["TO" + "DO", "FIX" + "ME", "X" * 3]:
        assert notes({"a.cc": f"int a;\n// {word}(me): more\n"}) == [f"a.cc:2: // {word}(me): more"]
    assert notes({"a.cc": 'mkstemp("/tmp/XXXXXX"); int todo_count;'}) == []
