"""What a person can choose to book at a space."""

from datetime import date

from django.utils import translation

from bookings.offers import Offer, offers
from bookings.pricelist import price_list
from tests.factories import TUESDAY, at, make_membership, span


def offered(house, user, day=TUESDAY):
    prices = price_list([house.space.pk], user, today=TUESDAY)
    with translation.override("en"):
        return [(one.label, one.price, one.minutes, one.by_the_hour) for one in offers(house, prices, day=day)]


def test_koharubiyori_offers_drop_ins_and_its_room(koharubiyori, ben):
    expected = [
        ("Drop-in", 800, None, False),
        ("Mini drop-in", 500, 120, False),
        ("Meeting room", 500, 60, True),
    ]

    assert offered(koharubiyori, ben) == offered(koharubiyori, None) == expected


def test_garage_labs_offers_its_members_everything_and_others_nothing(garage, ben, aiko):
    assert offered(garage, ben) == []
    assert offered(garage, aiko) == [("With your plan", 0, None, False), ("Meeting room", 0, 60, True)]


def test_dorinoki_offers_rooms_but_neither_booths_nor_seats(dorinoki, ben):
    assert [label for label, *_ in offered(dorinoki, ben)] == [
        "Meeting room 1", "Meeting room 2", "Meeting room 3", "Lecture room"
    ]  # fmt: skip


def test_plan_is_offered_on_the_days_on_which_it_counts(koharubiyori, ben):
    make_membership(ben, koharubiyori.space.plans.get(kind="free_pass"), ends_on=date(2026, 11, 30))

    assert offered(koharubiyori, ben)[0] == ("With your plan", 0, None, False)
    assert offered(koharubiyori, ben, date(2026, 12, 1))[0] == ("Drop-in", 800, None, False)


def test_samples_are_offered_as_samples(koharubiyori, ben):
    prices = price_list([koharubiyori.space.pk], ben, today=TUESDAY)

    assert [one.is_sample for one in offers(koharubiyori, prices, day=TUESDAY)] == [False, False, True]


def test_offer_lasts_as_long_as_it_says_or_until_closing(koharubiyori):
    day = Offer("day", koharubiyori.open_seats, "Day", 800, None)
    mini = Offer("mini", koharubiyori.open_seats, "Mini", 500, 120)

    assert day.span_from(at("15:00"), span("11:00", "21:00")) == span("15:00", "21:00")
    assert mini.span_from(at("15:00"), span("11:00", "21:00")) == span("15:00", "17:00")
    assert mini.span_from(at("20:00"), span("11:00", "21:00")) == span("20:00", "21:00")


def test_visa_is_offered_at_other_spaces_on_days_on_which_it_is_valid(dorinoki, garage, aiko):
    aiko.memberships.update(ends_on=date(2026, 11, 30))

    assert offered(dorinoki, aiko)[0] == ("With your Coworking VISA", 0, None, False)
    assert offered(dorinoki, aiko, date(2026, 12, 1))[0][0] == "Meeting room 1"
    assert "With your Coworking VISA" not in [label for label, *_ in offered(garage, aiko)]
