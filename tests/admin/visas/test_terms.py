"""Terms in the admin: read by the desk, written and confirmed by who runs the host, each version kept to be read."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bookings.tasks import ask_to_confirm_terms
from bookings.visa_notices import ask_to_confirm
from members.models import Operator, Plan
from notices.delivery import deliver_due
from notices.models import Notice
from spaces.models import Space
from tests.conftest import make_operator
from tests.pages.crowd import queries
from tests.reading import Page
from visas.models import Terms
from visas.models.terms import CONFIRMED_FOR
from visas.offering import confirm_terms, terms_of, write_terms

SPACES = "/admin/visas/terms/of/"
LIST = "/admin/visas/terms/"


def at_page(space: Space) -> str:
    return reverse("admin:visas_terms_at", args=[space.slug])


def confirm(client: Client, space: Space, **sent: object):
    return client.post(reverse("admin:visas_terms_confirm", args=[space.slug]), sent, follow=True)


def written(client: Client, space: Space, **changes: object):
    """The form as the page shows it, sent with changes."""
    page = Page(client.get(at_page(space)))
    return client.post(page.address, {**page.form("days_free").fields, **changes})


def test_page_says_what_all_share_until_something_is_written(operator, home):
    page = Page(operator.get(at_page(home)))

    assert "For members of the other spaces: 3 days a month free of charge." in page.text
    assert "None written yet" in page.text
    assert "Not yet" in page.text
    assert page.form("days_free").fields["days_free"] == "3"


def test_terms_are_written_and_read_in_both_languages(operator, home, sam, now):
    answer = written(
        operator, home, days_free=5, opens="10:00", closes="17:30", once_a_week="on", perks_ja="珈琲", perks_en="coffee"
    )

    assert answer.status_code == 302
    terms = terms_of(home)
    assert (terms.version, terms.days_free, terms.written_by, terms.once_a_week) == (1, 5, sam, True)
    page = Page(operator.get(answer.url))
    assert "5 days a month free of charge, from 10:00 to 17:30, one day a week at most, with coffee." in page.text
    assert "珈琲" in page.text
    assert "Existing bookings stay as they were agreed." in page.text
    assert page.form("days_free").fields["opens"] == "10:00"


def test_looking_shows_the_sentence_and_saves_nothing(operator, home):
    page = Page(written(operator, home, days_free=9, look="yes"))

    assert "How it would read" in page.text
    assert "9 days a month free of charge" in page.text
    assert page.form("days_free").fields["days_free"] == "9"
    assert not Terms.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"days_free": 2}, "greater than or equal to 3"),
        ({"days_free": "x"}, "whole number"),
        ({"days_free": str(10**30)}, "less than or equal to 31"),
        ({"days_free": ""}, "required"),
        ({"percent_off": 100}, "less than or equal to 90"),
        ({"opens": "10:00"}, "Say both hours"),
        ({"opens": "25:00"}, "valid time"),
        ({"perks_ja": "a\x00b"}, "Null characters"),
        ({"perks_en": "x" * 121}, "at most 120"),
    ],
)
@pytest.mark.parametrize("button", ["write", "look"])
def test_slips_are_told_and_nothing_typed_is_lost(operator, home, changes, said, button):
    answer = written(operator, home, **{"perks_en": "tea", "notice_hours": 24, **changes, button: "yes"})

    assert answer.status_code == 200
    page = Page(answer)
    assert said in page.text
    assert page.form("days_free").fields["notice_hours"] == "24"
    assert not Terms.objects.exists()


def test_host_without_a_town_is_led_to_where_it_is_said(operator, home):
    Space.objects.filter(pk=home.pk).update(town="")

    page = Page(written(operator, home, not_from_nearby="on"))

    assert "Enter the town of Koharubiyori first" in page.text
    assert page.link("Enter the town on the page of the space") == reverse("admin:spaces_space_change", args=[home.pk])


def test_who_was_too_late_sees_what_counts_and_keeps_what_was_typed(operator, home, now):
    page = Page(operator.get(at_page(home)))
    write_terms(space=home, by=None, now=now, days_free=7)

    answer = operator.post(page.address, {**page.form("days_free").fields, "days_free": 4, "perks_en": "tea"})

    assert answer.status_code == 409
    told = Page(answer)
    assert "Somebody else has changed the terms in the meantime." in told.text
    assert "7 days a month" in told.text
    again = told.submit(operator, told.form("days_free"))
    assert again.status_code == 302
    assert (terms_of(home).days_free, terms_of(home).perks_en) == (4, "tea")


@pytest.mark.parametrize("seen", ["", "x", "-1", "²", str(10**30)])
def test_form_that_has_seen_nothing_writes_nothing(operator, home, seen):
    assert written(operator, home, days_free=9, seen=seen).status_code == 409
    confirm(operator, home, seen=seen)
    assert not Terms.objects.exists()


def test_one_press_says_that_it_still_holds(operator, home, now):
    write_terms(space=home, by=None, now=now - CONFIRMED_FOR, days_free=6)
    page = Page(operator.get(at_page(home)))
    assert "Over a year ago" in page.text

    [form] = [form for form in page.forms if form.action.endswith("/confirm/")]
    said = Page(operator.post(form.action, form.fields, follow=True))

    assert "Everybody can see that these terms are confirmed." in said.text
    assert "Over a year ago" not in said.text
    assert Terms.objects.get().is_confirmed_at(now)


def test_confirming_is_asked_for_by_post_alone(operator, home):
    assert operator.get(reverse("admin:visas_terms_confirm", args=[home.slug])).status_code == 405


def test_desk_reads_and_writes_nothing(desk, home):
    page = Page(desk.get(at_page(home)))

    assert "3 days a month free of charge" in page.text
    assert not [form for form in page.forms if "days_free" in form.fields or "confirm" in form.action]
    assert desk.post(at_page(home), {"days_free": 9, "seen": 0}).status_code == 403
    assert confirm(desk, home, seen=0).status_code == 403
    assert not Terms.objects.exists()


def test_other_spaces_operators_and_members_find_nothing(stranger, as_user, hana, home):
    for client in (stranger, as_user(hana)):
        assert client.get(at_page(home), follow=True).status_code == 404
        assert client.post(at_page(home), {"days_free": 9, "seen": 0}, follow=True).status_code == 404
        assert confirm(client, home, seen=0).status_code == 404
    assert not Terms.objects.exists()


def test_visitor_is_sent_to_sign_in(client, home):
    assert client.get(at_page(home)).status_code == 302


def test_who_runs_one_space_is_led_to_its_page_and_of_several_sees_each(
    operator, sam, home, four_spaces, now, django_assert_max_num_queries
):
    assert operator.get(SPACES).url == at_page(home)

    for slug in ("dorinoki", "garage-labs"):
        Operator.objects.create(user=sam, space=four_spaces[slug], role=Operator.Role.OWNER)
    write_terms(space=four_spaces["dorinoki"], by=sam, now=now, days_free=11)
    with django_assert_max_num_queries(8):
        page = Page(operator.get(SPACES))
    assert "11 days a month free of charge" in page.text
    assert {href for _words, href in page.links} >= {
        at_page(four_spaces[slug]) for slug in ("dorinoki", "garage-labs", "koharubiyori")
    }


def test_versions_of_before_are_read_and_not_changed(operator, home, now):
    first = write_terms(space=home, by=None, now=now, days_free=5)
    write_terms(space=home, by=None, now=now + timedelta(days=1), days_free=6)

    listed = Page(operator.get(LIST))
    assert "5 days a month" in listed.text
    assert "6 days a month" in listed.text
    address = reverse("admin:visas_terms_change", args=[first.pk])
    assert "5 days a month" in Page(operator.get(address)).text
    assert operator.post(address, {"days_free": 9}).status_code == 403
    assert operator.get(reverse("admin:visas_terms_add")).status_code == 403
    first.refresh_from_db()
    assert first.days_free == 5


def test_versions_say_no_percentage_where_no_drop_in_is_sold(operator, home, now):
    terms = write_terms(space=home, by=None, now=now, percent_off=30)
    pages = (LIST, reverse("admin:visas_terms_change", args=[terms.pk]))
    assert all("30% off" in Page(operator.get(page)).text for page in pages)

    home.plans.filter(kind__in=Plan.VISITS).update(retired_on=now.date())

    assert not any("30% off" in Page(operator.get(page)).text for page in pages)


def test_list_of_versions_costs_the_same_however_many_there_are(operator, home, now):
    write_terms(space=home, by=None, now=now, days_free=4)
    queries(operator, LIST)
    few = queries(operator, LIST)
    for days in range(5, 15):
        write_terms(space=home, by=None, now=now, days_free=days)

    assert queries(operator, LIST) == few


def test_page_reads_in_japanese(as_user, sam, home):
    client = as_user(sam)
    client.cookies["django_language"] = "ja"

    page = Page(client.get(at_page(home)))

    assert "現在の受け入れ条件" in page.text
    assert "In force now" not in page.text


# Asking once a year


def asked() -> list[str]:
    return sorted(Notice.objects.filter(kind="terms.confirm").values_list("recipient", flat=True))


def test_owners_are_asked_once_a_year_and_operators_where_there_is_none(home, sam, dai, four_spaces, now):
    make_operator("owner@example.jp", home, Operator.Role.OWNER)

    for _again in range(2):
        ask_to_confirm_terms()
    assert asked() == ["dai@example.jp", "owner@example.jp"]

    for space in four_spaces.values():
        confirm_terms(space=space, by=None, now=now)
    ask_to_confirm(now=now + CONFIRMED_FOR - timedelta(seconds=1))
    assert len(asked()) == 2
    for days in (0, 1, 200):
        ask_to_confirm(now=now + CONFIRMED_FOR + timedelta(days=days))
    assert len(asked()) == 4
    ask_to_confirm(now=now + 2 * CONFIRMED_FOR)
    assert len(asked()) == 6


def test_who_has_left_the_federation_is_not_asked(home, sam, now):
    Space.objects.update(left_on=now.date())

    ask_to_confirm(now=now)

    assert asked() == []


def test_letter_says_what_is_offered_and_leads_to_the_page(home, sam, now, mailoutbox):
    write_terms(space=home, by=None, now=now - CONFIRMED_FOR, days_free=8)
    ask_to_confirm(now=now)
    Notice.objects.update(language="en")
    deliver_due(until=now + timedelta(hours=1))

    [mail] = mailoutbox
    assert "8 days a month free of charge" in mail.body
    assert at_page(home) in mail.body


def test_letter_is_not_sent_once_it_was_confirmed(home, sam, now, mailoutbox):
    ask_to_confirm(now=now)
    confirm_terms(space=home, by=None, now=now)
    deliver_due(until=now + timedelta(hours=1))

    assert mailoutbox == []
