"""What the mails about memberships say: each kind in both languages, to whom, and not when it is no longer so."""

import email
import email.policy
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail

from members.booths import lapse_offers, leave, wait
from members.changing import change_plan, stay_on_plan
from members.companions import accept, invite
from members.companions import leave as leave_booth
from members.deciding import approve, decline, withdraw
from members.ending import end, stay
from members.joining import join
from members.models import Question
from members.pausing import pause, resume
from members.repricing import reprice_members
from notices.delivery import deliver_due
from notices.kinds import labels
from notices.models import Notice
from tests.conftest import make_operator
from tests.factories import TUESDAY, at, make_membership, make_plan, make_resource, make_space, make_user
from tests.reading import SPACES, Page

pytestmark = pytest.mark.usefixtures("letters_apart")

LANGUAGES = pytest.mark.parametrize("language", ["ja", "en"])
ENGLISH = pytest.mark.parametrize("language", ["en"])
KANA = re.compile(r"[ぁ-んァ-ン]")
NOVEMBER_ENDS, DECEMBER = date(2026, 11, 30), date(2026, 12, 1)
LONG_DAY = {"ja": "2026年12月1日", "en": "Tuesday, 1 December 2026"}
SPACE = {"ja": "小さな家", "en": "Little & House"}


@pytest.fixture
def space(db):
    return make_space(name_ja="小さな家", name_en="Little & House", renewal_day=1)


@pytest.fixture
def person(db, language):
    return make_user("ben@example.com", family_name="Müller & Söhne", given_name="<Ben>", language=language)


@pytest.fixture
def flex(space):
    return make_plan(
        space, make_resource(space), kind="monthly", price=12500, name_ja="フレックス利用", name_en="Flex <area>"
    )


@pytest.fixture
def booth_plan(space):
    booth = make_resource(space, kind="booth", capacity=1, persons=3, name_ja="ブース七", name_en="Booth & 7")
    return make_plan(space, booth, kind="booth", price=75000, name_ja="三人用ブース", name_en="For three")


@pytest.fixture
def member(person, flex):
    return make_membership(person, flex)


@pytest.fixture
def tenant(booth_plan, language):
    friend = make_user("tenant@example.jp", family_name="家主", given_name="太郎", language=language)
    return make_membership(friend, booth_plan, booth=booth_plan.resources.get())


def delivered(moment=None):
    """The letters that go out when the outbox is emptied at a time."""
    mail.outbox.clear()
    moment = moment or at("12:00")
    with time_machine.travel(moment):
        deliver_due(until=moment + timedelta(hours=1))
    return [Letter(sent) for sent in mail.outbox]


class Letter:
    """A mail as the program of its reader takes it apart."""

    def __init__(self, sent):
        raw = email.message_from_bytes(sent.message().as_bytes(), policy=email.policy.default)
        self.subject, self.sender, self.to = raw["Subject"], raw["From"], str(raw["To"])
        self.text = raw.get_body(("plain",)).get_content()
        self.html = raw.get_body(("html",)).get_content()
        self.words = SPACES.sub(" ", Page.of(self.html).text)

    def lacks(self, *words):
        """What of these is missing in the text or in the HTML."""
        return [word for word in words if word not in SPACES.sub(" ", self.text) or word not in self.words]


def check_letter(letter, language, settings, path, *, to="ben@example.com"):
    """What every letter about a membership has."""
    assert letter.to == to
    assert letter.sender.addresses[0].display_name == SPACE[language]
    assert f"{settings.SITE_URL}{path}" in letter.text
    assert f'href="{settings.SITE_URL}{path}"' in letter.html
    assert f'lang="{language}"' in letter.html
    assert letter.html.count("<h1") == 1
    assert letter.lacks(SPACE[language]) == []
    assert "&amp;" not in letter.text
    assert "&lt;" not in letter.text
    assert "<Ben>" not in letter.html
    assert "%(" not in letter.text + letter.html + letter.subject
    assert "None" not in letter.text
    # Words of the other language would come from a string that nobody has translated, or that was put in too early.
    own = letter.text.replace("家主 太郎", "").replace("働く場所がほしい", "")
    assert bool(KANA.search(own)) == (language == "ja")
    assert not re.findall(r"<script|<link|@import|url\(", letter.html)


def state(kind):
    return Notice.objects.filter(kind=kind).latest("pk").state


def test_every_kind_has_a_letter_here_but_for_what_no_act_tells():
    tests = Path(__file__).read_text(encoding="utf-8")
    kinds = {kind for kind in labels() if kind.startswith(("membership.", "booth.", "companion."))}
    kinds.remove("membership.renews")  # test_letters_of_what_is_near.py

    assert len(kinds) == 12
    assert [kind for kind in kinds if f'state("{kind}")' not in tests] == []


