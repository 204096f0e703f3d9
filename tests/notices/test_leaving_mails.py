"""What members with a visa are told when their home space leaves or stays, and when that is not so any more."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail

from bookings.space_leaving import leave, stay
from members.models import Membership, Operator
from notices.delivery import deliver_due
from notices.kinds import labels
from tests.conftest import make_operator
from tests.factories import at, make_booking, make_membership, make_user
from tests.reading import Page

pytestmark = pytest.mark.usefixtures("letters_apart")

LANGUAGES = pytest.mark.parametrize("language", ["ja", "en"])
ENGLISH = re.compile(r"\b[a-z]+ [a-z]+ [a-z]+\b")
KANA = re.compile(r"[ぁ-んァ-ン]")
NOW, LEAVES = at("09:00"), date(2026, 12, 10)


@pytest.fixture
def home(koharubiyori):
    return koharubiyori.space


@pytest.fixture
def boss(home):
    return make_operator("owner@example.jp", home, Operator.Role.OWNER)


@pytest.fixture
def member(home, language):
    person = make_user("member@example.jp", language=language)
    return make_membership(person, home.plans.get(kind="free_pass"))


def delivered(moment=None):
    """The mails that go out when the outbox is emptied."""
    moment = moment or at("10:30")
    mail.outbox.clear()
    with time_machine.travel(moment):
        deliver_due(until=moment + timedelta(hours=1))
    return list(mail.outbox)


def check(letter, language, settings, *words):
    [(html, _type)] = letter.alternatives
    page = Page.of(html)
    assert letter.to == ["member@example.jp"]
    assert f"{settings.SITE_URL}/spaces/" in letter.body
    assert f'href="{settings.SITE_URL}/spaces/"' in html
    assert (page.lang, len(page.headings)) == (language, 1)
    for word in words:
        assert word in letter.body
        assert word in page.text
    assert "%(" not in letter.subject + letter.body
    assert bool(KANA.search(letter.body)) == (language == "ja")
    assert bool(ENGLISH.search(letter.body)) == (language == "en")


@LANGUAGES
def test_member_reads_until_when_the_visa_holds(home, boss, member, language, settings):
    leave(space=home, left_on=LEAVES, by=boss, now=NOW)

    [letter] = delivered()

    titles = {"ja": "小春日和は加盟を終えます", "en": "Koharubiyori is leaving the federation"}
    assert letter.subject == titles[language]
    last, until = {
        "ja": ("2026年12月9日", "2026年12月31日"),
        "en": ("Wednesday, 9 December 2026", "Thursday, 31 December 2026"),
    }[language]
    check(letter, language, settings, last, until)


@LANGUAGES
def test_member_reads_that_it_stays(home, boss, member, language, settings):
    leave(space=home, left_on=LEAVES, by=boss, now=NOW)
    delivered()
    stay(space=home, by=boss, now=at("11:30"))

    [letter] = delivered(at("11:31"))

    said = {"ja": "小春日和は加盟を続けます", "en": "Koharubiyori stays in the federation"}[language]
    assert letter.subject == said
    check(letter, language, settings)


@pytest.mark.parametrize("language", ["ja"])
def test_letter_that_is_not_true_any_more_is_not_sent(home, boss, member):
    leave(space=home, left_on=LEAVES, by=boss, now=NOW)
    leave(space=home, left_on=date(2027, 1, 20), by=boss, now=at("09:01"))
    assert [letter.body.count("2027年1月31日") for letter in delivered()] == [2], "only the one of the second day"

    stay(space=home, by=boss, now=at("11:00"))
    leave(space=home, left_on=LEAVES, by=boss, now=at("11:01"))
    [letter] = delivered(at("11:02"))
    assert letter.subject == "小春日和は加盟を終えます"


@pytest.mark.parametrize("language", ["ja"])
def test_who_is_no_member_any_more_is_told_nothing(home, boss, member):
    leave(space=home, left_on=LEAVES, by=boss, now=NOW)
    member.ends_on, member.status = date(2026, 11, 23), Membership.Status.ENDED
    member.save()

    assert delivered() == []


@pytest.mark.parametrize("language", ["en"])
def test_who_has_booked_there_is_told_of_that_too(home, boss, member, koharubiyori, ben):
    make_booking(koharubiyori.open_seats, day=LEAVES, user=ben)
    make_booking(koharubiyori.open_seats, day=LEAVES, user=member.user, basis="plan", price=0)

    leave(space=home, left_on=LEAVES, by=boss, now=NOW)

    subjects = sorted((letter.to[0], letter.subject) for letter in delivered())
    assert subjects == [
        ("ben@example.com", "Cancelled: Koharubiyori, Thu 10 Dec 11:00"),
        ("member@example.jp", "Cancelled: Koharubiyori, Thu 10 Dec 11:00"),
        ("member@example.jp", "Koharubiyori is leaving the federation"),
    ]


def test_both_kinds_have_a_name_in_the_outbox():
    assert {"space.leaves", "space.stays"} <= set(labels())
