"""Just enough of NumPy's file format, by hand: what the tests feed the program and what they read back."""
import ast
import struct

CODES = {"<f4": "<f", "<f2": "<e", "<u2": "<H", "|u1": "B"}


def bf16(value):
    """The bits of a value that bf16 holds exactly."""
    (bits,) = struct.unpack("<I", struct.pack("<f", value))
    assert bits & 0xFFFF == 0, value
    return bits >> 16


def data_of(rows, descr):
    values = [value for row in rows for value in row]
    if descr == "<u2":
        values = [bf16(value) for value in values]
    return b"".join(struct.pack(CODES[descr], value) for value in values)


def header_of(descr, shape, fortran="False", version=1):
    text = f"{{'descr': {descr!r}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text


def write(path, rows, descr="<f4"):
    shape = (len(rows), len(rows[0]))
    path.write_bytes(header_of(descr, shape) + data_of(rows, descr))
    return path


def write_bits(path, rows):
    """A <u2 array of bf16 bits as they stand."""
    data = b"".join(struct.pack(f"<{len(row)}H", *row) for row in rows)
    path.write_bytes(header_of("<u2", (len(rows), len(rows[0]))) + data)
    return path


def read(path):
    """(rows, columns, bytes) of a |u1 array."""
    text = path.read_bytes()
    assert text[:8] == b"\x93NUMPY\x01\x00"
    (length,) = struct.unpack("<H", text[8:10])
    header = ast.literal_eval(text[10 : 10 + length].decode())
    assert (header["descr"], header["fortran_order"]) == ("|u1", False) and (10 + length) % 64 == 0
    rows, columns = header["shape"]
    data = text[10 + length :]
    assert len(data) == rows * columns
    return rows, columns, data