@LANGUAGES
def test_application_goes_to_who_decides(space, flex, person, language, settings, now):
    operator = make_operator("operator@example.jp", space)
    operator.language = language
    operator.save()
    make_operator("desk@example.jp", space, "desk")
    space.admission = "application"
    space.save()
    wish = Question.objects.create(space=space, kind="statement", text_ja="何をしたいですか？", text_en="What for?")
    rules = Question.objects.create(space=space, kind="agreement", text_ja="賛同", text_en="Rules", is_required=False)
    membership = join(user=person, plan=flex, starts_on=DECEMBER, answers={wish.pk: "A & B", rules.pk: False}, now=now)
    assert membership.status == "applied"

    [letter] = delivered()

    path = f"/admin/members/membership/{membership.pk}/change/"
    assert letter.to == "operator@example.jp"
    assert f"{settings.SITE_URL}{path}" in letter.text
    assert letter.lacks("Müller & Söhne <Ben>", "A & B", LONG_DAY[language], SPACE[language]) == []
    assert letter.lacks({"ja": "いいえ", "en": "No"}[language]) == []
    assert {"ja": "運営者の方に", "en": "you help to run"}[language] in letter.text
    assert state("membership.applied") == "sent"


@ENGLISH
@pytest.mark.parametrize("close", [approve, decline, withdraw])
def test_application_that_is_closed_meanwhile_is_not_told_to_operators(space, flex, person, now, close):
    make_operator("operator@example.jp", space)
    space.admission = "application"
    space.save()
    membership = join(user=person, plan=flex, starts_on=TUESDAY, answers={}, now=now)
    close(membership=membership, now=now, **({} if close is withdraw else {"by": None}))

    delivered()

    assert state("membership.applied") == "dropped"


@LANGUAGES
def test_new_member_is_welcome(flex, person, language, settings, now):
    join(user=person, plan=flex, starts_on=DECEMBER, answers={}, now=now)

    [letter] = delivered()

    check_letter(letter, language, settings, "/plans/")
    assert letter.lacks(LONG_DAY[language], {"ja": "12,500円", "en": "¥12,500"}[language]) == []
    assert letter.lacks({"ja": "フレックス利用", "en": "Flex <area>"}[language]) == []
    assert letter.lacks({"ja": "2027年1月1日", "en": "Friday, 1 January 2027"}[language]) == []
    assert state("membership.joined") == "sent"


@ENGLISH
def test_who_left_before_the_welcome_gets_none(flex, person, now):
    membership = join(user=person, plan=flex, starts_on=DECEMBER, answers={}, now=now)
    end(membership=membership, last=TUESDAY, by=person, now=now)

    letters = delivered()

    assert state("membership.joined") == "dropped"
    assert [letter.lacks("It was taken back before it began.") for letter in letters] == [[]]


@LANGUAGES
@pytest.mark.parametrize("act", [approve, decline])
def test_decision_comes_with_the_operators_message(flex, person, language, settings, now, act):
    membership = make_membership(person, flex, status="applied", starts_on=DECEMBER)
    act(membership=membership, by=None, message="ようこそ。\nまた & <b>", now=now)

    [letter] = delivered()

    assert letter.to == "ben@example.com"
    assert "また & <b>" in letter.text
    assert "<b>" not in letter.html.split("<h1")[1]
    path = "/plans/" if act is approve else "/spaces/somewhere/join/"
    assert f"{settings.SITE_URL}{path}" in letter.text
    accepted = {"ja": "入会が承認されました", "en": "has accepted your application"}[language]
    assert (accepted in letter.text) == (act is approve)
    assert state("membership.decided") == "sent"


@LANGUAGES
def test_decision_without_a_message_is_whole(flex, person, language, settings, now):
    membership = make_membership(person, flex, status="applied")
    decline(membership=membership, by=None, now=now)

    [letter] = delivered()

    check_letter(letter, language, settings, "/spaces/somewhere/join/")


@LANGUAGES
@pytest.mark.parametrize("last", [None, date(2026, 12, 31)])
def test_pause_is_confirmed(member, language, settings, now, last):
    pause(membership=member, first=DECEMBER, last=last, by=member.user, now=now)

    [letter] = delivered()

    check_letter(letter, language, settings, "/plans/")
    assert letter.lacks(LONG_DAY[language]) == []
    named = {"ja": "2026年12月31日", "en": "Thursday, 31 December 2026"}[language]
    assert (named in letter.text) == (last is not None)
    assert state("membership.paused") == "sent"


