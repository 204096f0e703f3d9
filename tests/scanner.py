"""What a camera reads in a QR code that a page draws. The tables of the standard (ISO/IEC 18004) are segno's."""

import re
from collections.abc import Callable, Iterator

from segno import consts, encoder

DRAWING = re.compile(r'viewBox="0 0 (\d+) \1"><path[^>]* d="(M0 0\.5[^"]+)"')
STROKE = re.compile(r"([hm])(-?\d+)(?: (\d+))?")
BYTES = 0b0100


def scanned(html: str) -> list[str]:
    """The texts of the codes that `qr_svg` has drawn on a page, none of which is dirty: no error is corrected."""
    return [_read(_modules(int(size), strokes)) for size, strokes in DRAWING.findall(html)]


def _modules(size: int, strokes: str) -> list[bytearray]:
    """Dark and light: the drawing is one pen that goes on dark (h) and moves over light (m)."""
    dark = [bytearray(size) for _row in range(size)]
    x = y = 0
    for how, along, down in STROKE.findall(strokes.removeprefix("M0 0.5")):
        if how == "h":
            dark[y][x : x + int(along)] = b"\1" * int(along)
        x, y = x + int(along), y + int(down or 0)
    return dark


def _read(dark: list[bytearray]) -> str:
    version = (len(dark) - 17) // 4
    told = sum(dark[8][-1 - bit] << bit for bit in range(8))
    level, mask = divmod(next(at for at, info in enumerate(consts.FORMAT_INFO) if info & 0xFF == told), 8)
    bits = "".join(map(str, _unmasked(dark, encoder.get_data_mask_functions(False)[mask])))
    words = [int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)]
    error = (consts.ERROR_LEVEL_M, consts.ERROR_LEVEL_L, consts.ERROR_LEVEL_H, consts.ERROR_LEVEL_Q)[level]
    stream = "".join(f"{word:08b}" for word in _in_order(words, version, error))
    assert int(stream[:4], 2) == BYTES
    start = 4 + (8 if version < 10 else 16)
    length = int(stream[4:start], 2)
    return bytes(int(stream[at : at + 8], 2) for at in range(start, start + 8 * length, 8)).decode()


def _unmasked(dark: list[bytearray], mask: Callable[[int, int], bool]) -> Iterator[int]:
    """The bits of the message, in the order in which they are laid: two columns at a time, up and down in turns."""
    size = len(dark)
    laid = encoder.make_matrix(size, size)
    encoder.add_finder_patterns(laid, size, size)
    encoder.add_alignment_patterns(laid, size, size)
    rights = [right - (right <= 6) for right in range(size - 1, 0, -2)]
    for turn, right in enumerate(rights):
        for i in range(size) if turn % 2 else reversed(range(size)):
            for j in (right, right - 1):
                if laid[i][j] == 2:
                    yield dark[i][j] ^ mask(i, j)


def _in_order(words: list[int], version: int, error: int) -> list[int]:
    """The words of the message, which stand in blocks of which each gives one in turn."""
    lengths = [kind.num_data for kind in consts.ECC[version][error] for _block in range(kind.num_blocks)]
    blocks: list[list[int]] = [[] for _length in lengths]
    source = iter(words)
    for place in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if place < length:
                block.append(next(source))
    return [word for block in blocks for word in block]
