"""Which campaigns, and which tickets with or without whose they are, a person sees who helps to run some spaces."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.http import Http404, HttpRequest

from bookings.admin.scope import may_at, signed_in
from bookings.models import Booking
from members.roles import spaces_where
from spaces.models import Space
from visas.models import Campaign, Participation, Ticket

CAMPAIGN = Campaign._meta.label_lower
PARTICIPATION = Participation._meta.label_lower
TICKET = Ticket._meta.label_lower

EVERYWHERE = None
"""In place of keys of spaces: all of them, for a superuser."""


def where(request: HttpRequest, action: str, label: str) -> list[int] | None:
    """Keys of the spaces at which the person may do `action` with rows of a model."""
    user = signed_in(request)
    return EVERYWHERE if user.is_superuser else spaces_where(user.roles, action, label)


def campaigns_of(rows: QuerySet[Campaign], spaces: list[int] | None) -> QuerySet[Campaign]:
    """Campaigns that spaces have begun, take part in, or are asked to."""
    if spaces is EVERYWHERE:
        return rows
    part = Participation.objects.filter(campaign=OuterRef("pk"), space__in=spaces)
    return rows.filter(Q(organiser__in=spaces) | Exists(part))


def tickets_of(rows: QuerySet[Ticket], spaces: list[int] | None) -> QuerySet[Any]:
    """Tickets of the campaigns that spaces have begun or honour, and those that were used there.

    `is_known` says whether its holder may be shown: to who gave it out, and to where the holder has booked a visit.
    """
    if spaces is EVERYWHERE:
        return rows.annotate(is_known=Value(True))
    visit = Exists(Booking.objects.filter(ticket=OuterRef("pk"), resource__space__in=spaces))
    honoured = Exists(Participation.objects.standing().filter(campaign=OuterRef("campaign"), space__in=spaces))
    own = Q(campaign__organiser__in=spaces)
    known = ExpressionWrapper(own | Q(visit), output_field=BooleanField())
    return rows.filter(own | honoured | visit).annotate(is_known=known)


def campaign_or_404(request: HttpRequest, pk: int, action: str = "view", label: str = CAMPAIGN) -> Campaign:
    """A campaign that the person sees; for anything but looking, one that a space of theirs has begun.

    Raises Http404, and PermissionDenied for who may only look.
    """
    rows = campaigns_of(Campaign.objects.select_related("organiser"), where(request, "view", CAMPAIGN))
    campaign = rows.filter(pk=pk).first()
    if campaign is None:
        raise Http404
    if action != "view" and not may_at(request, campaign.organiser_id, action, label):
        raise PermissionDenied
    return campaign


def spaces_seen(request: HttpRequest, campaign: Campaign) -> list[Space]:
    """The spaces of a campaign whose figures and visits the person sees: all to the organiser, to others their own."""
    taking = Space.objects.filter(Exists(Participation.objects.filter(campaign=campaign, space=OuterRef("pk"))))
    if may_at(request, campaign.organiser_id, "view", CAMPAIGN):
        return list(taking)
    return list(taking.filter(pk__in=where(request, "view", CAMPAIGN) or []))
