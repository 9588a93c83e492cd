"""Every test file is part of the build: one that CMake does not name would never run."""
import posixpath
import re

import pytest
import tree

TEST_FILE = re.compile(r"(\w+_test\.cc|test_\w+\.py)$")


def unregistered(files):
    """Test files that the CMakeLists.txt beside them does not name, and test folders that tests/ does not."""
    found = []
    for path in sorted(files):
        folder, name = posixpath.split(path)
        if TEST_FILE.fullmatch(name) and name not in words(files, folder):
            found.append(path)
        if name == "CMakeLists.txt" and posixpath.dirname(folder) == "tests":
            found += [] if posixpath.basename(folder) in words(files, "tests") else [path]
    return found


def words(files, folder):
    text = files.get(f"{folder}/CMakeLists.txt", "")
    return set(re.split(r"[\s()]+", re.sub(r"#.*", "", text)))


def test_every_test_is_registered():
    assert unregistered(tree.read((".cc", ".py", "CMakeLists.txt"), under="tests")) == []


@pytest.mark.parametrize("path", ["tests/a/b_test.cc", "tests/a/test_b.py"])
def test_one_that_is_not_is_found(path):
    name = posixpath.basename(path)
    top = {"tests/CMakeLists.txt": "foreach(folder a)"}
    assert unregistered({**top, path: "", "tests/a/CMakeLists.txt": f"t(SOURCES {name})"}) == []
    assert unregistered({**top, path: "", "tests/a/CMakeLists.txt": f"# {name}\nt(SOURCES x{name})"}) == [path]
    assert unregistered({**top, path: ""}) == [path]


def test_a_folder_that_is_not_added_is_found():
    files = {"tests/CMakeLists.txt": "foreach(folder b)", "tests/a/CMakeLists.txt": ""}
    assert unregistered(files) == ["tests/a/CMakeLists.txt"]
