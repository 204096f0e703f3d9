"""What a role may do at its own space. This is the one list; the admin and the desk ask it.

Which rows a person sees is decided by querysets (`for_operator` and the admins' scope), never by these names alone.
"""

from members.models import Operator

_VIEW = frozenset({"view"})
_TAKES = frozenset({"view", "add"})
_DESK = frozenset({"view", "add", "change"})
_ALL = frozenset({"view", "add", "change", "delete"})

# Model label: what desk, operator and owner may do with its rows.
_ALLOWED: dict[str, dict[str, frozenset[str]]] = {
    "spaces.space": {"desk": _VIEW, "operator": frozenset({"view", "change"}), "owner": frozenset({"view", "change"})},
    "spaces.amenity": {"desk": _VIEW, "operator": _ALL, "owner": _ALL},
    "spaces.openinghours": {"desk": _VIEW, "operator": _ALL, "owner": _ALL},
    "spaces.closure": {"desk": _DESK, "operator": _ALL, "owner": _ALL},
    "spaces.resource": {"desk": _VIEW, "operator": _DESK, "owner": _DESK},
    "members.plan": {"desk": _VIEW, "operator": _DESK, "owner": _DESK},
    "members.membership": {"desk": _VIEW, "operator": _DESK, "owner": _DESK},
    "members.agreedplan": {"desk": _VIEW, "operator": _VIEW, "owner": _VIEW},
    "members.pause": {"desk": _VIEW, "operator": _VIEW, "owner": _VIEW},
    "members.companion": {"desk": _VIEW, "operator": _VIEW, "owner": _VIEW},
    "members.boothwait": {"desk": _VIEW, "operator": _VIEW, "owner": _VIEW},
    "members.question": {"desk": _VIEW, "operator": _ALL, "owner": _ALL},
    "members.user": {"desk": _VIEW, "operator": _VIEW, "owner": _VIEW},
    "members.operator": {"desk": frozenset(), "operator": _VIEW, "owner": _ALL},
    "bookings.firstvisit": {"desk": _VIEW, "operator": _VIEW, "owner": _VIEW},
    "bookings.booking": {"desk": _DESK, "operator": _DESK, "owner": _DESK},
    "bookings.visarequest": {role: frozenset({"view", "change"}) for role in ("desk", "operator", "owner")},
    "billing.charge": {"desk": _VIEW, "operator": _DESK, "owner": _DESK},
    "billing.counter": {},
    "billing.invoiceline": {"desk": _VIEW, "operator": _VIEW, "owner": _VIEW},
    "billing.invoice": {"desk": _TAKES, "operator": _DESK, "owner": _DESK},
    "billing.payment": {"desk": _TAKES, "operator": _DESK, "owner": _DESK},
    "billing.receipt": {"desk": _TAKES, "operator": _TAKES, "owner": _TAKES},
    "billing.cashcount": {"desk": _TAKES, "operator": _TAKES, "owner": _TAKES},
    "billing.issuer": {"desk": _VIEW, "operator": _DESK, "owner": _DESK},
    "billing.month": {"desk": frozenset(), "operator": _VIEW, "owner": _TAKES},
    "visas.campaign": {"desk": _VIEW, "operator": _DESK, "owner": _DESK},
    "visas.participation": {"desk": _VIEW, "operator": _DESK, "owner": _DESK},
    "visas.ticket": {"desk": _VIEW, "operator": _DESK, "owner": _DESK},
    "visas.showing": {"desk": frozenset(), "operator": _VIEW, "owner": _VIEW},
    "visas.terms": {
        "desk": _VIEW,
        "operator": frozenset({"view", "change"}),
        "owner": frozenset({"view", "change"}),
    },
    "visas.visa": {
        "desk": _VIEW,
        "operator": frozenset({"view", "change"}),
        "owner": frozenset({"view", "change"}),
    },
    "visas.wrongcodes": {
        "desk": _VIEW,
        "operator": frozenset({"view", "change"}),
        "owner": frozenset({"view", "change"}),
    },
    "events.event": {"desk": _VIEW, "operator": _DESK, "owner": _DESK},
    "events.venue": {"desk": _VIEW, "operator": _DESK, "owner": _DESK},
    "events.series": {"desk": _VIEW, "operator": _DESK, "owner": _DESK},
    "events.rsvp": {role: frozenset({"view", "change"}) for role in ("desk", "operator", "owner")},
    "events.wallline": {
        "desk": _VIEW,
        "operator": frozenset({"view", "change"}),
        "owner": frozenset({"view", "change"}),
    },
    "events.picture": {},
    "events.calendarfeed": {},
    "notices.sentcopy": {},
    "notices.turnedoff": {},
    "notices.notice": {
        "desk": _VIEW,
        "operator": frozenset({"view", "change"}),
        "owner": frozenset({"view", "change"}),
    },
}


def may(role: str, action: str, label: str) -> bool:
    """Whether `role` at a space allows `action` (view, add, change, delete) on rows of a model of that space."""
    return action in _ALLOWED.get(label, {}).get(role, frozenset())


def permissions(roles: set[str]) -> set[str]:
    """Django's names of all that a holder of these roles may do somewhere, for example bookings.change_booking."""
    return {
        f"{label.split('.')[0]}.{action}_{label.split('.')[1]}"
        for label, by_role in _ALLOWED.items()
        for role in roles
        for action in by_role.get(role, frozenset())
    }


def spaces_where(roles: dict[int, str], action: str, label: str) -> list[int]:
    """Keys of the spaces at which a person with these roles may do `action` on rows of a model."""
    return [space for space, role in roles.items() if may(Operator.Role(role), action, label)]
