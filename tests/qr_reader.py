"""Reading a QR code off a page, as a camera would: from the modules that are drawn, not from what was put into it.

ISO/IEC 18004:2015, bytes only and without correcting errors: on a screen nothing is smudged. What is no data in a code
of a size, and its masks and blocks, are segno's tables.
"""

import re
from collections.abc import Iterator
from itertools import product

from segno import consts, encoder

Matrix = tuple[bytearray, ...]
_MOVES = re.compile(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?")
_NOTHING_YET = 2


def read_qr(svg: str) -> str:
    """The text of a QR code that is drawn as an inline SVG by segno."""
    drawn = _modules(svg)
    size = len(drawn)
    version = (size - 17) // 4
    error, mask = _format(drawn, version)
    bits = [drawn[row][column] ^ mask(row, column) for row, column in _places(_frame(size))]
    codewords = [int("".join(map(str, bits[at : at + 8])), 2) for at in range(0, len(bits) - 7, 8)]
    data = "".join(f"{word:08b}" for word in _in_order(codewords, version, error))
    assert data[:4] == "0100", "not in bytes"
    digits = 8 if version < 10 else 16
    length = int(data[4 : 4 + digits], 2)
    start = 4 + digits
    return bytes(int(data[at : at + 8], 2) for at in range(start, start + 8 * length, 8)).decode()


def _modules(svg: str) -> Matrix:
    """Which modules are dark: the path draws each row of them as strokes."""
    [size] = re.findall(r'viewBox="0 0 (\d+) \1"', svg)
    [path] = re.findall(r' d="([^"]+)"', svg)
    drawn = tuple(bytearray(int(size)) for _ in range(int(size)))
    x, y = 0, 0.0
    for move, first, second in _MOVES.findall(path):
        if move == "M":
            x, y = int(first), float(second)
        elif move == "m":
            x, y = x + int(first), y + float(second)
        else:
            for column in range(x, x + int(first)):
                drawn[int(y)][column] = 1
            x += int(first)
    return drawn


def _frame(size: int) -> Matrix:
    """A code of a size without any data."""
    frame: Matrix = encoder.make_matrix(size, size)
    encoder.add_finder_patterns(frame, size, size)
    encoder.add_alignment_patterns(frame, size, size)
    return frame


def _format(drawn: Matrix, version: int) -> tuple[int, object]:
    """The level of correction and the mask that a code says it has."""
    masks = encoder.get_data_mask_functions(False)
    for error, mask in product(consts.ECC[version], range(len(masks))):
        frame = _frame(len(drawn))
        encoder.add_format_info(frame, version, error, mask)
        if frame[8][:9] == drawn[8][:9] and [row[8] for row in frame[:9]] == [row[8] for row in drawn[:9]]:
            return error, masks[mask]
    raise AssertionError("This is no QR code.")


def _places(frame: Matrix) -> Iterator[tuple[int, int]]:
    """Where the data stands, in its order: up and down in pairs of columns from the right, past the timing column."""
    size, upwards = len(frame), True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for row in range(size - 1, -1, -1) if upwards else range(size):
            yield from ((row, column) for column in (right, right - 1) if frame[row][column] == _NOTHING_YET)
        upwards = not upwards


def _in_order(codewords: list[int], version: int, error: int) -> list[int]:
    """The data of all blocks, one after the other: in the code their first codewords stand first, then the second."""
    lengths = [block.num_data for block in consts.ECC[version][error] for _ in range(block.num_blocks)]
    blocks: list[list[int]] = [[] for _ in lengths]
    words = iter(codewords)
    for place in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if place < length:
                block.append(next(words))
    return [word for block in blocks for word in block]
