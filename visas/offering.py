"""A host's terms: written anew as another version, and confirmed once a year as they are."""

from datetime import datetime
from typing import Any

from django.db import transaction

from members.models import User
from spaces.models import Space
from visas.models import Terms, default_terms
from visas.models.terms import OFFERED
from visas.refusals import refusal, refused_politely


def terms_of(space: Space) -> Terms:
    """The terms of a host that count; what all share, not saved, where it has written none."""
    return Terms.objects.filter(space=space, replaced_at=None).first() or default_terms(space.pk)


def write_terms(*, space: Space, by: User | None, now: datetime, seen: int | None = None, **offered: Any) -> Terms:
    """Let other terms count at a host from now on; those before stay for the record. The same again only confirms them.

    `offered` are fields of `Terms`; those that are left out stay as they are. `seen` is the version that was looked at.
    What is booked already stays as it was agreed. Raises ValidationError.
    """
    with refused_politely(), transaction.atomic():
        before = _locked(space)
        if seen is not None and seen != before.version:
            raise refusal("terms_changed")
        written = Terms(space=space, written_by=by, written_at=now, confirmed_at=now, version=before.version + 1)
        for name in OFFERED:
            setattr(written, name, offered.get(name, getattr(before, name)))
        if written.not_from_nearby and not space.town:
            raise refusal("no_town", space=space.name)
        if before.pk and all(getattr(before, name) == getattr(written, name) for name in OFFERED):
            return _confirmed(before, now)
        written.full_clean(exclude=["written_by"], validate_constraints=False)
        if before.pk:
            before.replaced_at = now
            before.save(update_fields=["replaced_at"])
        written.save(force_insert=True)
    return written


def confirm_terms(*, space: Space, by: User | None, now: datetime) -> Terms:
    """Say that a host still offers what it did. Who has written nothing down confirms what all share, as a version."""
    with transaction.atomic():
        before = _locked(space)
        return _confirmed(before, now) if before.pk else write_terms(space=space, by=by, now=now)


def _confirmed(terms: Terms, now: datetime) -> Terms:
    terms.confirmed_at = now
    terms.save(update_fields=["confirmed_at"])
    return terms


def _locked(space: Space) -> Terms:
    """The terms that count, while nobody else writes any for the host."""
    Space.objects.select_for_update(no_key=True).values_list("pk").get(pk=space.pk)
    return terms_of(space)
