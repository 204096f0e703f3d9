"""A sample campaign for one's own machine: trial tickets that all four spaces honour. Invented, as its name says."""

from datetime import datetime, timedelta

from members.models import Operator
from spaces.models import Space
from visas.issuing import issue_tickets
from visas.models import Campaign, Ticket
from visas.models.campaign import PROPOSED_SEATS
from visas.taking_part import agree, ask

ORGANISER = "koharubiyori"
LASTS = timedelta(days=60)
ISSUED = 30


def load_tickets(*, now: datetime) -> Ticket | None:
    """Make a sample campaign, once, in which every space with an owner takes part; a ticket that nobody holds yet."""
    if not Campaign.objects.exists():
        _make(now)
    return Ticket.objects.filter(campaign__stopped_at__isnull=True, person_key__isnull=True).order_by("pk").first()


def _make(now: datetime) -> None:
    organiser = Space.objects.filter(slug=ORGANISER).first()
    owners = list(Operator.objects.filter(role=Operator.Role.OWNER).select_related("space", "user").order_by("space"))
    if organiser is None or not any(owner.space == organiser for owner in owners):
        return
    today = organiser.today(now)
    campaign = Campaign.objects.create(
        organiser=organiser,
        name_ja="（見本）はじめてのコワーキング",
        name_en="(sample) A first day of coworking",
        for_whom_ja="コワーキングがはじめての方",
        for_whom_en="for who has never worked in a coworking space",
        starts_on=today,
        ends_on=today + LASTS,
        visits_in_all=4,
        visits_at_each=1,
    )
    for owner in owners:
        part = ask(campaign=campaign, space=owner.space, seats_a_day=PROPOSED_SEATS, by=owner.user, now=now)
        if not part.stands:
            agree(part=part, seats_a_day=PROPOSED_SEATS, by=owner.user, now=now)
    issue_tickets(campaign=campaign, count=ISSUED, label="（見本）", now=now)
