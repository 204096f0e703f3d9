"""A Coworking VISA as a host's desk sees it: whether it is good here now, and what letting its holder in would be.

Nothing but name, home space and days is for the desk to know: no address, no other booking.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bookings.models import LONGEST_HOURS, Booking, VisaRequest
from bookings.pricelist import PriceList, price_list
from bookings.quote import Quote, visa_entries
from bookings.rules import Wish, priced
from bookings.visit_now import visit_now
from members.models import User
from spaces.house import House, day_of
from spaces.models import Space
from spaces.refusing import codes
from visas.entry import WAIVABLE, days_left, month_in_words
from visas.holding import HeldVisa, visa_of
from visas.models import Showing, Terms
from visas.refusals import refusal as refusal_of_visa
from visas.sentence import terms_in_words

# What nobody can hold against a host that has a seat.
NOT_THE_HOSTS = frozenset({"visa_days_used", "visitor_elsewhere"})
# No booking of today's opening day ends later.
DAY_AT_LONGEST = timedelta(hours=LONGEST_HOURS)


@dataclass(frozen=True)
class Visit:
    """A visit that can begin now: when and where, what it costs by which rule, what of the host's wishes it breaks."""

    wish: Wish
    offer: Quote
    against: tuple[ValidationError, ...]


@dataclass(frozen=True)
class Shown:
    """A visa that is shown at a host's desk, at a moment, with what follows from it."""

    showing: Showing
    held: HeldVisa
    house: House
    prices: PriceList
    theirs: tuple[Booking, ...]
    turned_away: VisaRequest | None
    now: datetime

    @property
    def holder(self) -> User:
        return self.showing.visa.membership.user

    @property
    def space(self) -> Space:
        """The host."""
        return self.house.space

    @property
    def terms(self) -> Terms:
        return self.prices.visas.terms_of(self.space.pk)

    @property
    def sentence(self) -> str:
        """What the host offers."""
        return terms_in_words(self.terms, sells_drop_in=bool(self.prices.visits_at(self.space.pk)))

    @property
    def month(self) -> str:
        """The month of the host's calendar that its free days are counted in."""
        return month_in_words(self.space.today(self.now))

    @property
    def days_left(self) -> int:
        """Free days that are left at the host this month; today is one of them unless it is used already.

        Of several visas of the holder those of the one that the visit draws on count.
        """
        used = self.prices.visas.used.get((self._drawn, self.space.pk), ())
        return days_left(self.terms, used, self.space.today(self.now))

    @property
    def _drawn(self) -> int:
        """The key of the visa that today's visit draws on: booked, or to be; else of the one that is shown."""
        if self.booked:
            return self.booked.visa_id or self.held.visa.pk
        visa = None if isinstance(self.found, ValidationError) else self.found.offer.best.visa
        return visa.pk if visa else self.held.visa.pk

    @property
    def not_good(self) -> ValidationError | None:
        """Why the visa gives nothing here today, in a sentence: not valid, or its holder is a member here."""
        today = self.space.today(self.now)
        if self.held.home.pk == self.space.pk or self.prices.is_home_on(self.space.pk, today):
            return refusal_of_visa("visa_at_home")
        return self.held.why_not_on(today)

    @property
    def is_at_home(self) -> bool:
        """Whether it is good, though not here, where its holder is a member."""
        return self.not_good is not None and self.not_good.code == "visa_at_home"

    @cached_property
    def booked(self) -> Booking | None:
        """What the holder has booked here for today, whatever it draws on: a seat before a room, who is in first."""
        here = _booked_today(self.house, self.theirs, self.now)
        return min(here, key=lambda one: (not one.holds_seat, one.checked_out_at is not None), default=None)

    @property
    def is_in(self) -> bool:
        """Whether the holder has checked in today, and not left."""
        return bool(self.booked and self.booked.checked_in_at and not self.booked.checked_out_at)

    @cached_property
    def found(self) -> Visit | ValidationError:
        """The visit that can begin now; or why none can: no valid visa, no seat, closed, or nothing is sold."""
        try:
            return self._visit()
        except ValidationError as error:
            return error

    @property
    def no_claim(self) -> ValidationError | None:
        """Why the host owes nothing that it could refuse: the visa gives nothing, or its holder sits elsewhere."""
        if isinstance(self.found, ValidationError):
            return self.found if self.not_good or codes(self.found) & NOT_THE_HOSTS else None
        best = self.found.offer.best
        if best.visa or not best.price:
            return None
        return refusal_of_visa("visa_days_used", space=self.space.name, days=self.terms.days_free, month=self.month)

    def _visit(self) -> Visit:
        if self.not_good:
            raise self.not_good
        wish = visit_now(self.house, self.terms, self.theirs, now=self.now)
        # Of what the host wishes it is told below: at its desk it decides itself.
        offer = priced(self.house, self.prices, wish, by_operator=True, waived=True, now=self.now)
        return Visit(wish, offer, tuple(self._against(wish, offer)))

    def _against(self, wish: Wish, offer: Quote) -> Iterator[ValidationError]:
        """What the host wishes and this visit by visa does not keep to. Nobody is asked for notice who stands there."""
        if offer.best.visa is None:
            return
        for one in visa_entries(self.house, self.prices, wish.resource, wish.span, wish.seats):
            if one.held.visa.pk == offer.best.visa.pk:
                yield from (each for each in one.problems if each.code in WAIVABLE and each.code != "visa_notice")


