"""The pages that are measured, each as a visitor and as somebody signed in asks for it."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from bench.clients.wire import get
from bench.house import Filled

VISITOR, SIGNED_IN = "visitor", "signed in"
SPACE_PAGE, WEEK, FIND = "space page", "week of a space", "find by time"
SPACE = "koharubiyori"


@dataclass(frozen=True)
class Page:
    """A page, who asks for it, and the text of the request."""

    name: str
    who: str
    request: str


def pages(filled: Filled, today: date) -> list[Page]:
    """Every page in both ways; one's own bookings are for who is signed in."""
    found = []
    for name, path in _paths(filled, today).items():
        if name != "my bookings":
            found.append(Page(name, VISITOR, get(path)))
        found.append(Page(name, SIGNED_IN, get(path, {"sessionid": filled.regular})))
    return found


def _paths(filled: Filled, today: date) -> dict[str, str]:
    tuesday = today + timedelta(days=7 + (1 - today.weekday()) % 7)
    wish = {"day": tuesday, "start": "14:00", "end": "17:00", "seats": 2}
    space, resource, starts, ends, _ = next(
        (target for target in filled.targets if target[0] == SPACE), filled.targets[0]
    )
    quoted = {"resource": resource, "starts": starts, "ends": ends, "seats": 1}
    return {
        # First those with a limit: they come right after their bound, while the machine is as it was.
        SPACE_PAGE: f"/spaces/{SPACE}/",
        WEEK: f"/spaces/{SPACE}/?{urlencode({'day': today + timedelta(days=21)})}",
        "home": "/",
        "spaces": "/spaces/",
        FIND: f"/find/?{urlencode(wish)}",
        "quote": f"/spaces/{space}/booking/?{urlencode(quoted)}",
        "my bookings": "/bookings/",
    }
