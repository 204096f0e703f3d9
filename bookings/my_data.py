"""Everything the house keeps about one person, to take away (個人情報保護法, article 33; GDPR, article 20)."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from billing.my_money import my_money
from bookings.belonging import bookings_of, tickets_of
from bookings.models import Booking, FirstVisit, VisaRequest
from members.models import BoothWait, Companion, Membership, User
from members.person_key import person_key
from notices.models import Notice, TurnedOff
from visas.models import Ticket, Visa


def my_data(user: User, *, now: datetime) -> dict[str, Any]:
    """What is kept about a person as JSON can hold it: days and moments as ISO 8601, money in yen, tax included.

    At most 25 queries, however much there is. Operators' notes about a member are theirs, and not in it.
    """
    return {
        "written_at": now.isoformat(),
        "account": {
            "email": user.email,
            "family_name": user.family_name,
            "given_name": user.given_name,
            "family_reading": user.family_reading,
            "given_reading": user.given_reading,
            "language": user.language,
            "since": user.date_joined.isoformat(),
        },
        "operator_of": [
            {"space": role.space.slug, "role": role.role} for role in user.operator_set.select_related("space")
        ],
        "memberships": [_membership(one) for one in _memberships(user)],
        "companion_of": [
            {
                "space": one.membership.space.slug,
                "invited_at": _iso(one.invited_at),
                "accepted_at": _iso(one.accepted_at),
                "left_at": _iso(one.left_at),
            }
            for one in Companion.objects.of_person(user).select_related("membership__space")
        ],
        "waiting_for_booths": [
            {
                "space": one.plan.space.slug,
                "plan": one.plan.name,
                "since": _iso(one.since),
                "offered": one.booth.name if one.booth else None,
                "outcome": one.outcome or None,
            }
            for one in BoothWait.objects.filter(user=user).select_related("plan__space", "booth")
        ],
        "bookings": [_booking(one) for one in bookings_of(user).select_related("visa").order_by("starts_at")],
        "tickets": [_ticket(one) for one in _tickets(user)],
        "visas": [_visa(one) for one in _visas(user)],
        "first_visits": [
            {"space": one.space.slug, "used_at": _iso(one.used_at)}
            for one in FirstVisit.objects.filter(person_key=person_key(user.email)).select_related("space")
        ],
        "money": my_money(user.pk),
        "mails": [
            {"kind": one.kind, "space": one.space_slug, "state": one.state, "due_at": _iso(one.due_at)}
            for one in Notice.objects.filter(recipient=user.email).order_by("due_at")
        ],
        "mails_turned_off": [
            {"kind": one.kind, "since": _iso(one.since)}
            for one in TurnedOff.objects.filter(recipient=user.email).order_by("kind")
        ],
    }


def _memberships(user: User) -> list[Membership]:
    found = Membership.objects.filter(user=user).select_related("space").order_by("applied_at")
    return list(found.prefetch_related("agreed_plans__plan", "agreed_plans__booth", "pauses", "companions"))


def _membership(membership: Membership) -> dict[str, Any]:
    return {
        "space": membership.space.slug,
        "status": membership.status,
        "applied_at": _iso(membership.applied_at),
        "decided_at": _iso(membership.decided_at),
        "decision": membership.decision,
        "answers": [{"asked": asked, "answer": answer} for asked, answer in membership.answered],
        "starts_on": _iso(membership.starts_on),
        "ends_on": _iso(membership.ends_on),
        "renews_on_day": membership.renewal_day,
        "agreement_on": _iso(membership.agreement_on),
        "key_given_on": _iso(membership.key_given_on),
        "key_returned_on": _iso(membership.key_returned_on),
        "plans": [
            {
                "plan": agreed.plan.name,
                "price": agreed.price,
                "sign_up_fee": agreed.sign_up_fee,
                "room_minutes": agreed.room_minutes,
                "booth": agreed.booth.name if agreed.booth else None,
                "starts_on": _iso(agreed.starts_on),
                "ends_on": _iso(agreed.ends_on),
            }
            for agreed in membership.agreed_plans.all()
        ],
        "pauses": [
            {"starts_on": _iso(rest.starts_on), "ends_on": _iso(rest.ends_on)} for rest in membership.pauses.all()
        ],
        "companions": [one.email for one in membership.companions.all()],
    }


def _tickets(user: User) -> QuerySet[Ticket]:
    return tickets_of(user).select_related("campaign").prefetch_related("bookings").order_by("held_at")


def _ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "campaign": ticket.campaign.name,
        "code": ticket.printed_code,
        "name": ticket.name,
        "email": ticket.email,
        "language": ticket.language,
        "held_at": _iso(ticket.held_at),
        "extended_to": _iso(ticket.extended_to),
        "blocked_at": _iso(ticket.blocked_at),
        "visits": [one.reference for one in ticket.bookings.all()],
    }


def _visas(user: User) -> QuerySet[Visa]:
    asked = Prefetch("requests", VisaRequest.objects.select_related("resource__space").order_by("asked_at"))
    rows = Visa.objects.filter(membership__user=user).select_related("membership__space").order_by("pk")
    return rows.prefetch_related("showings", asked)


def _visa(visa: Any) -> dict[str, Any]:
    """Not who looked at it: those names are theirs."""
    return {
        "space": visa.membership.space.slug,
        "number": visa.printed_number,
        "issued_at": _iso(visa.issued_at),
        "revoked_at": _iso(visa.revoked_at),
        "revoke_reason": visa.revoke_reason or None,
        "shown_at": [_iso(one.shown_at) for one in visa.showings.all()],
        "requests": [
            {
                "space": one.space.slug,
                "resource": one.resource.name,
                "starts_at": _iso(one.starts_at),
                "ends_at": _iso(one.ends_at),
                "message": one.message,
                "asked_at": _iso(one.asked_at),
                "at_desk": one.at_desk,
                "answer": one.answer or None,
                "answered_at": _iso(one.answered_at),
                "reason": one.reason or None,
            }
            for one in visa.requests.all()
        ],
    }


def _booking(booking: Booking) -> dict[str, Any]:
    return {
        "reference": booking.reference,
        "space": booking.resource.space.slug,
        "resource": booking.resource.name,
        "starts_at": _iso(booking.starts_at),
        "ends_at": _iso(booking.ends_at),
        "seats": booking.seats,
        "basis": booking.basis,
        "plan": booking.plan.name if booking.plan else None,
        "plan_minutes": booking.plan_minutes,
        "ticket": booking.ticket.printed_code if booking.ticket else None,
        "visa": booking.visa.printed_number if booking.visa else None,
        "price": booking.price,
        "booked_at": _iso(booking.booked_at),
        "said_coming_at": _iso(booking.coming_at),
        "checked_in_at": _iso(booking.checked_in_at),
        "checked_out_at": _iso(booking.checked_out_at),
        "missed_at": _iso(booking.missed_at),
        "cancelled_at": _iso(booking.cancelled_at),
        "cancellation_fee": booking.cancellation_fee,
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
