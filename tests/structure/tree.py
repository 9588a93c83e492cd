"""The files of this checkout, as {path: text}, for the checks beside this file."""
import os
import pathlib

SOURCE_DIR = pathlib.Path(os.environ.get("FP4JIT_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
NOT_OURS = {".git", "build", "__pycache__"}
CXX = (".cc", ".h", ".c", ".cuh")


def read(suffixes=None, under=""):
    """All text files, or those with one of these suffixes, below a folder. Never an empty answer."""
    found = {}
    for folder, folders, names in os.walk(SOURCE_DIR / under):
        folders[:] = [f for f in folders if f not in NOT_OURS and not f.endswith(".egg-info")]
        for name in names:
            path = pathlib.Path(folder, name)
            text = _text(path) if not suffixes or name.endswith(suffixes) else None
            if text is not None:
                found[str(path.relative_to(SOURCE_DIR))] = text
    assert found, f"no file with suffix {suffixes} below {SOURCE_DIR / under}: nothing would be checked"
    return found


def _text(path):
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):  # binary golden data; a file that went while we looked
        return None
