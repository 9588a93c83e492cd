"""What both sides are fed: matrices of 16-bit elements, random ones and those that numerics break at."""
import array
import dataclasses
import math
import random
import struct

LEAST_NORMAL = 2.0**-126  # of f32
EXPONENT_SHIFT = {"bf16": 7, "f16": 10}
LAST_EXPONENT = {"bf16": 254, "f16": 30}


def _value(element, word):
    if element == "f16":
        return struct.unpack("<e", struct.pack("<H", word))[0]
    return struct.unpack("<f", struct.pack("<I", word << 16))[0]


# What the kernels compute with: f32, in which a subnormal number is zero.
VALUES = {name: [_value(name, word) for word in range(1 << 16)] for name in EXPONENT_SHIFT}
FLUSHED = {name: [math.copysign(0, v) if abs(v) < LEAST_NORMAL else v for v in VALUES[name]] for name in VALUES}


@dataclasses.dataclass
class Matrix:
    element: str
    rows: int
    columns: int
    words: array.array

    def data(self):
        return struct.pack(f"<{len(self.words)}H", *self.words)

    def block(self, row, index, elements):
        start = row * self.columns + index * elements
        return self.words[start : start + elements]


def _word(element, value):
    if element == "f16":
        return struct.unpack("<H", struct.pack("<e", value))[0]
    return struct.unpack("<I", struct.pack("<f", value))[0] >> 16


def _normal(element, count, dice):
    """Every 16 elements of another size, some of them zeros of either sign."""
    for first in range(0, count, 16):
        size = 2.0 ** dice.randrange(-10, 7)
        for _ in range(16):
            yield _word(element, dice.gauss(0, size) if dice.random() < 0.95 else dice.choice([0.0, -0.0]))


def _of_exponents(least, most):
    """Random mantissas and signs. Every 16 elements have a greatest exponent of their own."""

    def words(element, count, dice):
        shift = EXPONENT_SHIFT[element]
        for first in range(0, count, 16):
            top = dice.randint(least, most)
            for _ in range(16):
                yield dice.choice([0, 1 << 15]) | dice.randint(least, top) << shift | dice.randrange(1 << shift)

    return words


def _tiny(element, count, dice):
    """Subnormal numbers for the most part, of bf16 and of what it is times 1/448 and 1/6."""
    return _of_exponents(0, 12)(element, count, dice)


def _huge(element, count, dice):
    last = LAST_EXPONENT[element]
    return _of_exponents(last - 3, last)(element, count, dice)


def _zeros(_, count, dice):
    return dice.choices([0, 1 << 15], k=count)


def _every(_, count, __):
    return (word % (1 << 16) for word in range(count))


def _shuffled(_, count, dice):
    words = [word % (1 << 16) for word in range(count)]
    dice.shuffle(words)
    return words


def _infinite(element, count, dice):
    """Ordinary numbers with an infinity in every other block of 16 and a NaN in every eighth."""
    infinity = LAST_EXPONENT[element] + 1 << EXPONENT_SHIFT[element]
    words = list(_normal(element, count, dice))
    for first in range(0, count, 32):
        words[first + dice.randrange(16)] = dice.choice([infinity, infinity | 1 << 15])
    for first in range(0, count, 128):
        words[first + dice.randrange(16)] = infinity | dice.randrange(1, 1 << EXPONENT_SHIFT[element])
    return words


KINDS = {"normal": _normal, "tiny": _tiny, "huge": _huge, "zeros": _zeros, "every": _every, "shuffled": _shuffled,
         "infinite": _infinite}  # fmt: skip


def matrix(kind, element, rows, columns):
    """The same one for the same arguments."""
    dice = random.Random(f"{kind} {element} {rows} {columns}")
    words = array.array("H", KINDS[kind](element, rows * columns, dice))
    return Matrix(element, rows, columns, words[: rows * columns])


def flushed(matrix):
    """Zeros of their signs instead of what is subnormal as f32."""
    values = VALUES[matrix.element]
    words = (word & 1 << 15 if abs(values[word]) < LEAST_NORMAL else word for word in matrix.words)
    return dataclasses.replace(matrix, words=array.array("H", words))
