"""What letters say that come by themselves: before a renewal, a VISA or ticket that ends, and after a trial visit."""

import email
import email.policy
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail

from bookings.attendance import check_in
from bookings.redeeming import redeem
from bookings.ticket_expiry_notices import tell_of_expiry
from bookings.trial_notices import AFTER_TRIAL, tell_after_trials
from bookings.visa_ending_notices import tell_of_ends
from bookings.visits import visit_token, visits_address
from members.changing import change_plan
from members.ending import end
from members.models import AgreedPlan
from members.pausing import pause
from members.periods import DAY
from members.renewal_notices import tell_of_renewals
from members.repricing import reprice_members
from notices.choosing import turned_off
from notices.delivery import deliver_due
from notices.models import Notice, SentCopy
from tests.factories import TUESDAY, at, make_booking, make_membership, make_plan, make_resource, make_space, make_user
from tests.reading import SPACES, Page
from tests.visas.acts import make_campaign, make_ticket

pytestmark = pytest.mark.usefixtures("letters_apart")

LANGUAGES = pytest.mark.parametrize("language", ["ja", "en"])
ENGLISH = pytest.mark.parametrize("language", ["en"])
KANA = re.compile(r"[ぁ-んァ-ン]")
WORDS = re.compile(r"\b[a-z]+ [a-z]+ [a-z]+\b")
SPACE = {"ja": "小さな家", "en": "Little & House"}
EARLY, DECEMBER, FIVE_BEFORE = date(2026, 11, 10), date(2026, 12, 1), date(2026, 11, 26)


@pytest.fixture
def space(db):
    return make_space(
        name_ja="小さな家",
        name_en="Little & House",
        full_name_ja="コワーキングスペース 小さな家",
        full_name_en="Coworking Space Little & House",
        operator_name="Little House & Co.",
        address_ja="北海道札幌市中央区1-2-3",
        address_en="1-2-3 Chuo, Sapporo, Hokkaido",
        website="house.example.jp",
        renewal_day=1,
    )


@pytest.fixture
def seats(space):
    return make_resource(space)


@pytest.fixture
def flex(space, seats):
    return make_plan(
        space, seats, kind="monthly", price=12500, grants_visa=True, name_ja="フレックス利用", name_en="Flex <area>"
    )


@pytest.fixture
def member(flex, language):
    membership = make_membership(make_user("ben@example.com", language=language), flex)
    AgreedPlan.objects.update(told_at=at("12:00", date(2026, 1, 1)))
    return membership


@pytest.fixture
def came(space, seats, language):
    """A visit by ticket on Tuesday, after which two are left: one here, one elsewhere."""
    there = make_space("there", name_ja="となり", name_en="Next door", address="札幌市北区1")
    make_resource(there)
    ticket = make_ticket(make_campaign(space, there, visits_in_all=3, visits_at_each=2))
    visit = redeem(
        ticket=ticket, space=space, day=TUESDAY, name="Ben", email="ben@example.com", language=language, now=at("09:00")
    )
    Notice.objects.all().delete()
    visit.ticket.refresh_from_db()
    return check_in(booking=visit, now=visit.starts_at)


def delivered(act, moment):
    """The letter that goes out when a task has run and the outbox is emptied."""
    Notice.objects.all().delete()
    mail.outbox.clear()
    with time_machine.travel(moment):
        act(now=moment)
        deliver_due(until=moment + timedelta(minutes=5))
    [sent] = mail.outbox
    return Letter(sent)


class Letter:
    """A mail as the program of its reader takes it apart."""

    def __init__(self, sent):
        raw = email.message_from_bytes(sent.message().as_bytes(), policy=email.policy.default)
        self.subject, self.sender, self.to = raw["Subject"], raw["From"], str(raw["To"])
        self.one_click = (raw["List-Unsubscribe"] or "").strip("<>")
        self.text = raw.get_body(("plain",)).get_content()
        self.html = raw.get_body(("html",)).get_content()
        self.words = SPACES.sub(" ", Page.of(self.html).text)
        self.files = [part.get_filename() for part in raw.iter_attachments()]

    def lacks(self, *words):
        """What of these is missing in the text or in the HTML."""
        return [word for word in words if word not in SPACES.sub(" ", self.text) or word not in self.words]


