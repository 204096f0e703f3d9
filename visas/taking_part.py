"""Which spaces honour the tickets of a campaign: its own at once, others when they agree; leaving, and stopping all."""

from datetime import datetime

from django.db import transaction

from members.models import User
from spaces.models import Space
from visas.locks import locked_campaign
from visas.models import Campaign, Participation
from visas.refusals import refusal


@transaction.atomic
def ask(*, campaign: Campaign, space: Space, seats_a_day: int, by: User, now: datetime) -> Participation:
    """Ask a space to take part; the campaign's own agrees with it. A space that is asked already keeps its answer.

    Raises ValidationError once the campaign is over.
    """
    _check_runs(locked_campaign(campaign.pk), now)
    own = space.pk == campaign.organiser_id
    part, is_new = Participation.objects.get_or_create(
        campaign=campaign,
        space=space,
        defaults={
            "seats_a_day": seats_a_day,
            "agreed_at": now if own else None,
            "agreed_by": by if own else None,
        },
    )
    if own and not is_new and part.seats_a_day != seats_a_day:
        part.seats_a_day = seats_a_day
        part.save(update_fields=["seats_a_day"])
    return part


@transaction.atomic
def agree(*, part: Participation, seats_a_day: int, by: User, now: datetime) -> Participation:
    """A space says that it honours the tickets, for so many seats a day; also after it has left.

    Said again it only changes the seats. Raises ValidationError once the campaign is over.
    """
    _check_runs(locked_campaign(part.campaign_id), now)
    part.refresh_from_db()
    part.seats_a_day = seats_a_day
    if not part.stands:
        part.agreed_at, part.agreed_by, part.left_at = now, by, None
    part.save(update_fields=["seats_a_day", "agreed_at", "agreed_by", "left_at"])
    return part


@transaction.atomic
def leave(*, part: Participation, now: datetime) -> Participation:
    """A space takes no more visits of a campaign, or says no at once; those that are booked stay (design rule 11)."""
    locked_campaign(part.campaign_id)
    part.refresh_from_db()
    part.left_at = part.left_at or now
    part.save(update_fields=["left_at"])
    return part


@transaction.atomic
def stop(*, campaign: Campaign, now: datetime) -> Campaign:
    """End a campaign early: its tickets open nothing any more, and visits that are booked stay."""
    campaign = locked_campaign(campaign.pk)
    campaign.stopped_at = campaign.stopped_at or now
    campaign.save(update_fields=["stopped_at"])
    return campaign


def _check_runs(campaign: Campaign, now: datetime) -> None:
    if campaign.is_over_on(campaign.organiser.today(now)):
        raise refusal("over")
