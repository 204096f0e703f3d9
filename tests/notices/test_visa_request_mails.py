"""What mails about requests for visits by VISA say, to whom they go, and when they do not go out any more."""

import re
from datetime import date, time, timedelta

import pytest
import time_machine
from django.core import mail

from bookings.models import VisaRequest
from bookings.visa_requests import accept, ask, refuse, withdraw
from members.models import Operator, User
from notices.delivery import deliver_due
from notices.models import Notice
from tests.conftest import make_operator
from tests.factories import at, span
from tests.reading import Page
from visas.models import Terms

pytestmark = pytest.mark.usefixtures("letters_apart")

WEDNESDAY = date(2026, 11, 25)
LANGUAGES = pytest.mark.parametrize("language", ["ja", "en"])
ENGLISH = re.compile(r"\b[a-z]+ [a-z]+ [a-z]+\b")


@pytest.fixture
def host(dorinoki):
    Terms.objects.create(space=dorinoki.space, opens=time(10), closes=time(18))
    return dorinoki


@pytest.fixture
def asks(aiko, dai, host, now):
    """Aiko asks Dorinoki, which Dai runs, for Wednesday evening."""

    def act(message: str = "I bring cake & <b>tea</b>.") -> VisaRequest:
        return ask(
            user=aiko,
            space=host.space,
            resource_id=host.open_seats.pk,
            span=span("18:00", "20:00", WEDNESDAY),
            message=message,
            now=now,
        )

    return act


def delivered(moment=None):
    """The mails that go out when the outbox is emptied."""
    moment = moment or at("09:00")
    mail.outbox.clear()
    with time_machine.travel(moment):
        deliver_due(until=moment + timedelta(hours=1))
    return list(mail.outbox)


def words_of(letter) -> tuple[str, str]:
    """A mail's text, and what its HTML reads like."""
    [(html, _type)] = letter.alternatives
    return letter.body, Page.of(html).text


@LANGUAGES
def test_operators_read_who_asks_and_what_stands_against_it(asks, dai, language, settings):
    User.objects.filter(pk=dai.pk).update(language=language)
    request = asks()

    [letter] = delivered()

    assert letter.to == [dai.email]
    against = {
        "en": "Dorinoki takes visitors by Coworking VISA from 10:00 to 18:00.",
        "ja": "ドリノキがコワーキングVISAで受け入れるのは10:00〜18:00です。",
    }
    home = {"en": "Garage labs", "ja": "ガレージラボ"}
    for words in words_of(letter):
        for said in ("伊藤 愛子", home[language], "18:00–20:00", "I bring cake & <b>tea</b>.", against[language]):
            assert said in words, said
        assert "aiko@example.jp" not in words
    assert f"{settings.SITE_URL}/admin/bookings/visarequest/{request.pk}/change/" in letter.body
    assert "伊藤 愛子" in letter.subject
    if language == "ja":
        assert not ENGLISH.search(letter.subject + letter.body.replace("I bring cake", ""))


@LANGUAGES
def test_visitor_reads_the_reason_of_a_refusal(asks, aiko, dai, language, now):
    User.objects.filter(pk=aiko.pk).update(language=language)
    refuse(request=asks(), by=dai, reason="パーティーがあります。", now=now)

    [letter] = delivered()

    assert letter.to == [aiko.email]
    assert {"en": "Not this time: Dorinoki", "ja": "ドリノキ"}[language] in letter.subject
    for words in words_of(letter):
        assert "パーティーがあります。" in words
        assert "18:00–20:00" in words


def test_owners_and_operators_are_told_and_the_desk_is_not(asks, dai, host, dorinoki):
    owner = make_operator("owner@dorinoki.example", dorinoki.space, Operator.Role.OWNER)
    make_operator("desk@dorinoki.example", dorinoki.space, Operator.Role.DESK)
    left = make_operator("left@dorinoki.example", dorinoki.space)
    User.objects.filter(pk=left.pk).update(is_active=False)

    asks()

    assert {letter.to[0] for letter in delivered()} == {dai.email, owner.email}
    assert delivered() == []


def test_accepted_visit_is_confirmed_by_one_mail(asks, aiko, dai, now):
    accept(request=asks(), by=dai, now=now)

    [letter] = delivered()

    assert letter.to == [aiko.email]
    assert "18:00–20:00" in letter.body


def test_nobody_is_asked_for_what_was_withdrawn(asks, aiko, now):
    withdraw(request=asks(), by=aiko, now=now)

    assert delivered() == []


def test_nobody_is_asked_once_the_visit_would_have_begun(asks, now):
    asks()

    assert delivered(at("18:30", WEDNESDAY)) == []
    assert set(Notice.objects.values_list("state", flat=True)) == {"dropped"}


def test_terms_that_have_changed_since_leave_nothing_to_say(asks, dai):
    asks()
    Terms.objects.all().delete()

    [letter] = delivered()

    assert letter.to == [dai.email]
    assert "合わない条件" not in letter.body


def test_nobody_is_asked_by_a_visa_that_is_good_no_more(asks, aiko, now):
    asks()
    aiko.memberships.update(status="ended", ends_on=date(2026, 11, 23), decided_at=now)

    assert delivered() == []
    assert set(Notice.objects.values_list("state", flat=True)) == {"dropped"}
