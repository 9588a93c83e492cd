"""Every specialisation again, with the NVRTC versions at both ends of what is supported.

The wheels go into folders of the build tree. Targets that a version lacks are refused by name, which the test program
itself asserts; here their number is.
"""
import glob
import os
import re
import subprocess
import sys

import pytest

BUILD = os.environ["FP4JIT_BUILD_DIR"]
PROGRAM = os.path.join(BUILD, "tests/compile/every_specialisation_test")


def nvrtc_of(wheel):
    folder = os.path.join(BUILD, "other_nvrtc", re.sub(r"\W+", "_", wheel))
    if not os.path.isdir(folder):
        command = ["/usr/bin/python3", "-m", "pip", "install", "-q", "--no-deps", "--target", folder, wheel]
        subprocess.run(command, check=True)
    libraries = [path for path in glob.glob(folder + "/nvidia/*/lib/libnvrtc.so.1*") if "alt" not in path]
    assert len(libraries) == 1, libraries
    return libraries[0]


@pytest.mark.parametrize(
    "wheel, refused_targets",
    [
        ("nvidia-cuda-nvrtc", set()),  # the newest
        ("nvidia-cuda-nvrtc-cu12==12.9.86", {"sm_110a"}),  # which calls it sm_101
    ],
)
def test_every_specialisation(wheel, refused_targets):
    environment = {**os.environ, "FP4JIT_NVRTC": nvrtc_of(wheel)}
    done = subprocess.run([PROGRAM], env=environment, capture_output=True, text=True)
    counts = re.findall(r"^(\w+): (\d+) compiled, (\d+) refused, (\d+) failed, of (\d+)$", done.stdout, re.M)
    print("\n".join(" ".join(row) for row in counts), file=sys.stderr)
    assert done.returncode == 0, done.stdout[-3000:]
    assert len(counts) == 13
    assert {target for target, _, refused, _, _ in counts if int(refused)} == refused_targets
    assert all(int(compiled) + int(refused) == int(of) for _, compiled, refused, _, of in counts)
