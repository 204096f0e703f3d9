"""What visas add to the price of pages that book: nothing for who holds none, little and never more for who does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import TUESDAY, make_booking, make_visited
from tests.pages.crowd import queries
from tests.pages.wishes import address, wish
from visas.models import Visa

pytestmark = pytest.mark.django_db

FIND = "/find/?day=2026-11-24&start=11:00&end=13:00&seats=1"


def travelled(visa: Visa, house, visits: int) -> None:
    """So many visits of months to come, each for a price: free days are few."""
    for number in range(visits):
        make_booking(
            house.open_seats,
            user=visa.membership.user,
            day=TUESDAY + timedelta(days=1 + number),
            basis="visa",
            price=500,
            visa=visa,
        )


@pytest.fixture
def browser(request, as_user):
    user = request.getfixturevalue(request.param)
    opened = as_user(user)
    opened.get("/")  # what is remembered in the process, or once for a connection, is there
    return opened


@pytest.mark.parametrize(("browser", "more"), [("ben", 0), ("aiko", 1)], indirect=["browser"])
@pytest.mark.parametrize("visits", [1, 25])
def test_quote_and_finding_ask_for_the_days_of_visas_once(browser, more, visits, aiko, koharubiyori, dorinoki):
    travelled(Visa.objects.get(), dorinoki, visits)
    asked = "&".join(f"{name}={value}" for name, value in wish(koharubiyori).items())

    # Session, person, house, what is taken, own seats, price list, first visits; the days that are used.
    assert queries(browser, f"{address(koharubiyori)}?{asked}") == 7 + more
    assert queries(browser, FIND) == 7 + more


@pytest.mark.parametrize(("browser", "more"), [("ben", 0), ("aiko", 10)], indirect=["browser"])
@pytest.mark.parametrize("visits", [1, 25])
def test_booking_begins_anew_for_who_holds_a_visa_alone(browser, more, visits, aiko, koharubiyori, dorinoki):
    travelled(Visa.objects.get(), dorinoki, visits)
    make_visited(aiko, koharubiyori.space)

    with CaptureQueriesContext(connection) as asked:
        answer = browser.post(address(koharubiyori), wish(koharubiyori, price=0))

    assert answer.status_code == 302
    # Of a visa: the days that are used; then savepoint, seats, house, price list, first visits and days again, with the
    # locks of membership and visa before them, and the way back from the first savepoint.
    assert len(asked) == 12 + more


@pytest.mark.parametrize("browser", ["ben", "aiko"], indirect=True)
def test_page_of_a_space_costs_the_same_with_a_visa_and_without(browser, aiko, koharubiyori):
    page = f"/spaces/{koharubiyori.space.slug}/"
    browser.get(page)

    # One of them is for everybody: how the host honours visits.
    assert queries(browser, page) == 6