def check(letter, language, *paths, space=""):
    """What each of these letters has."""
    assert letter.to == "ben@example.com"
    assert letter.sender.addresses[0].display_name == (space or SPACE[language])
    for path in paths:
        assert path in letter.text
        assert f'href="{path}"' in letter.html
    assert f'lang="{language}"' in letter.html
    assert letter.html.count("<h1") == 1
    assert letter.one_click
    assert letter.files == []
    assert not re.search(r"&amp;|&lt;|%\(|None|\n{4}", letter.text)
    assert not re.search(r"%\(|None|<area>", letter.html)
    assert "%(" not in letter.subject
    if language == "en":
        assert not KANA.search(letter.text)
    else:
        assert not WORDS.search(re.sub(r"https?://\S+|Little House & Co\.", "", letter.text))


@LANGUAGES
def test_a_renewal_is_told_with_what_it_costs_and_what_can_be_done(member, language, settings):
    letter = delivered(tell_of_renewals, at("12:00", FIVE_BEFORE))

    check(letter, language, f"{settings.SITE_URL}/plans/")
    assert letter.lacks(*{"ja": ["フレックス利用", "12,500円"], "en": ["Flex <area>", "¥12,500"]}[language]) == []
    assert (
        letter.lacks(
            *{
                "ja": ["2026年12月1日", "プランの変更・休会・退会をご希望の場合は、2026年11月30日"],
                "en": ["Tuesday, 1 December 2026", "change, pause or end it, you can do so until Monday, 30 November"],
            }[language]
        )
        == []
    )


def bigger(member):
    plan = make_plan(member.space, kind="monthly", price=20000, sign_up_fee=5000, name_en="Bigger")
    change_plan(membership=member, plan=plan, day=DECEMBER, by=None, now=at("09:00", EARLY))
    AgreedPlan.objects.update(told_at=at("09:00", EARLY))


def dearer(member):
    plan = member.agreed_plans.get().plan
    plan.price = 14000
    plan.save()
    reprice_members(plan=plan, not_before=DECEMBER, by=None, now=at("09:00", EARLY))
    AgreedPlan.objects.update(told_at=at("09:00", EARLY))


@ENGLISH
@pytest.mark.parametrize(
    ("act", "said", "not_said"),
    [
        (lambda one: None, "You need not do anything", "Its last day"),
        (
            lambda one: pause(
                membership=one, first=EARLY, last=date(2026, 11, 30), by=None, by_operator=True, now=at("09:00", EARLY)
            ),
            "Your pause ends on Monday, 30 November 2026. On Tuesday, 1 December 2026 your membership",
            "You need not do anything",
        ),
        (
            lambda one: end(membership=one, last=date(2026, 12, 31), by=None, by_operator=True, now=at("09:00", EARLY)),
            "Its last day is Thursday, 31 December 2026",
            "If you would rather",
        ),
        (bigger, "From that day on your plan is Bigger.", "pause or end"),
        (dearer, "the new price", "your plan is"),
    ],
)
def test_what_is_to_come_with_the_renewal_is_said(member, act, said, not_said):
    act(member)

    letter = delivered(tell_of_renewals, at("12:00", FIVE_BEFORE))

    assert letter.lacks(said) == []
    assert not_said not in letter.text + letter.html


@ENGLISH
def test_a_fee_that_comes_with_another_plan_is_in_the_sum(member):
    bigger(member)

    letter = delivered(tell_of_renewals, at("12:00", FIVE_BEFORE))

    assert letter.lacks("Sign-up fee, once", "¥5,000", "¥20,000", "¥25,000") == []


@LANGUAGES
@pytest.mark.parametrize(
    ("act", "said"),
    [
        (
            lambda one: end(membership=one, last=date(2026, 11, 30), by=None, now=at("09:00")),
            {"ja": "11月30日（月）まで退会を取り消せます", "en": "you can take the end back until Monday, 30 November"},
        ),
        (
            lambda one: pause(membership=one, first=DECEMBER, last=date(2026, 12, 31), by=None, now=at("09:00")),
            {"ja": "2027年1月1日（金）からまた使えます", "en": "good again from Friday, 1 January 2027 on"},
        ),
        (
            lambda one: pause(membership=one, first=DECEMBER, last=None, by=None, now=at("09:00")),
            {"ja": "再開するまでVISAをお使いいただけません", "en": "so does the VISA until you resume it"},
        ),
        (
            lambda one: change_plan(
                membership=one, plan=make_plan(one.space, kind="monthly"), day=DECEMBER, by=None, now=at("09:00")
            ),
            {"ja": "コワーキングVISAが付いていません", "en": "gives no Coworking VISA"},
        ),
    ],
)
def test_the_end_of_a_visa_is_told_with_its_reason(member, act, said, language, settings):
    act(member)

    letter = delivered(tell_of_ends, at("12:00"))

    check(letter, language, f"{settings.SITE_URL}/plans/")
    assert {"ja": "2026年11月30日", "en": "Monday, 30 November 2026"}[language] in letter.subject
    assert SPACES.sub("", said[language]) in SPACES.sub("", letter.text)
    assert SPACES.sub("", said[language]) in SPACES.sub("", letter.words)


