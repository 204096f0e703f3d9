"""What the desk tells people: the digest of the day, to who runs a space."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk.digest.letter import digest_for, letter_of
from desk.digest.writing import KIND
from members.models import Operator
from notices.kinds import Kind, Letter, Topic, register
from notices.models import Notice


def register_kinds() -> None:
    """Tell the outbox about the kinds of this app; called when it starts."""
    register(Kind(KIND, _("Digest of the day"), _still_wanted, _render, topic=Topic.RUNNING))


def _still_wanted(notice: Notice) -> bool:
    """Whether the person still has a role there, it is still that day, and there is something to say."""
    operator, now = _operator(notice), timezone.now()
    if operator is None or operator.space.today(now) != _day(notice):
        return False
    return digest_for(operator, _day(notice), now=now).says_something


def _render(notice: Notice) -> Letter:
    operator = _operator(notice)
    if operator is None:
        raise Operator.DoesNotExist
    return letter_of(digest_for(operator, _day(notice), now=timezone.now()))


def _operator(notice: Notice) -> Operator | None:
    rows = Operator.objects.select_related("user", "space").filter(user__is_active=True)
    return rows.filter(pk=notice.subject_pk, user__email=notice.recipient).first()


def _day(notice: Notice) -> date:
    return date.fromisoformat(notice.facts["day"])
