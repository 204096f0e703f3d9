"""Companions of a booth, on the page of one's plans."""

from datetime import date

import pytest

from members.models import Companion
from notices.models import Notice
from tests.factories import make_membership
from tests.pages.crowd import queries
from tests.pages.plans import make_tenant, plan_of, sentence
from tests.reading import Page


@pytest.fixture
def own(ben, dorinoki):
    """Ben's booth for three."""
    return make_tenant(ben, dorinoki, 3)


def invite(browser, own, email):
    return browser.post(f"/plans/{own.pk}/companions/", {"email": email})


def test_tenant_invites_by_mail_and_sees_who_has_not_answered(english, ben, own):
    browser = english(ben)
    page = Page(browser.get("/plans/"))
    assert "2 places are left." in page.main

    answer = page.submit(browser, page.form("email"), email=" Chie@Example.JP ")

    after = Page(browser.get("/plans/"))
    assert answer.headers["Location"] == "/plans/"
    assert Companion.objects.get().email == "chie@example.jp"
    assert "chie@example.jp Invited on Tue 24 Nov, not accepted yet" in after.main
    assert "1 place is left." in after.main
    assert [notice.kind for notice in Notice.objects.all()] == ["companion.invited"]


def test_person_who_is_invited_accepts_and_can_give_the_place_back(english, ben, chie, own):
    place = own.companions.create(email=chie.email)
    browser = english(chie)
    page = Page(browser.get("/plans/"))
    assert "Ben Miller invites you to a booth at Dorinoki" in page.main

    answer = browser.post(f"/plans/companions/{place.pk}/accept/")

    place.refresh_from_db()
    after = Page(browser.get("/plans/"))
    assert (answer.headers["Location"], place.user) == ("/plans/", chie)
    assert "Ben Miller shares" in after.main
    assert "A work booth of your own" in after.main
    assert "You may invite" not in after.main
    assert "千葉 千絵" in Page(english(ben).get("/plans/")).main

    browser.post(f"/plans/companions/{place.pk}/leave/")

    place.refresh_from_db()
    assert place.left_at
    assert "shares" not in Page(browser.get("/plans/")).main


def test_person_declines(english, chie, own):
    place = own.companions.create(email=chie.email)

    english(chie).post(f"/plans/companions/{place.pk}/leave/")

    place.refresh_from_db()
    assert (place.left_at is not None, place.user) == (True, None)


def test_tenant_takes_a_companion_off(english, ben, chie, own):
    place = own.companions.create(email=chie.email)

    answer = english(ben).post(f"/plans/companions/{place.pk}/leave/")

    place.refresh_from_db()
    assert (answer.status_code, place.left_at is not None) == (302, True)


@pytest.mark.parametrize("email", ["", "x", "a@b", "a\0@example.jp", "x" * 300 + "@example.jp"])
def test_what_is_no_address_gets_a_sentence(english, ben, own, email):
    page = Page(invite(english(ben), own, email))

    assert page.status == 400
    assert page.alerts[0]
    assert not Companion.objects.exists()


def test_refused_invitation_says_why(english, ben, own):
    browser = english(ben)

    assert sentence("own_address") in Page(invite(browser, own, ben.email)).alerts[0]
    invite(browser, own, "one@example.jp")
    again = Page(invite(browser, own, "one@example.jp"))
    assert (again.status, sentence("invited_already", email="one@example.jp") in again.alerts[0]) == (409, True)
    invite(browser, own, "two@example.jp")
    assert sentence("no_place_left", persons=3) in Page(invite(browser, own, "three@example.jp")).alerts[0]
    assert "All places are given." in Page(browser.get("/plans/")).main


def test_member_without_a_booth_has_nobody_to_invite(english, ben, koharubiyori):
    own = make_membership(ben, plan_of(koharubiyori, "free_pass"))

    assert "Companions" not in Page(english(ben).get("/plans/")).main
    assert sentence("no_booth") in Page(invite(english(ben), own, "one@example.jp")).alerts[0]


def test_place_that_was_given_back_is_given_back_once(english, ben, chie, own):
    place = own.companions.create(email=chie.email)
    english(chie).post(f"/plans/companions/{place.pk}/leave/")

    again = Page(english(ben).post(f"/plans/companions/{place.pk}/leave/"))
    accepted = Page(english(chie).post(f"/plans/companions/{place.pk}/accept/"))

    assert (again.status, accepted.status) == (409, 409)
    assert sentence("companion_gone") in accepted.alerts[0]


def test_invitation_is_for_the_one_address_alone(english, visitor, ben, chie, sam, own):
    place = own.companions.create(email=chie.email)

    for act in ("accept", "leave"):
        address = f"/plans/companions/{place.pk}/{act}/"
        assert english(sam).post(address).status_code == 404
        assert visitor.post(address).headers["Location"] == f"/accounts/login/?next={address}"
        assert english(chie).get(address).status_code == 405
    assert english(ben).post(f"/plans/companions/{place.pk}/accept/").status_code == 404
    place.refresh_from_db()
    assert (place.accepted_at, place.left_at) == (None, None)


def test_page_of_a_companion_costs_the_same_with_many_invitations(english, ben, chie, sam, dai, dorinoki, own):
    browser = english(chie)
    own.companions.create(email=chie.email)
    first = queries(browser, "/plans/")
    for person, persons in ((sam, 2), (dai, 4)):
        make_tenant(person, dorinoki, persons, starts_on=date(2026, 9, 1)).companions.create(email=chie.email)

    assert queries(browser, "/plans/") == first
