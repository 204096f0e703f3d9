"""Visitors who have no account are forgotten a year after their last visit by ticket; the visits stay, for the figures.

A visitor's "once" stays true through the keyed hash on the ticket (design rule 3). Who has an account keeps what is
theirs until they delete it: bookings/erasing.py.
"""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings.models import Booking
from members.models import User
from notices.models import Notice
from visas.forgetting import forget_holders
from visas.models import Ticket

KEPT = timedelta(days=365)


@transaction.atomic
def forget_visitors(*, now: datetime) -> int:
    """Take name and address from tickets, and from their visits, the last of which ended a year ago; how many tickets.

    The mails about these visits go too. A ticket that somebody redeems at the moment waits for the next time.
    """
    free = _long_gone(now).select_for_update(no_key=True, of=("self",), skip_locked=True).values_list("pk", flat=True)
    # Asked again: what was redeemed between reading a ticket and locking it is seen only now.
    tickets = list(_long_gone(now).filter(pk__in=list(free)).values_list("pk", "email"))
    ids, addresses = [pk for pk, _email in tickets], [email for _pk, email in tickets]
    visits = Booking.objects.filter(ticket__in=ids)
    about = [*(f"booking:{pk}" for pk in visits.values_list("pk", flat=True)), *(f"ticket:{pk}" for pk in ids)]
    Notice.objects.filter(subject_key__in=about, recipient__in=addresses).delete()
    visits.update(name="", person=None)
    forget_holders(ids)
    return len(ids)


def _long_gone(now: datetime) -> QuerySet[Ticket]:
    """Tickets whose holders have no account, and were last expected more than a year ago."""
    still = Q(ends_at__gt=now - KEPT) | Q(user__isnull=False)
    return Ticket.objects.exclude(email="").filter(
        ~Exists(Booking.objects.filter(still, ticket=OuterRef("pk"))),
        ~Exists(User.objects.filter(email=OuterRef("email"))),
        ~Exists(EmailAddress.objects.filter(email=OuterRef("email"), verified=True)),
        held_at__lte=now - KEPT,
    )