@LANGUAGES
def test_coming_back_is_confirmed(person, flex, language, settings, now):
    member = make_membership(person, flex, status="paused")
    resume(membership=member, day=DECEMBER, by=person, now=now)

    [letter] = delivered()

    check_letter(letter, language, settings, "/plans/")
    assert letter.lacks(LONG_DAY[language], {"ja": "12,500円", "en": "¥12,500"}[language]) == []
    assert state("membership.resumed") == "sent"


@ENGLISH
def test_pause_that_was_taken_back_meanwhile_is_not_told(member, now):
    pause(membership=member, first=DECEMBER, last=None, by=member.user, now=now)
    resume(membership=member, day=TUESDAY, by=member.user, now=now)

    [letter] = delivered()

    assert state("membership.paused") == "dropped"
    assert "goes on" in letter.subject


@ENGLISH
def test_coming_back_that_became_a_pause_again_is_not_told(member, now):
    pause(membership=member, first=DECEMBER, last=None, by=member.user, now=now)
    resume(membership=member, day=TUESDAY, by=member.user, now=now)
    pause(membership=member, first=TUESDAY, last=None, by=member.user, by_operator=True, now=at("09:01"))

    [letter] = delivered()

    assert state("membership.resumed") == "dropped"
    assert letter.lacks("Tuesday, 24 November 2026") == []


@LANGUAGES
def test_change_of_plan_is_confirmed(member, booth_plan, language, settings, now):
    change_plan(membership=member, plan=booth_plan, day=DECEMBER, by=member.user, now=now)

    [letter] = delivered()

    check_letter(letter, language, settings, "/plans/")
    name, booth, price = {
        "ja": ("三人用ブース", "ブース七", "75,000円"),
        "en": ("For three", "Booth & 7", "¥75,000"),
    }[language]
    assert letter.lacks(LONG_DAY[language], name, booth, price) == []
    assert state("membership.plan_changed") == "sent"


@ENGLISH
def test_change_that_was_taken_back_meanwhile_is_not_told(member, booth_plan, now):
    change_plan(membership=member, plan=booth_plan, day=DECEMBER, by=member.user, now=now)
    stay_on_plan(membership=member, by=member.user, now=at("09:01"))

    [letter] = delivered()

    assert sorted(Notice.objects.values_list("state", flat=True)) == ["dropped", "sent"]
    assert letter.lacks("Flex <area>") == []


@LANGUAGES
def test_new_price_is_told_before_it_holds(member, flex, language, settings, now):
    flex.price = 13900
    flex.save()
    reprice_members(plan=flex, not_before=DECEMBER, by=None, now=now)

    [letter] = delivered()

    check_letter(letter, language, settings, "/plans/")
    assert letter.lacks(LONG_DAY[language], {"ja": "13,900円", "en": "¥13,900"}[language]) == []
    assert {"ja": "それまでは変わりません", "en": "Until then nothing changes"}[language] in letter.text
    assert state("membership.price_changes") == "sent"


@ENGLISH
def test_price_that_was_told_otherwise_meanwhile_is_told_once(member, flex, now):
    for minute, price in enumerate((13900, 14900)):
        flex.price = price
        flex.save()
        reprice_members(plan=flex, not_before=DECEMBER, by=None, now=at(f"09:0{minute}"))

    [letter] = delivered()

    assert letter.lacks("¥14,900") == []
    assert sorted(Notice.objects.values_list("state", flat=True)) == ["dropped", "sent"]


@LANGUAGES
@pytest.mark.parametrize("by_operator", [False, True])
def test_end_is_confirmed(member, language, settings, now, by_operator):
    end(membership=member, last=NOVEMBER_ENDS, by=member.user, by_operator=by_operator, now=now)

    [letter] = delivered()

    check_letter(letter, language, settings, "/plans/")
    assert letter.lacks({"ja": "2026年11月30日", "en": "Monday, 30 November 2026"}[language]) == []
    title = {
        ("ja", True): "小さな家の運営者が退会の手続きをしました",
        ("ja", False): "退会の手続きをしました",
        ("en", True): "Little & House ends your membership",
        ("en", False): "Your membership ends",
    }[language, by_operator]
    assert Page.of(letter.html).headings == [title]
    assert state("membership.ends") == "sent"


@LANGUAGES
def test_end_that_is_taken_back_is_confirmed(member, language, settings, now):
    end(membership=member, last=NOVEMBER_ENDS, by=member.user, now=now)
    stay(membership=member, by=member.user, now=now)

    [letter] = delivered()

    check_letter(letter, language, settings, "/plans/")
    assert state("membership.ends") == "dropped"
    assert state("membership.stays") == "sent"


