"""A picture of the balance of days: home spaces on the left, hosts on the right, and a band for the days between two.

The wider a band, the more days. It is drawn without script, and told by words and places as well as by colour; the
table beside it has every figure.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bookings.visa_balance import Balance
from spaces.models import Space

# In units of the picture, which is as wide as a phone.
WIDTH = 360
NODE_WIDTH = 10
NODE_HEIGHT = 26
GAP = 10
# All days together are so high, unless there are few of them.
HEIGHT = 240
MOST_A_DAY = 12
# Half as many characters of full width.
NAME_WIDTH = 22


@dataclass(frozen=True)
class Node:
    """A space at one side, with its days in all; `y` is its upper edge, `middle` that of its name."""

    space: Space
    name: str
    days: int
    x: int
    y: float
    height: float
    is_host: bool

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2, 1)

    @property
    def name_x(self) -> int:
        return WIDTH - NODE_WIDTH - 7 if self.is_host else NODE_WIDTH + 7


@dataclass(frozen=True)
class Band:
    """The days that members of `home` were given by `host`; `path` is its outline."""

    home: Space
    host: Space
    days: int
    path: str


@dataclass(frozen=True)
class Picture:
    """Nodes and bands, the bands behind the nodes."""

    height: float
    nodes: tuple[Node, ...]
    bands: tuple[Band, ...]

    @property
    def view_box(self) -> str:
        """With room for the lines around what stands at the edge."""
        return f"-1 -1 {WIDTH + 2} {self.height + 2:.1f}"


def picture(balance: Balance) -> Picture | None:
    """The picture of a balance, or None while there are no days; spaces without days are not in it."""
    if not balance.total:
        return None
    scale = min(HEIGHT / balance.total, MOST_A_DAY)
    homes = [(stand.space, stand.received) for stand in balance.stands if stand.received]
    hosts = [(stand.space, stand.given) for stand in balance.stands if stand.given]
    height = max(_height(homes, scale), _height(hosts, scale))
    left = list(_column(homes, scale, height, is_host=False))
    right = list(_column(hosts, scale, height, is_host=True))
    return Picture(round(height, 1), (*left, *right), tuple(_bands(balance, left, right, scale)))


def _height(column: list[tuple[Space, int]], scale: float) -> float:
    return sum(max(days * scale, NODE_HEIGHT) for _space, days in column) + GAP * (len(column) - 1)


def _column(column: list[tuple[Space, int]], scale: float, height: float, *, is_host: bool) -> Iterator[Node]:
    y = (height - _height(column, scale)) / 2
    for space, days in column:
        own = max(days * scale, NODE_HEIGHT)
        x = WIDTH - NODE_WIDTH if is_host else 0
        yield Node(space, _short(space.name), days, x, round(y, 1), round(own, 1), is_host)
        y += own + GAP


def _bands(balance: Balance, left: list[Node], right: list[Node], scale: float) -> Iterator[Band]:
    """Bands leave and arrive in the order of the spaces, so that they cross as little as may be."""
    arrived = {node.space.pk: node.y + (node.height - node.days * scale) / 2 for node in right}
    for home in left:
        leaves = home.y + (home.height - home.days * scale) / 2
        for host in right:
            days = balance.days(home.space, host.space)
            if not days:
                continue
            thick, arrives = days * scale, arrived[host.space.pk]
            yield Band(home.space, host.space, days, _outline(leaves, arrives, thick))
            leaves += thick
            arrived[host.space.pk] += thick


def _outline(leaves: float, arrives: float, thick: float) -> str:
    x, end, half = NODE_WIDTH, WIDTH - NODE_WIDTH, WIDTH // 2
    return (
        f"M{x} {leaves:.1f}C{half} {leaves:.1f} {half} {arrives:.1f} {end} {arrives:.1f}"
        f"V{arrives + thick:.1f}C{half} {arrives + thick:.1f} {half} {leaves + thick:.1f} {x} {leaves + thick:.1f}Z"
    )


def _short(name: str) -> str:
    """A name that leaves room for the one on the other side."""
    width = 0
    for at, character in enumerate(name):
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width > NAME_WIDTH:
            return name[: at - 1] + "…"
    return name
