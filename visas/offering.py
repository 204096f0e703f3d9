"""A host's terms: written anew as another version, and confirmed once a year as they are."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localdate

from members.models import User
from spaces.models import Space
from visas.models import Terms, default_terms
from visas.models.terms import CONFIRMED_FOR, OFFERED
from visas.refusals import refusal, refused_politely


def terms_of(space: Space) -> Terms:
    """The terms of a host that count; what all share, not saved, where it has written none."""
    return Terms.objects.filter(space=space, replaced_at=None).first() or default_terms(space.pk)


def hosts_to_ask(now: datetime) -> QuerySet[Space]:
    """Spaces of the federation that have not said within a year what they offer, or never; see `is_confirmed_at`."""
    said = Terms.objects.filter(space=OuterRef("pk"), replaced_at=None, confirmed_at__gt=now - CONFIRMED_FOR)
    return Space.objects.in_federation(localdate(now)).filter(~Exists(said))


def write_terms(*, space: Space, by: User | None, now: datetime, seen: int | None = None, **offered: Any) -> Terms:
    """Let other terms count at a host from now on; those before stay for the record. The same again only confirms them.

    `offered` are fields of `Terms`; those that are left out stay as they are. `seen` is the version that was looked at.
    What is booked already stays as it was agreed. Raises ValidationError.
    """
    with refused_politely(), transaction.atomic():
        before = _locked(space)
        written = Terms(space=before.space, version=before.version + 1, written_by=by, written_at=now, confirmed_at=now)
        for name in OFFERED:
            value = offered.get(name, getattr(before, name))
            setattr(written, name, value.strip() or None if isinstance(value, str) else value)
        # Before what was seen is compared: a form that is sent twice finds its own words, and nothing is lost.
        if before.pk and all(getattr(before, name) == getattr(written, name) for name in OFFERED):
            return _confirmed(before, now)
        _check_seen(seen, before)
        if written.not_from_nearby and not before.space.town:
            raise refusal("no_town", space=before.space.name)
        if before.pk:
            before.replaced_at = now
            before.save(update_fields=["replaced_at"])
        written.full_clean(exclude=["written_by"])
        written.save(force_insert=True)
    return written


@transaction.atomic
def look_at_terms(**asked: Any) -> Terms:
    """The terms that `write_terms` would write with the same arguments; nothing stays. Raises what it raises."""
    point = transaction.savepoint()
    try:
        return write_terms(**asked)
    finally:
        transaction.savepoint_rollback(point)


def confirm_terms(*, space: Space, by: User | None, now: datetime, seen: int | None = None) -> Terms:
    """Say that a host still offers what it did. Who has written nothing down confirms what all share, as a version.

    `seen` is the version that was looked at. Raises ValidationError.
    """
    with transaction.atomic():
        before = _locked(space)
        _check_seen(seen, before)
        return _confirmed(before, now) if before.pk else write_terms(space=space, by=by, now=now)


def _check_seen(seen: int | None, before: Terms) -> None:
    if seen is not None and seen != before.version:
        raise refusal("terms_changed")


def _confirmed(terms: Terms, now: datetime) -> Terms:
    terms.confirmed_at = now
    terms.save(update_fields=["confirmed_at"])
    return terms


def _locked(space: Space) -> Terms:
    """The terms that count, while nobody else writes any for the host, with the host as it is now."""
    host = Space.objects.select_for_update(no_key=True).get(pk=space.pk)
    terms = terms_of(host)
    terms.space = host
    return terms