@LANGUAGES
def test_a_ticket_that_expires_is_told_with_where_there_are_seats(came, language, settings):
    letter = delivered(tell_of_expiry, at("12:00", date(2026, 12, 28)))

    link = settings.SITE_URL + visits_address(came.ticket)
    check(letter, language, link, f"{link}next/?space=somewhere", f"{link}next/?space=there")
    assert (
        letter.lacks(*{"ja": ["あと2回", "となり", "小さな家"], "en": ["2 more visits", "Next door"]}[language]) == []
    )
    assert {"ja": "2026年12月31日", "en": "Thursday, 31 December 2026"}[language] in letter.subject


@ENGLISH
@pytest.mark.parametrize(("task", "day"), [(tell_of_expiry, date(2026, 12, 28)), (tell_after_trials, TUESDAY + DAY)])
def test_what_is_kept_of_a_letter_opens_no_ticket(came, task, day):
    delivered(task, at("12:00", day))

    copy = SentCopy.objects.get()
    for words in (copy.text, copy.html):
        assert "/visit/…/" in words
        assert visit_token(came.ticket) not in words
        assert came.ticket.printed_code not in words


@LANGUAGES
def test_thanks_tell_what_is_left_and_what_the_space_offers(came, flex, language, settings):
    hidden = {"kind": "monthly", "price": 9999}
    make_plan(flex.space, **hidden, name_en="Sample", name_ja="見本", is_sample=True)
    make_plan(flex.space, **hidden, name_en="Retired", name_ja="昔", retired_on=TUESDAY)

    letter = delivered(tell_after_trials, at("10:00", date(2026, 11, 25)))

    check(
        letter,
        language,
        settings.SITE_URL + visits_address(came.ticket),
        f"{settings.SITE_URL}/spaces/somewhere/join/",
    )
    expected = {
        "ja": ["小さな家", "2026年11月24日", "あと2回", "フレックス利用", "12,500円"],
        "en": ["24 November 2026", "2 more visits", "until Thursday, 31 December 2026", "Flex <area>", "¥12,500"],
    }
    assert letter.lacks(*expected[language]) == []
    assert not re.search("9,999|Sample|見本|Retired", letter.text)


@LANGUAGES
def test_a_month_later_the_space_is_offered_once_more(space, seats, flex, language, settings):
    person = make_user("ben@example.com", language=language)
    make_booking(seats, basis="first_visit", price=0, user=person, checked_in_at=at("11:05"))

    letter = delivered(tell_after_trials, at("10:00", date(2026, 12, 24)))

    check(letter, language, f"{settings.SITE_URL}/spaces/somewhere/", f"{settings.SITE_URL}/spaces/somewhere/join/")
    assert letter.lacks({"ja": "ひと月になります", "en": "A month ago, on 24 November 2026"}[language]) == []
    assert "/visit/" not in letter.text


@LANGUAGES
@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2026, 12, 24)])
def test_what_advertises_says_who_writes_from_where_and_how_it_is_refused(came, language, day, client, settings):
    letter = delivered(tell_after_trials, at("10:00", day))

    address = {"ja": "北海道札幌市中央区1-2-3", "en": "1-2-3 Chuo, Sapporo, Hokkaido"}[language]
    assert letter.lacks("Little House & Co.", address) == []
    assert "https://house.example.jp" in letter.text
    assert letter.lacks({"ja": "配信を停止", "en": "You need not get letters like this one"}[language]) == []
    # In the letter itself and in the frame.
    assert letter.text.count("/mails/") == 2
    before_frame = letter.text.split("\n--\n")[0]
    [link] = re.findall(r"https?://\S+/mails/\S+", before_frame)
    client.post(link.removeprefix(settings.SITE_URL), {"List-Unsubscribe": "One-Click"})
    assert turned_off("ben@example.com") == {AFTER_TRIAL}


@ENGLISH
def test_a_ticket_that_is_used_up_is_not_spoken_of(came, language):
    came.ticket.campaign.visits_in_all = 1
    came.ticket.campaign.save()

    letter = delivered(tell_after_trials, at("10:00", date(2026, 11, 25)))

    assert "ticket" not in letter.text.replace("/ticket", "")
    assert letter.lacks("How to join") == []
