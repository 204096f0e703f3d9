"""Changing a campaign: once tickets are issued, nothing is taken from who may hold one."""

from datetime import date

from django.core.exceptions import ValidationError

from spaces.templatetags.wording import plain_day
from visas.locks import locked_campaign
from visas.models import Campaign, Ticket
from visas.refusals import refusal


def check_takes_nothing(
    campaign: Campaign, *, starts_on: date, ends_on: date, visits_in_all: int, visits_at_each: int
) -> None:
    """Raise ValidationError, by field, if new dates or numbers of a campaign give less than tickets of it promise.

    Locks the campaign, in the transaction in which it is saved.
    """
    before = locked_campaign(campaign.pk)
    if not Ticket.objects.filter(campaign=before).exists():
        return
    taken: dict[str, ValidationError] = {}
    if starts_on > before.starts_on:
        taken["starts_on"] = refusal("begins_later", day=plain_day(before.starts_on))
    if ends_on < before.ends_on:
        taken["ends_on"] = refusal("ends_earlier", day=plain_day(before.ends_on))
    if visits_in_all < before.visits_in_all:
        taken["visits_in_all"] = refusal("fewer_visits", visits=before.visits_in_all)
    if visits_at_each < before.visits_at_each:
        taken["visits_at_each"] = refusal("fewer_visits", visits=before.visits_at_each)
    if taken:
        raise ValidationError(taken)
