"""The example program, against NVFP4 worked out here from its definition."""
import math
import os
import pathlib
import struct
import subprocess

BUILD = pathlib.Path(os.environ["FP4JIT_BUILD_DIR"])
ROWS, COLUMNS, BLOCK = 2, 32, 16
E2M1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6]
E4M3 = [(m + 8) * 2.0 ** (e - 10) if e else m * 2.0**-9 for e in range(16) for m in range(8)][:127]


def f32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def nearest(value, codes):
    """The code of the nearest value, and of two the even one: codes and values rise together."""
    return min(range(len(codes)), key=lambda code: (abs(codes[code] - value), code % 2))


def expected():
    """Strict NVFP4 of 0, 1, … 63 with the global scale 448*6/63; every line is one rounding to f32."""
    global_scale = f32(f32(448.0 * 6.0) / 63.0)
    data, sf = [], []
    for start in range(0, ROWS * COLUMNS, BLOCK):
        block = range(start, start + BLOCK)
        code = nearest(f32(max(block) * f32(global_scale * f32(1 / 6))), E4M3)
        multiplier = f32(1.0 / f32(E4M3[code] * f32(1.0 / global_scale)))
        codes = [nearest(f32(x * multiplier), E2M1) for x in block]
        sf.append(code)
        data += [low | high << 4 for low, high in zip(codes[::2], codes[1::2])]
    return [" ".join(["data"] + [f"{b:02x}" for b in data]), " ".join(["sf"] + [f"{b:02x}" for b in sf])]


def test_it_prints_the_bytes_of_the_definition(tmp_path):
    assert math.isclose(E4M3[-1], 448)
    environment = {**os.environ, "FP4JIT_CACHE_DIR": str(tmp_path / "store")}
    run = subprocess.run([BUILD / "examples/embed"], capture_output=True, text=True, env=environment)
    assert (run.returncode, run.stderr) == (0, "")
    where, *numbers = run.stdout.splitlines()
    assert where in ("device 0", "host")
    assert numbers == expected()
