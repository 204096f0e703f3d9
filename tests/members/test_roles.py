"""What a role may do at its own space."""

import pytest
from django.apps import apps

from members.models import Operator
from members.roles import _ALLOWED, may, permissions, spaces_where

ACTIONS = ("view", "add", "change", "delete")


def allowed(label):
    """What each role may do, by the first letters of the actions."""
    return {role: "".join(action[0] for action in ACTIONS if may(role, action, label)) for role in Operator.Role.values}


@pytest.mark.parametrize(
    ("label", "desk", "operator", "owner"),
    [
        ("spaces.space", "v", "vc", "vc"),
        ("spaces.amenity", "v", "vacd", "vacd"),
        ("spaces.openinghours", "v", "vacd", "vacd"),
        ("spaces.closure", "vac", "vacd", "vacd"),
        ("spaces.resource", "v", "vac", "vac"),
        ("members.plan", "v", "vac", "vac"),
        ("members.membership", "v", "vac", "vac"),
        ("members.user", "v", "v", "v"),
        ("members.operator", "", "v", "vacd"),
        ("bookings.booking", "vac", "vac", "vac"),
        ("billing.charge", "v", "vac", "vac"),
        ("billing.invoice", "va", "vac", "vac"),
        ("billing.payment", "va", "vac", "vac"),
        ("billing.receipt", "va", "va", "va"),
        ("billing.cashcount", "va", "va", "va"),
        ("billing.issuer", "v", "vac", "vac"),
        ("billing.month", "", "v", "va"),
        ("billing.counter", "", "", ""),
        ("events.event", "v", "vac", "vac"),
        ("events.venue", "v", "vac", "vac"),
        ("events.series", "v", "vac", "vac"),
        ("events.rsvp", "vc", "vc", "vc"),
        ("events.wallline", "v", "vc", "vc"),
        ("events.calendarfeed", "", "", ""),
        ("notices.notice", "v", "vc", "vc"),
    ],
)
def test_role_may_do_what_the_list_says(label, desk, operator, owner):
    assert allowed(label) == {"owner": owner, "operator": operator, "desk": desk}


def test_list_names_every_table_of_ours_and_no_other():
    ours = {
        model._meta.label_lower
        for app in ("notices", "spaces", "billing", "members", "visas", "bookings", "events")
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.startswith("Historical")
    }

    assert set(_ALLOWED) == ours


def test_nobody_may_do_anything_that_is_not_listed():
    assert may("owner", "view", "auth.group") is False
    assert may("stranger", "view", "spaces.space") is False
    assert permissions(set()) == set()


def test_bookings_and_money_are_never_deleted():
    assert not any(may(role, "delete", label) for role in Operator.Role.values for label in (
        "bookings.booking", "members.membership", "members.plan", "spaces.resource", "notices.notice", "members.user",
    ))  # fmt: skip


def test_roles_add_up_to_djangos_permissions():
    desk, both = permissions({"desk"}), permissions({"desk", "owner"})

    assert {"bookings.add_booking", "spaces.view_space", "spaces.add_closure"} <= desk
    assert "spaces.change_space" not in desk
    assert not any(name.endswith("_operator") for name in desk)
    assert both == permissions({"owner"}) | desk


def test_person_acts_only_where_the_role_allows_it():
    roles = {1: "desk", 2: "owner", 3: "operator"}

    assert spaces_where(roles, "view", "spaces.space") == [1, 2, 3]
    assert spaces_where(roles, "change", "spaces.space") == [2, 3]
    assert spaces_where(roles, "delete", "members.operator") == [2]
    assert spaces_where({}, "view", "spaces.space") == []