def look_at(showing: Showing, hosts: Sequence[House], *, now: datetime) -> Shown:
    """Look at a visa that is shown, with its membership and holder, at one of some hosts.

    It is where the holder has booked for today, or the first of which they are no member, or the first.
    """
    membership = showing.visa.membership
    user = membership.user
    booked = Booking.objects.live().filter(person=user.email).overlapping(now, now + DAY_AT_LONGEST)
    theirs = tuple(booked.select_related("resource").order_by("starts_at", "pk"))
    house = min(hosts, key=lambda one: (not any(_booked_today(one, theirs, now)), one.space.pk == membership.space_id))
    space = house.space
    prices = price_list([space.pk], user, today=space.today(now))
    # The price list knows the visas of memberships that have not ended.
    held = next((one for one in prices.visas.held if one.visa.pk == showing.visa_id), None) or visa_of(membership)
    if held is None:
        raise Showing.DoesNotExist
    return Shown(
        showing=showing,
        held=held,
        house=house,
        prices=prices.reckoned(user, [space], now=now),
        theirs=theirs,
        turned_away=turned_away_at(showing, space),
        now=now,
    )


def _booked_today(house: House, theirs: Iterable[Booking], now: datetime) -> Iterator[Booking]:
    """Which of a person's bookings are at a house, and for the opening day that it has: as `check_in` takes them."""
    days = {house.space.today(now), day_of(house.calendar, now)}
    for one in theirs:
        if one.resource.space_id == house.space.pk and (
            one.has_begun_at(now) or day_of(house.calendar, one.starts_at) in days
        ):
            yield one


def turned_away_at(showing: Showing, space: Space) -> VisaRequest | None:
    """The refusal of a visit by who shows a visa at a host's desk, since it was shown, if there was one."""
    of_holder = VisaRequest.objects.filter(visa__membership__user=showing.visa.membership.user, resource__space=space)
    refused = of_holder.filter(answer=VisaRequest.Answer.REFUSED, answered_at__gte=showing.shown_at)
    return refused.order_by("-answered_at").first()


def by_which_rule(shown: Shown, offer: Quote) -> str:
    """What a visit draws on, in a few words for who stands behind the desk."""
    best = offer.best
    if best.visa and not best.price:
        return _("One of the free days.")
    if best.visa and best.plan:
        percent = shown.terms.percent_off
        return _("%(percent)s%% off %(plan)s.") % {"percent": percent, "plan": best.plan.name}
    if best.basis == Booking.Basis.FIRST_VISIT:
        return _("The first visit here is free of charge.")
    return best.plan.name if best.plan else best.reason
