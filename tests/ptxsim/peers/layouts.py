"""Where the scale byte of a block is, from the layouts' definitions in bytes."""

TILE = {"linear": (1, 1), "8x4": (8, 4), "128x4": (128, 4)}  # rows and scale columns are multiples of these


def padded(rows, columns, layout):
    """The shape of the scales of `columns` blocks in every row."""
    return tuple(-(-size // multiple) * multiple for size, multiple in zip((rows, columns), TILE[layout]))


def size(rows, columns, layout):
    rows, columns = padded(rows, columns, layout)
    return rows * columns


def offset(row, column, columns, layout):
    tiles = -(-columns // 4)
    if layout == "linear":
        return row * columns + column
    if layout == "8x4":
        return (row // 8 * tiles + column // 4) * 32 + row % 8 * 4 + column % 4
    return (row // 128 * tiles + column // 4) * 512 + row % 32 * 16 + row % 128 // 32 * 4 + column % 4
