"""The menu at the side of the operators' admin, in the order of a day at the desk."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def _may_view(label: str) -> Callable[[HttpRequest], bool]:
    app, model = label.split(".")
    return lambda request: request.user.is_superuser or request.user.has_perm(f"{app}.view_{model}")


def _list_of(label: str, title: Any, icon: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{label.replace('.', '_')}_changelist"),
        "permission": _may_view(label),
    }


def _page(name: str, title: Any, icon: str, label: str) -> dict[str, Any]:
    """A page of money or of terms, which leads on to the space that the person runs, or asks which one."""
    link = reverse_lazy(f"admin:{name}")
    return {
        "title": title,
        "icon": icon,
        "link": link,
        "active": lambda request: request.path.startswith(str(link)),
        "permission": _may_view(label),
    }


def _in_memberships(request: HttpRequest) -> bool:
    """Whether the page is about memberships: the list of things to do has an entry of its own."""
    within = str(reverse_lazy("admin:members_membership_changelist"))
    return request.path.startswith(within) and request.path != str(reverse_lazy("admin:members_todo"))


_MENU: list[dict[str, Any]] = [
    {
        "title": _("Today"),
        "items": [
            {
                "title": _("To do"),
                "icon": "checklist",
                "link": reverse_lazy("admin:members_todo"),
                "permission": _may_view("members.membership"),
            },
            {"title": _("At the door"), "icon": "door_open", "link": reverse_lazy("bookings:door")},
            _list_of("bookings.booking", _("Bookings"), "confirmation_number"),
        ],
    },
    {
        "title": pgettext_lazy("persons", "People"),
        "separator": True,
        "items": [
            _list_of("members.user", pgettext_lazy("persons", "People"), "person"),
            {**_list_of("members.membership", _("Memberships"), "badge"), "active": _in_memberships},
            _list_of("members.boothwait", _("Waiting list"), "hourglass_top"),
            _list_of("members.operator", _("Operators"), "key"),
        ],
    },
    {
        "title": _("Money"),
        "separator": True,
        "items": [
            # What a day asks for, then a month, then what is looked up.
            _page("billing_open", _("Open invoices"), "pending_actions", "billing.invoice"),
            _page("billing_cash", _("Cash-up"), "point_of_sale", "billing.cashcount"),
            _page("billing_bank", _("Bank list"), "account_balance", "billing.payment"),
            _page("billing_month_invoices", _("Invoices of the month"), "send", "billing.invoice"),
            _page("billing_books", _("Books"), "menu_book", "billing.month"),
            _page("billing_months", _("Monthly closing"), "lock", "billing.month"),
            _page("billing_balances", _("Balances"), "balance", "billing.invoice"),
            _list_of("billing.invoice", _("Invoices"), "receipt_long"),
            _list_of("billing.payment", _("Payments"), "payments"),
            _list_of("billing.receipt", _("Receipts"), "receipt"),
            _list_of("billing.charge", _("Charges"), "list_alt"),
            _list_of("billing.issuer", _("Issuer of papers"), "contract"),
        ],
    },
    {
        "title": _("Tickets and VISA"),
        "separator": True,
        "items": [
            _list_of("bookings.visarequest", _("Requests by VISA"), "waving_hand"),
            _list_of("visas.visa", _("Coworking VISAs"), "travel_luggage_and_bags"),
            _page("visas_terms_spaces", _("Terms of the VISA"), "handshake", "visas.terms"),
            # Counts of days between spaces, with nobody's name: for all who come into the admin.
            {"title": _("Balance of the VISA"), "icon": "swap_horiz", "link": reverse_lazy("admin:visas_balance")},
            _list_of("visas.campaign", _("Campaigns"), "campaign"),
            _list_of("visas.ticket", _("Trial tickets"), "local_activity"),
            _list_of("visas.wrongcodes", _("Wrong codes"), "password"),
        ],
    },
    {
        "title": _("Events"),
        "separator": True,
        "items": [
            _list_of("events.event", _("Events"), "event"),
            _list_of("events.venue", _("Our venues"), "location_on"),
            _list_of("events.rsvp", _("Sign-ups"), "how_to_reg"),
            _list_of("events.wallline", _("Lines on the wall"), "sticky_note_2"),
            _list_of("events.series", _("Series of events"), "event_repeat"),
        ],
    },
    {
        "title": _("The space"),
        "separator": True,
        "items": [
            _list_of("spaces.space", _("Spaces and hours"), "storefront"),
            _list_of("spaces.closure", _("Closures and special hours"), "event_busy"),
            _list_of("spaces.resource", _("Seats and rooms"), "chair"),
            _list_of("members.plan", _("Plans"), "sell"),
        ],
    },
    {
        "title": _("Told"),
        "separator": True,
        "items": [
            _list_of("notices.notice", _("Notices"), "mail"),
            {
                "title": _("Health of the house"),
                "icon": "monitor_heart",
                "link": reverse_lazy("admin:desk_health"),
                "permission": lambda request: request.user.has_perm("notices.change_notice"),
            },
        ],
    },
]


# By its name, as settings name what they call: this package imports nobody's models.
_WAITING_COUNT = "bookings.admin.todo.waiting_count"


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu, with the number of things to do; Unfold leaves out what the person may not see."""
    [todo, *items] = _MENU[0]["items"]
    count = import_string(_WAITING_COUNT)(request)
    if count:
        todo = {**todo, "badge": str(count), "badge_variant": "warning"}
    return [{**_MENU[0], "items": [todo, *items]}, *_MENU[1:]]
