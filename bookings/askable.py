"""What a host can be asked for: a visit by visa against which nothing stands but what the host itself wishes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q

from bookings.by_visa import free_day_in_words, problems_of
from bookings.models import Booking, VisaRequest
from bookings.occupancy import occupancy
from bookings.pricelist import PriceList, price_list
from bookings.quote import Rule, visa_entries
from bookings.refusals import refusal
from bookings.rules import Wish, priced
from members.models import User
from spaces.calendar import Span
from spaces.house import House, house_of
from visas.entry import Entry

# So many requests of a person at one host may wait, or have been made within a day, whatever became of them: each goes
# to its operators by mail.
MOST_ASKED = 5
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Visit:
    """A visit by visa as a host's terms judge it, and the rule by which it is booked once the host lets it in."""

    entry: Entry
    rule: Rule

    @property
    def against(self) -> list[str]:
        """What the host wishes and this visit does not keep to, in sentences."""
        return [sentence for problem in self.entry.problems for sentence in problem.messages]

    @property
    def reason(self) -> str:
        """Why it costs what it costs."""
        return free_day_in_words(self.entry) if self.entry.is_free else self.rule.reason


def visit_to_let_in(house: House, prices: PriceList, wish: Wish, *, by_operator: bool = False, now: datetime) -> Visit:
    """A wish as the host lets it in by visa, whatever the host wishes. Raises ValidationError for all else."""
    found = priced(house, prices, wish, by_operator=by_operator, waived=True, now=now)
    visa = found.best.visa
    if visa is None:
        waived = visa_entries(house, prices, wish.resource, wish.span, wish.seats, waived=True)
        raise ValidationError(list(problems_of(waived)) or [refusal("book_outright")])
    entries = visa_entries(house, prices, wish.resource, wish.span, wish.seats)
    return Visit(next(one for one in entries if one.held.visa.pk == visa.pk), found.best)


def visit_to_ask_for(house: House, prices: PriceList, wish: Wish, *, now: datetime) -> Visit:
    """A wish as a host can be asked for it. Raises ValidationError, also where the host wishes nothing else."""
    visit = visit_to_let_in(house, prices, wish, now=now)
    if not visit.entry.problems:
        raise refusal("book_outright")
    return visit


def is_to_be_asked(house: House, prices: PriceList, wish: Wish, *, now: datetime) -> bool:
    """Whether asking the host would help; no query, and nothing to reckon for who holds no visa."""
    entries = visa_entries(house, prices, wish.resource, wish.span, wish.seats)
    if not any(one.can_be_waived for one in entries):
        return False
    try:
        visit_to_ask_for(house, prices, wish, now=now)
    except ValidationError:
        return False
    return True


def askable(user: User, house: House, wish: Wish, *, now: datetime) -> Visit:
    """What a person can ask a host for. Raises ValidationError, also where no seat is free or it was asked before."""
    space = house.space
    prices = price_list([space.pk], user, today=space.today(now)).reckoned(user, [space], now=now)
    visit = visit_to_ask_for(house, prices, wish, now=now)
    if _free(wish) < wish.seats:
        raise refusal("full")
    if Booking.objects.seats_of(user).overlapping(*wish.span).exists():
        raise refusal("overlaps_own")
    waiting = Q(answered_at=None, starts_at__gt=now)
    asked = VisaRequest.objects.of_person(user).filter(waiting | Q(asked_at__gt=now - A_DAY), resource__space=space)
    if any(
        one.answered_at is None and (one.resource_id, one.starts_at) == (wish.resource.pk, wish.span.starts_at)
        for one in asked
    ):
        raise refusal("asked_already", space=space.name)
    if len(asked) >= MOST_ASKED:
        raise refusal("asked_enough", space=space.name, most=MOST_ASKED)
    return visit


def seats_free(request: VisaRequest) -> int:
    """How many seats are free for all of the time that is asked for."""
    return _free(wish_of(request))


def _free(wish: Wish) -> int:
    return wish.resource.capacity - occupancy([wish.resource.pk], *wish.span)[wish.resource.pk].peak(*wish.span)


def wish_of(request: VisaRequest) -> Wish:
    """The seat and the time that a request is about."""
    return Wish(request.resource, Span(request.starts_at, request.ends_at))


def against(request: VisaRequest) -> list[str]:
    """What the host wishes and a request that waits does not keep to, in sentences; nothing if that has changed.

    The notice that it wants counts to when it was asked. Four queries at most.
    """
    space, user, now = request.space, request.visa.membership.user, request.asked_at
    prices = price_list([space.pk], user, today=space.today(now)).reckoned(user, [space], now=now)
    wish = wish_of(request)
    entries = visa_entries(house_of(space, today=space.today(now)), prices, wish.resource, wish.span, wish.seats)
    own = (one for one in entries if one.held.visa.pk == request.visa_id)
    return [sentence for one in own for problem in one.problems for sentence in problem.messages]
