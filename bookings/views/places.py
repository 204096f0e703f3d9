"""Home, the list of spaces, and the page of one space with its week."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from bookings.forms import FindForm, SpaceQuery
from bookings.occupancy import occupancy
from bookings.offers import Offer, offers
from bookings.pricelist import PlanTerms, price_list
from bookings.printed import printed
from bookings.views.unreadable import unreadable
from bookings.visa_hosts import visa_hosts
from bookings.week import week_of, week_span
from members.requests import VisitorRequest
from spaces.facts import furnishing_lines, hours_lines
from spaces.house import House, house_at, houses, space_at
from spaces.models import Space
from spaces.status import Status, status_at

MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Card:
    """A space at a glance: open or not, and how many seats are free this moment (None while it is closed)."""

    house: House
    status: Status
    free: int | None
    capacity: int


def cards(now: datetime) -> list[Card]:
    """All spaces of the federation at a glance: two queries."""
    found = houses(Space.objects.in_federation(), today=timezone.localdate(now))
    taken = occupancy([house.open_seats.pk for house in found if house.open_seats], now, now + MOMENT)
    glances = []
    for house in found:
        seats, status = house.open_seats, status_at(house.calendar, now)
        free = seats.capacity - taken[seats.pk].peak(now, now + MOMENT) if seats and status.is_open else None
        glances.append(Card(house, status, free, seats.capacity if seats else 0))
    return glances


@require_safe
@login_not_required
def home(request: VisitorRequest) -> HttpResponse:
    now = timezone.now()
    glances = cards(now)
    open_now = [card for card in glances if card.free is not None]
    context = {
        "cards": glances,
        "free_now": sum(card.free or 0 for card in open_now),
        "open_now": len(open_now),
        "form": FindForm(initial=find_defaults(now)),
    }
    return render(request, "bookings/home.html", context)


@require_safe
@login_not_required
def spaces(request: VisitorRequest) -> HttpResponse:
    return render(request, "bookings/spaces.html", {"cards": cards(timezone.now())})


@require_safe
@login_not_required
@vary_on_headers("HX-Request")
def space(request: VisitorRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    house = house_at(slug, today=timezone.localdate(now))
    if house is None:
        return not_there(request, slug, now)
    query = SpaceQuery(request.GET)
    if not query.is_valid():
        return unreadable(request, query, back=house.space)
    today = house.space.today(now)
    day = max(query.cleaned_data["day"] or today, today)
    prices = price_list([house.space.pk], request.user, today=today)
    choices = offers(house, prices, day=day)
    chosen = chosen_offer(choices, query.cleaned_data["offer"])
    resource = chosen.resource if chosen else house.open_seats
    seats = house.open_seats
    wanted = {shown.pk for shown in (resource, seats) if shown}
    span = week_span(house, day)
    taken = occupancy(wanted, min(span.starts_at, now), max(span.ends_at, now + MOMENT))
    status = status_at(house.calendar, now)
    free = seats.capacity - taken[seats.pk].peak(now, now + MOMENT) if seats and status.is_open else None
    # Steps are on whole minutes: what can still be booked at the next one is what can still be booked now.
    minute = ceil_minute(now)
    plans = prices.sold_at(house.space.pk)
    # The week alone says nothing of visits by visa, so nothing is asked for it.
    host = None if request.htmx else visa_hosts([house.space], prices, now=now)[house.space.pk]
    shown = {
        "space": house.space,
        "card": Card(house, status, free, seats.capacity if seats else 0),
        "offers": choices,
        "chosen": chosen,
        "resource": resource,
        "day": day,
        "holds_seats": bool(prices.held_at(house.space.pk)) or any(one.by_visa for one in choices),
        "sells_drop_in": bool(prices.visits_at(house.space.pk)),
        "host": host,
        "is_visitor": not request.user.is_authenticated,
    }

    def context() -> dict[str, object]:
        week = week_of(house, resource, taken, first=day, now=minute, offer=chosen) if resource else None
        return {**shown, **standing_facts(house, plans, today), "week": week}

    key = (
        house.text,
        tuple(terms.text for terms in plans),
        tuple(choices),
        chosen and chosen.key,
        taken[resource.pk].key if resource else None,
        (minute, day, status.text, free, shown["holds_seats"], shown["is_visitor"], host),
    )
    with timezone.override(house.space.zone):
        if request.htmx:
            return HttpResponse(printed("bookings/_space_page.html#week", key, context))
        page = printed("bookings/_space_page.html", key, context)
        return render(request, "bookings/space.html", {"space": house.space, "page": page})


def not_there(request: VisitorRequest, slug: str, now: datetime) -> HttpResponse:
    """What who follows an old link to a space that has left is told, with the status 404; Http404 for any other."""
    gone = Space.objects.filter(left_on__lte=timezone.localdate(now), slug=slug).first()
    if gone is None:
        raise Http404
    return render(request, "bookings/space_left.html", {"space": gone}, status=404)


def standing_facts(house: House, plans: list[PlanTerms], today: date) -> dict[str, object]:
    """The facts of a space that change only with its rows: prices, hours, equipment, rooms."""
    return {
        "house": house,
        "plans": plans,
        "is_joined": any(not terms.plan.is_visit for terms in plans),
        "hours": hours_lines(house, today),
        "hours_are_samples": all(own.is_sample for own in house.calendar.weekly),
        "furnishing": list(furnishing_lines(house)),
    }


def ceil_minute(moment: datetime) -> datetime:
    """The next whole minute, or the moment itself if it is one."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)


def house_or_404(slug: str, now: datetime) -> House:
    """The house of a space that is in the federation."""
    found = house_at(slug, today=timezone.localdate(now))
    if found is None:
        raise Http404
    return found


def space_or_404(slug: str, now: datetime) -> Space:
    """A space that is in the federation, without its house."""
    found = space_at(slug, today=timezone.localdate(now))
    if found is None:
        raise Http404
    return found


def chosen_offer(choices: list[Offer], key: str) -> Offer | None:
    """The offer with that key, else the first one."""
    return next((offer for offer in choices if offer.key == key), choices[0] if choices else None)


def find_defaults(now: datetime) -> dict[str, object]:
    """What the search form starts with: two hours from the next full hour, by day; tomorrow once it is late."""
    local = timezone.localtime(now)
    if local.hour >= 19:
        local = (local + timedelta(days=1)).replace(hour=9)
    start = max(local.hour + 1, 10)
    return {
        "day": local.date(),
        "start": time(start),
        "end": time(start + 2),
        "seats": 1,
    }