@ENGLISH
def test_who_stays_and_then_ends_after_all_hears_of_the_end_only(member, now):
    end(membership=member, last=NOVEMBER_ENDS, by=member.user, now=now)
    stay(membership=member, by=member.user, now=now)
    end(membership=member, last=NOVEMBER_ENDS, by=member.user, now=at("09:01"))

    letters = delivered()

    assert state("membership.stays") == "dropped"
    assert {letter.subject for letter in letters} == {"Little & House: membership ends"}


@pytest.fixture
def offered(tenant, booth_plan, person, now):
    """A booth that is offered to the person."""
    place = wait(user=person, plan=booth_plan, now=now)
    end(membership=tenant, last=NOVEMBER_ENDS, by=None, now=now)
    Notice.objects.exclude(kind="booth.offered").delete()
    return place


@LANGUAGES
def test_booth_is_offered_until_a_day_and_an_hour(offered, language, settings):
    [letter] = delivered()

    check_letter(letter, language, settings, "/plans/")
    booth, until, price = {
        "ja": ("ブース七", "2026年11月27日", "75,000円"),
        "en": ("Booth & 7", "Friday, 27 November 2026", "¥75,000"),
    }[language]
    assert letter.lacks(LONG_DAY[language], booth, until, "09:00", price) == []
    assert {"ja": "空き待ち", "en": "waiting list"}[language] in letter.text
    assert state("booth.offered") == "sent"


@ENGLISH
def test_hour_at_which_an_offer_lapses_is_that_of_the_space(offered, space):
    space.timezone = "Europe/Lisbon"
    space.save()

    [letter] = delivered()

    assert letter.lacks("Friday, 27 November 2026 00:00") == []


@ENGLISH
def test_offer_that_was_settled_meanwhile_is_not_told(offered, now):
    offered.refresh_from_db()
    leave(place=offered, now=now)

    assert delivered() == []
    assert state("booth.offered") == "dropped"


@ENGLISH
def test_offer_is_of_no_use_once_it_has_lapsed(offered):
    assert delivered(at("09:00", date(2026, 11, 27))) == []
    assert state("booth.offered") == "dropped"


@LANGUAGES
def test_who_let_an_offer_lapse_is_told(offered, language, settings, now):
    delivered()
    lapse_offers(now=now + timedelta(hours=72))

    [letter] = delivered(at("09:05", date(2026, 11, 27)))

    check_letter(letter, language, settings, "/spaces/somewhere/join/")
    assert state("booth.lapsed") == "sent"


@LANGUAGES
def test_companion_is_invited_in_the_language_of_the_tenant(tenant, language, settings, now):
    invite(membership=tenant, email="friend@example.jp", now=now)

    [letter] = delivered()

    check_letter(letter, language, settings, "/plans/", to="friend@example.jp")
    assert letter.lacks("家主 太郎") == []
    assert state("companion.invited") == "sent"


@LANGUAGES
def test_companion_with_an_account_is_invited_in_their_own_language(tenant, language, now):
    own = {"ja": "en", "en": "ja"}[language]
    make_user("friend@example.jp", language=own)
    invite(membership=tenant, email="friend@example.jp", now=now)

    [letter] = delivered()

    assert f'lang="{own}"' in letter.html


@ENGLISH
@pytest.mark.parametrize("answered", [False, True])
def test_invitation_that_was_answered_or_taken_back_is_not_told(tenant, person, now, answered):
    companion = invite(membership=tenant, email=person.email, now=now)
    if answered:
        accept(companion=companion, user=person, now=now)
    else:
        leave_booth(companion=companion, now=now)

    assert delivered() == []
    assert state("companion.invited") == "dropped"


@ENGLISH
def test_letters_have_different_subjects(member, flex, booth_plan, now):
    acts = [
        lambda at: pause(membership=member, first=DECEMBER, last=None, by=None, now=at),
        lambda at: change_plan(membership=member, plan=booth_plan, day=DECEMBER, by=None, now=at),
        lambda at: end(membership=member, last=date(2026, 12, 31), by=None, now=at),
    ]
    subjects = []
    for minute, act in enumerate(acts):
        moment = at(f"09:1{minute}")
        if minute == 1:
            member.pauses.all().delete()
        act(moment)
        subjects += [letter.subject for letter in delivered(moment + timedelta(minutes=1))]

    assert len(set(subjects)) == len(subjects) == 3
