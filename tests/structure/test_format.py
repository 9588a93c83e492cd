"""All C++ text is as clang-format writes it."""
import shutil
import subprocess

import pytest
import tree

pytestmark = pytest.mark.skipif(
    not shutil.which("clang-format"), reason="clang-format is not installed; tools/setup --tests installs it"
)


def unformatted(paths):
    command = ["clang-format", "--dry-run", "--Werror", f"--style=file:{tree.SOURCE_DIR}/.clang-format"]
    run = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True)
    return [line for line in run.stderr.splitlines() if "error:" in line] if run.returncode else []


def test_the_tree_is_formatted():
    paths = [tree.SOURCE_DIR / path for path in tree.read(tree.CXX)]
    assert unformatted(paths) == []


def test_what_is_not_is_found(tmp_path):
    good, bad = tmp_path / "good.cc", tmp_path / "bad.cc"
    good.write_text("int f(int a);\n")
    bad.write_text("int f( int a ) ;\n")
    assert [line.split(":")[0] for line in unformatted([good, bad])[:1]] == [str(bad)]
