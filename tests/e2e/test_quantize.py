"""quantize: golden bytes, shapes, the order of its checks, and every .npy that it must refuse."""
import os
import tempfile

import npy
import pytest

STEPS = [i / 2 - 4 for i in range(16)]
BLOCK_C = [-7.1875, 5.875, 2.875, -0.125, -3.125, -6.125, 6.9375, 3.9375, 0.9375, -2.0625, -5.0625, 8, 5, 2, -1, -4]
BLOCK_D = [-3.75, 1.84375, -0.53125, -2.90625, 2.6875, 0.3125, -2.0625, 3.53125, 1.15625, -1.21875, -3.59375, 2, -0.375,
           -2.75, 2.84375, 0.46875]  # fmt: skip
QUARTERS = [i / 4 - 4 for i in range(32)]


def padded(*values, width=16):
    return [*values, *[0.0] * (width - len(values))]


# Published vectors (TensorRT-LLM and FlashInfer rules, computed with NVIDIA's own host conversions):
# format, global scale, block, scale factor, packed bytes.
GOLDEN = [
    ("nvfp4", 1, STEPS, 0x33, "ffeecd9b10436576"),
    ("nvfp4", 672, STEPS, 0x7E, "ffeecdab20436576"),
    ("nvfp4", 1, BLOCK_C, 0x3B, "6f84ec57b17e36d9"),
    ("nvfp4", 64, BLOCK_C, 0x6B, "6f84ec57b17e36d9"),
    ("nvfp4", 336, BLOCK_C, 0x7E, "6f84ec57b17e36da"),
    ("nvfp4", 336, BLOCK_D, 0x75, "5fea167dc45fe926"),
    ("nvfp4", 1, BLOCK_D, 0x32, "5fea167dc45fe926"),
    ("nvfp4", 64, BLOCK_D, 0x62, "5fea167dc45fe926"),
    ("nvfp4", 1, padded(7.125, -0.0), 0x3A, "8700000000000000"),
    ("nvfp4", 1, padded(0.0, -0.0), 0x00, "8000000000000000"),
    ("mxfp4", None, QUARTERS, 127, "eededdccccabaa890021224344545566"),
    ("mxfp4", None, padded(6, width=32), 127, "07" + "00" * 15),
    ("mxfp4", None, padded(6.03125, width=32), 128, "05" + "00" * 15),
    ("mxfp8", None, QUARTERS, 121, "f8f7f6f5f4f3f2f1f0eeeceae8e4e0d80058606468" "6a6c6e7071727374757677"),
    ("mxfp8", None, padded(448, width=32), 127, "7e" + "00" * 31),
    ("mxfp8", None, padded(450, width=32), 128, "76" + "00" * 31),
]


@pytest.fixture
def quantize(fp4jit, tmp_path):
    class Quantize:
        data, sf, program = tmp_path / "q.npy", tmp_path / "s.npy", fp4jit

        def args(self, path, fmt, scale, *flags):
            named = [] if scale is None else ["--global-scale", scale]
            outputs = ["--output-data", self.data, "--output-sf", self.sf]
            return ["quantize", "--format", fmt, *named, "--input", path, *outputs, *flags]

        def __call__(self, rows, fmt, scale, *flags, descr="<f4"):
            path = npy.write(tmp_path / "x.npy", rows, descr)
            answer = fp4jit.json(*self.args(path, fmt, scale, *flags))
            return answer, npy.read(self.data), npy.read(self.sf)

        def refuses(self, code, says, path=tmp_path / "x.npy", fmt="nvfp4", scale=1, flags=()):
            fp4jit.refused(code, *self.args(path, fmt, scale, *flags), says=says)
            assert not self.data.exists() and not self.sf.exists()
            assert not list(tmp_path.glob("*.tmp"))

    return Quantize()


def golden_cases():
    """Each vector in every type that holds it."""
    for vector in GOLDEN:
        for descr in ("<f4", "<f2", "<u2"):
            if descr != "<u2" or not {6.03125, 450} & set(vector[2]):
                yield *vector, descr


