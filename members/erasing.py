"""Deleting a person's account: what says who they were goes, the rows that others count on stay without a name.

Kept are memberships, agreed plans and bookings, as the space's books and figures need them, and papers with the names
on them: who issues qualified invoices keeps copies for seven years (消費税法 57条の4 6項). What bookings add is in
bookings/erasing.py, which calls this last.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from members.models import BoothWait, Companion, Membership, Operator, User
from members.refusals import refusal
from notices.models import Notice, SentCopy, TurnedOff

RUN_IT = (Operator.Role.OWNER, Operator.Role.OPERATOR)


def check_not_needed(user: User) -> None:
    """Raise ValidationError if a space would be left with nobody who runs it."""
    for role in Operator.objects.filter(user=user, role__in=RUN_IT).select_related("space"):
        others = Operator.objects.filter(space=role.space, role__in=RUN_IT, user__is_active=True).exclude(user=user)
        if not others.exists():
            raise refusal("last_operator", space=role.space.name)


def addresses_of(user: User) -> set[str]:
    """The normalised addresses that are a person's own: that of the account, and others that they have confirmed."""
    own = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return {user.email, *(address.lower() for address in own)}


def forget(user: User) -> None:
    """Take everything from a person's rows that says who they were; the account opens nothing any more."""
    logged(User.objects.filter(pk=user.pk)).delete()
    addresses = addresses_of(user)
    mails = Notice.objects.filter(recipient__in=addresses)
    places = Companion.objects.filter(Q(user=user) | Q(user__isnull=True, email__in=addresses))
    waits = BoothWait.objects.filter(user=user)
    for named in (Membership.objects.filter(user=user), waits, places, mails):
        logged(named).update(object_repr="")
    # Roles that were taken away are told by their history alone.
    logged(Operator.objects.filter(user=user), Operator.history.filter(user=user)).update(object_repr="")
    mails.delete()
    _forget_copies({*addresses, user.display_name})
    TurnedOff.objects.filter(recipient__in=addresses).delete()
    places.update(email=user.erased_email)
    for rows in (Membership.objects.filter(user=user), Membership.history.filter(user=user)):
        rows.update(answers=[], decision="", note="")
    Membership.history.filter(user=user).update(history_change_reason="")
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    Operator.objects.filter(user=user).delete()
    user.email = user.erased_email
    user.family_name = user.given_name = user.family_reading = user.given_reading = ""
    user.is_active = False
    user.set_unusable_password()
    user.save()


def _forget_copies(names: set[str]) -> None:
    """Forget the words of mails to anybody that name a person; those about another of the same name go too."""
    named = Q()
    for name in names - {""}:
        named = named | Q(subject__contains=name) | Q(text__contains=name)
    SentCopy.objects.filter(named).delete()


def logged(rows: QuerySet[Any], history: QuerySet[Any] | None = None) -> QuerySet[LogEntry]:
    """What the admin's log has about rows, and about those that history alone still has; it names them in words."""
    keys = {*rows.values_list("pk", flat=True), *(history.values_list("id", flat=True) if history is not None else ())}
    kind = ContentType.objects.get_for_model(rows.model)
    return LogEntry.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys])