@pytest.mark.parametrize("numerics", ["exact", "trtllm"])
@pytest.mark.parametrize("fmt, scale, block, sf, data, descr", golden_cases())
def test_golden_vectors(quantize, fmt, scale, block, sf, data, descr, numerics):
    flags = ("--sf-layout", "linear", "--numerics", numerics, "--device", "host")
    _, packed, scales = quantize([block], fmt, scale, *flags, descr=descr)
    assert packed == (1, len(data) // 2, bytes.fromhex(data))
    assert scales == (1, 1, bytes([sf]))


@pytest.mark.parametrize("layout, sf_shape, first_of_row_1", [("linear", (3, 3), 3), ("8x4", (8, 4), 4), ("128x4", (128, 4), 16)])
def test_layouts_and_padding(quantize, layout, sf_shape, first_of_row_1):
    rows = [STEPS * 3, BLOCK_C * 3, STEPS * 3]
    answer, packed, scales = quantize(rows, "nvfp4", 1, "--sf-layout", layout, "--numerics", "exact")
    assert answer["data_shape"] == [3, 24] and answer["sf_shape"] == list(sf_shape)
    assert packed[2] == bytes.fromhex("ffeecd9b10436576" * 3 + "6f84ec57b17e36d9" * 3 + "ffeecd9b10436576" * 3)
    assert scales[:2] == sf_shape
    assert scales[2][:3] == b"\x33" * 3 and scales[2][first_of_row_1 : first_of_row_1 + 3] == b"\x3b" * 3
    assert sum(byte != 0 for byte in scales[2]) == 9


def test_k_out_is_written_as_zero(quantize):
    answer, packed, scales = quantize([STEPS], "nvfp4", 1, "--sf-layout", "linear", "--k-out", "64")
    assert packed == (1, 32, bytes.fromhex("ffeecd9b10436576") + bytes(24)) and scales == (1, 4, b"\x33" + bytes(3))
    assert (answer["k"], answer["k_out"]) == (16, 64)


def test_the_host_needs_no_store(quantize, tmp_path):
    quantize.program.cache.write_text("a file")
    done = quantize.program.run(*quantize.args(npy.write(tmp_path / "x.npy", [STEPS]), "nvfp4", 1, "--device", "host"))
    assert (done.returncode, done.stderr) == (0, "")


def test_no_rows(quantize, tmp_path):
    path = tmp_path / "x.npy"
    path.write_bytes(npy.header_of("<f4", (0, 32)))
    answer = quantize.program.json(*quantize.args(path, "mxfp8", None))
    assert npy.read(quantize.data) == (0, 32, b"") and npy.read(quantize.sf) == (0, 4, b"")
    assert answer["m"] == 0


def test_it_says_how_far_off_it_is(quantize):
    answer, _, _ = quantize([padded(1.0, -6.0)], "nvfp4", 448)
    assert answer["sqnr_db"] is None and answer["max_abs_error"] == 0
    answer, _, _ = quantize([padded(6.0, 5.1)], "nvfp4", 448)
    assert answer["max_abs_error"] == pytest.approx(0.9) and 10 < answer["sqnr_db"] < 30
    done = quantize.program.run(*quantize.args(quantize.data.parent / "x.npy", "nvfp4", 448))
    assert done.returncode == 0 and "SQNR" in done.stdout


class TestBadInput:
    def put(self, tmp_path, text):
        (tmp_path / "x.npy").write_bytes(text)

    @pytest.mark.parametrize(
        "header, says",
        [
            (npy.header_of("<f4", (2, 16), fortran="True"), "Fortran order"),
            (npy.header_of("<f4", (2, 4, 4)), "3 axes"),
            (npy.header_of("<f4", (32,)), "1 axes"),
            (npy.header_of(">f4", (2, 16)), ["'>f4'", "<f4 (f32)"]),
            (npy.header_of("<f8", (2, 16)), "'<f8'"),
            (npy.header_of("<i4", (2, 16)), "'<i4'"),
            (npy.header_of("|O", (2, 16)), "'|O'"),
            (npy.header_of("<f4", (2, 16), version=9), "version is 9"),
            (npy.header_of([("a", "<f4")], (2, 16)), "no dictionary"),
            (npy.header_of("<f4", (2**30, 2**30)), "it is 1073741824"),
            (npy.header_of("<f4", (2**56, 16)), "claims"),
            (npy.header_of("<f4", (2**62, 16)), "claims"),
            (npy.header_of("<f4", (-2, 16)), "no dictionary"),
            (b"\x93NUMPY\x01\x00\x40\x00garbage" + b"x" * 57, "no dictionary"),
            (b"PK\x03\x04 a zip file", "magic"),
            (b"", "magic"),
            (npy.header_of("<f4", (2, 232)), "232 = 14.5 blocks"),
            (npy.header_of("<f4", (2, 0)), "k must be a multiple of 16"),
        ],
    )  # fmt: skip
    def test_headers(self, quantize, tmp_path, header, says):
        self.put(tmp_path, header + bytes(128))
        if header == b"":
            self.put(tmp_path, b"")
        quantize.refuses(2, says)

    def test_truncated(self, quantize, tmp_path):
        whole = npy.header_of("<f4", (2, 16)) + bytes(128)
        for length in range(0, len(whole), 13):
            self.put(tmp_path, whole[:length])
            quantize.refuses(2, "x.npy")
        self.put(tmp_path, whole[:-1])
        quantize.refuses(2, ["128 bytes", "127 bytes", "cut off"])
        self.put(tmp_path, whole + b"\0")
        quantize.refuses(2, "129 bytes")

    def test_more_than_there_is_memory_for(self, quantize, tmp_path):
        if quantize.program.has_sanitizer():
            pytest.skip("a sanitizer ends a program that asks for too much")
        if not os.path.isdir("/dev/shm"):
            pytest.skip("there is no /dev/shm, which takes a file of any length")
        start = npy.header_of("<f4", (2**27, 2**20))
        with tempfile.NamedTemporaryFile(dir="/dev/shm", suffix=".npy") as sparse:
            sparse.write(start)
            sparse.truncate(len(start) + 4 * 2**47)
            quantize.refuses(1, "not enough memory", path=sparse.name)

    def test_files_that_are_none(self, quantize, tmp_path):
        quantize.refuses(2, "No such file", path=tmp_path / "absent.npy")
        quantize.refuses(2, "no regular file", path=tmp_path)

    def test_the_dtype_must_be_the_one_that_is_named(self, quantize, tmp_path):
        npy.write(tmp_path / "x.npy", [STEPS], "<u2")
        quantize.refuses(2, "--in-dtype says f16", flags=("--in-dtype", "f16"))
        npy.write(tmp_path / "x.npy", [[0] * 16], "|u1")
        quantize.refuses(2, "in=e4m3 has no template", flags=("--in-dtype", "e4m3"))


class TestFlags:
    @pytest.mark.parametrize(
        "fmt, scale, flags, says",
        [
            ("nvfp4", None, (), "nvfp4 needs --global-scale"),
            ("nvfp4", "0", (), "positive"),
            ("nvfp4", "-1", (), "positive"),
            ("nvfp4", "nan", (), "positive"),
            ("nvfp4", "inf", (), "positive"),
            ("nvfp4", "1e99", (), "fits an f32"),
            ("nvfp4", "one", (), "positive"),
            ("mxfp4", 1, (), "--global-scale has no meaning"),
            ("nvfp5", 1, (), ["nvfp4, mxfp4, mxfp8", "did you mean 'nvfp4'?"]),
            ("nvfp4", 1, ("--sf-layout", "128x8"), "linear, 128x4, 8x4"),
            ("nvfp4", None, ("--numerics", "torchao"), "nvfp4 needs --global-scale"),
            ("nvfp4", 1, ("--in-dtype", "f64"), "f16, bf16, e4m3, f32"),
            ("nvfp4", 1, ("--k-out", "100"), "--k-out must be a multiple of 16 for nvfp4; it is 100"),
            ("mxfp8", None, ("--k-out", "48"), "--k-out must be a multiple of 32 for mxfp8; it is 48"),
            ("nvfp4", 1, ("--k-out", "16"), "k_out"),
            ("nvfp4", 1, ("--k-out", "0"), "--k-out"),
            ("nvfp4", 1, ("--device", "gpu"), "host or cuda:N"),
            ("nvfp4", 1, ("--device", "cuda:-1"), "host or cuda:N"),
        ],
    )
    def test_each_is_refused(self, quantize, tmp_path, fmt, scale, flags, says):
        npy.write(tmp_path / "x.npy", [STEPS * 2])
        quantize.refuses(2, says, fmt=fmt, scale=scale, flags=flags)

    def test_order_of_the_checks(self, quantize, tmp_path):
        cuda = ("--device", "cuda:0")
        (tmp_path / "x.npy").write_bytes(b"no array")
        quantize.refuses(2, "needs --global-scale", scale=None, flags=cuda)  # flags before the device
        quantize.refuses(3, "CUDA driver", flags=cuda)  # the device before the input
        quantize.data.parent.joinpath("x.npy").write_bytes(npy.header_of("<f8", (2, 16)) + b"short")
        quantize.refuses(2, "'<f8'")  # the header before the length
        (tmp_path / "x.npy").write_bytes(npy.header_of("<f4", (2, 16)) + b"short")
        quantize.sf = tmp_path / "no_folder" / "s.npy"
        quantize.refuses(2, "cut off")  # the input before the outputs
        npy.write(tmp_path / "x.npy", [STEPS])
        quantize.refuses(2, ["no_folder", "cannot be written"])

    def test_outputs_that_cannot_be_written_leave_nothing(self, quantize, tmp_path):
        npy.write(tmp_path / "x.npy", [STEPS])
        (tmp_path / "folder").mkdir()
        for path in (tmp_path / "folder", "/dev/null", "/proc/s.npy"):
            args = quantize.args(tmp_path / "x.npy", "nvfp4", 1)
            args[args.index("--output-sf") + 1] = path
            quantize.program.refused(2, *args, says="cannot be written")
            assert not quantize.data.exists() and not list(tmp_path.glob("*.tmp"))

    def test_files_must_be_three(self, quantize, tmp_path):
        npy.write(tmp_path / "x.npy", [STEPS])
        quantize.sf = quantize.data
        quantize.refuses(2, "three files")
