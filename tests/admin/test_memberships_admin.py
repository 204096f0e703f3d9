"""The operators' list of memberships: what it shows, finds and narrows, who may do what, and signing up at the desk."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from members.models import BoothWait, Membership, Operator, Plan, User
from notices.models import Notice
from tests.conftest import make_operator
from tests.factories import at, make_booking, make_membership, make_user
from tests.reading import Page, english

LIST = "admin:members_membership_changelist"
CHANGE = "admin:members_membership_change"
ADD = "admin:members_membership_add"


@pytest.fixture
def desk(sam, as_user) -> Client:
    """Sam's browser: the operator of Koharubiyori."""
    return english(as_user(sam))


@pytest.fixture
def at_dorinoki(dai, as_user) -> Client:
    return english(as_user(dai))


@pytest.fixture
def free_pass(koharubiyori) -> Plan:
    return koharubiyori.space.plans.get(kind="free_pass")


def person(email: str, family: str, given: str, family_reading: str, given_reading: str) -> User:
    return make_user(
        email, family_name=family, given_name=given, family_reading=family_reading, given_reading=given_reading
    )


@pytest.fixture
def ito(free_pass) -> Membership:
    return make_membership(person("ito@example.jp", "伊藤", "愛子", "いとう", "あいこ"), free_pass)


@pytest.fixture
def sasaki(free_pass) -> Membership:
    return make_membership(person("sasaki@example.jp", "佐々木", "亮", "ささき", "りょう"), free_pass, status="paused")


def listed(client: Client, **query: object) -> list[int]:
    """The keys of the memberships on the list, in its order."""
    answer = client.get(reverse(LIST), query)
    assert answer.status_code == 200
    return [row.pk for row in answer.context["cl"].result_list]


def test_list_shows_plan_status_since_and_the_last_visit_here(desk, koharubiyori, ito):
    day = date(2026, 11, 20)
    make_booking(
        koharubiyori.open_seats, day=day, user=ito.user, checked_in_at=at("11:05", day), checked_out_at=at("13:00", day)
    )
    make_booking(koharubiyori.open_seats, day=date(2026, 11, 23), user=ito.user)

    text = Page(desk.get(reverse(LIST))).text

    for words in ("伊藤 愛子", "Free pass", "Active", "Jan. 1, 2026", "20 November 2026"):
        assert words in text


@pytest.mark.parametrize(("status", "name"), [("ended", "終了"), ("declined", "見送り"), ("paused", "休会中")])
def test_every_status_is_said_in_the_readers_language(sam, as_user, free_pass, chie, status, name):
    make_membership(chie, free_pass, status=status)

    [row] = as_user(sam).get(reverse(LIST)).context["results"]

    assert f">{name}<" in "".join(row).replace("\n", "").replace(" ", "")


def test_list_is_sorted_by_the_reading_of_the_name(desk, ito, sasaki, free_pass):
    abe = make_membership(person("abe@example.jp", "安部", "一", "あべ", "はじめ"), free_pass)

    assert listed(desk) == [abe.pk, ito.pk, sasaki.pk]


@pytest.mark.parametrize(
    "words", ["伊藤 愛子", "伊藤愛子", "伊藤　愛子", "愛子", "いとう", "イトウ", "いとうあいこ", "ito@example", "ITO@"]
)
def test_search_finds_a_person_however_the_name_is_typed(desk, ito, sasaki, words):
    assert listed(desk, q=words) == [ito.pk]


def test_search_for_nobody_finds_nobody(desk, ito):
    assert listed(desk, q="伊藤 亮") == []


def test_list_is_narrowed_by_status_plan_end_and_booth(desk, at_dorinoki, dorinoki, ito, sasaki, free_pass):
    ending = make_membership(
        make_user("ending@example.jp"), free_pass, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 24)
    )
    flex = make_membership(make_user("flex@example.jp"), dorinoki.space.plans.get(kind="monthly"))
    booths = dorinoki.space.plans.filter(kind="booth").first()
    booth = booths.resources.first()
    tenant = make_membership(make_user("tenant@example.jp"), booths, booth=booth)

    assert listed(desk, status__exact="paused") == [sasaki.pk]
    assert listed(desk, expiring="soon") == [ending.pk]
    assert set(listed(desk, expiring="never")) == {ito.pk, sasaki.pk}
    assert listed(at_dorinoki, plan=flex.agreed_plans.get().plan_id) == [flex.pk]
    assert listed(at_dorinoki, booth="yes") == [tenant.pk]
    assert listed(at_dorinoki, booth="no") == [flex.pk]


@pytest.mark.parametrize("days", [30, 31])
def test_expiring_means_within_thirty_days(desk, free_pass, days):
    last = date.fromordinal(date(2026, 11, 24).toordinal() + days)
    ending = make_membership(make_user("ending@example.jp"), free_pass, ends_on=last)

    assert listed(desk, expiring="soon") == ([ending.pk] if days == 30 else [])


@pytest.mark.parametrize("query", [{"plan": "x"}, {"plan": "9" * 30}, {"expiring": "x"}, {"booth": "x"}])
def test_filter_that_makes_no_sense_is_no_error(desk, ito, query):
    assert desk.get(reverse(LIST), query).status_code in (200, 302)


def test_list_shows_the_plan_that_holds_today_not_the_one_to_come(desk, ito, free_pass):
    later = Plan.objects.create(space=free_pass.space, kind="monthly", name_ja="新", name_en="Newer", price=1)
    ito.agreed_plans.update(ends_on=date(2026, 12, 1))
    ito.agreed_plans.create(plan=later, price=1, starts_on=date(2026, 12, 2))

    assert listed(desk, plan=later.pk) == []
    assert listed(desk, plan=free_pass.pk) == [ito.pk]


def test_form_writes_paper_and_key_and_nothing_else(desk, ito, sam):
    typed = {
        "agreement_on": "2026-11-20",
        "key_given_on": "2026-11-21",
        "key_returned_on": "",
        "note": "夜に来る",
        "status": "ended",
        "starts_on": "2020-01-01",
        "ends_on": "2020-02-02",
        "decision": "x",
    }

    answer = desk.post(reverse(CHANGE, args=[ito.pk]), typed)

    assert answer.status_code == 302, answer.context["errors"]
    ito.refresh_from_db()
    assert (ito.agreement_on, ito.key_given_on, ito.note) == (date(2026, 11, 20), date(2026, 11, 21), "夜に来る")
    assert (ito.status, ito.starts_on, ito.ends_on, ito.decision) == ("active", date(2026, 1, 1), None, "")
    assert ito.history.latest().history_user == sam


def test_key_that_came_back_before_it_went_is_a_sentence(desk, ito):
    typed = {"agreement_on": "", "key_given_on": "2026-11-21", "key_returned_on": "2026-11-20", "note": ""}

    answer = desk.post(reverse(CHANGE, args=[ito.pk]), typed)

    assert answer.status_code == 200
    assert "A key is returned after it was handed over." in answer.content.decode()


def test_old_version_does_not_bring_an_old_status_back(desk, ito):
    version = ito.history.latest()
    Membership.objects.filter(pk=ito.pk).update(status="ended", ends_on=date(2026, 11, 1))

    address = reverse("admin:members_membership_simple_history", args=[ito.pk, version.pk])
    desk.post(address, {"agreement_on": "", "key_given_on": "", "key_returned_on": "", "note": "", "status": "active"})

    ito.refresh_from_db()
    assert ito.status == "ended"


def test_membership_is_not_deleted(desk, ito):
    assert desk.post(reverse("admin:members_membership_delete", args=[ito.pk]), {"post": "yes"}).status_code == 403
    assert Membership.objects.filter(pk=ito.pk).exists()


def test_desk_role_only_looks(koharubiyori, as_user, ito):
    client = english(as_user(make_operator("desk@example.jp", koharubiyori.space, Operator.Role.DESK)))

    page = Page(client.get(reverse(CHANGE, args=[ito.pk])))
    assert page.status == 200
    assert not [href for _words, href in page.links if "/act/" in href]
    assert client.get(reverse(ADD)).status_code == 403
    assert client.post(reverse(CHANGE, args=[ito.pk]), {"note": "x"}).status_code == 403
    answer = client.post(reverse(LIST), {"action": "end_selected", "_selected_action": [ito.pk], "post": "yes"})
    ito.refresh_from_db()
    assert answer.status_code in (200, 302, 403)
    assert (ito.status, ito.ends_on) == ("active", None)


def signing_up(plan: Plan, **typed: object) -> dict[str, object]:
    return {
        "email": "new@example.jp",
        "family_name": "林",
        "given_name": "桃",
        "family_reading": "はやし",
        "given_reading": "もも",
        "language": "ja",
        "plan": plan.pk,
        "starts_on": "2026-11-24",
        **typed,
    }


def test_operator_signs_a_new_person_up_at_the_desk(desk, sam, free_pass):
    answer = desk.post(reverse(ADD), signing_up(free_pass, email=" New@Example.jp"))

    assert answer.status_code == 302, answer.context["errors"]
    membership = Membership.objects.get(user__email="new@example.jp")
    assert (membership.user.display_name, membership.user.has_usable_password()) == ("林 桃", False)
    assert (membership.status, membership.agreed_plans.get().plan) == ("active", free_pass)
    assert membership.history.earliest().history_user == sam
    assert Notice.objects.filter(kind="membership.joined", recipient="new@example.jp").exists()


def test_person_who_has_an_account_keeps_the_name(desk, free_pass, chie):
    answer = desk.post(reverse(ADD), signing_up(free_pass, email=chie.email, family_name="ちがう"))

    assert answer.status_code == 302, answer.context["errors"]
    chie.refresh_from_db()
    assert (chie.family_name, chie.memberships.get().status) == ("千葉", "active")


def test_space_that_decides_has_decided_when_its_operator_signs_up(four_spaces, as_user):
    garage = four_spaces["garage-labs"]
    operator = make_operator("garage@example.jp", garage)
    statement, agreement = garage.questions.order_by("position", "pk")
    answers = {f"answer_{statement.pk}": "アプリを作りたい", f"answer_{agreement.pk}": "on"}

    answer = as_user(operator).post(reverse(ADD), signing_up(garage.plans.get(kind="free"), **answers))

    assert answer.status_code == 302, answer.context["errors"]
    membership = Membership.objects.get(user__email="new@example.jp")
    assert membership.status == "active"
    assert [answer for _asked, answer in membership.answered] == ["アプリを作りたい", True]
    assert [(row.status, row.history_user) for row in membership.history.all()] == [
        ("active", operator),
        ("applied", operator),
    ]


def test_refused_signing_up_leaves_no_person_behind(four_spaces, as_user):
    garage = four_spaces["garage-labs"]
    client = english(as_user(make_operator("garage@example.jp", garage)))

    answer = client.post(reverse(ADD), signing_up(garage.plans.get(kind="free")))

    assert answer.status_code == 200
    assert "Please answer:" in answer.content.decode()
    assert not User.objects.filter(email="new@example.jp").exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"family_name": ""}, "Nobody has this address yet: give the name too."),
        ({"starts_on": "2026-11-01"}, "A membership begins today at the earliest."),
        ({"starts_on": "2027-11-01"}, "A membership begins by"),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"email": ""}, "This field is required."),
    ],
)
def test_signing_up_says_what_is_wrong(desk, free_pass, typed, sentence):
    answer = desk.post(reverse(ADD), signing_up(free_pass, **typed))

    assert answer.status_code == 200
    assert sentence in answer.content.decode()


def test_closed_account_and_a_member_are_not_signed_up(desk, free_pass, ito, chie):
    User.objects.filter(pk=chie.pk).update(is_active=False)

    closed = desk.post(reverse(ADD), signing_up(free_pass, email=chie.email))
    twice = desk.post(reverse(ADD), signing_up(free_pass, email=ito.user.email))

    assert "This account is closed." in closed.content.decode()
    assert "There is a membership at Koharubiyori already." in twice.content.decode()


def test_nobody_is_signed_up_at_another_space(desk, dorinoki):
    answer = desk.post(reverse(ADD), signing_up(dorinoki.space.plans.get(kind="monthly")))

    assert answer.status_code == 200
    assert not Membership.objects.filter(space=dorinoki.space).exists()


def test_waiting_list_shows_places_and_lets_nobody_write(at_dorinoki, dorinoki, chie, ben):
    plan = dorinoki.space.plans.get(name_en="Work booth for 4")
    first = BoothWait.objects.create(user=chie, plan=plan, since=at("08:00"))
    second = BoothWait.objects.create(user=ben, plan=plan, since=at("08:30"))

    answer = at_dorinoki.get(reverse("admin:members_boothwait_changelist"))

    assert [(row.pk, row.number) for row in answer.context["cl"].result_list] == [(first.pk, 1), (second.pk, 2)]
    assert at_dorinoki.get(reverse("admin:members_boothwait_add")).status_code == 403
    assert at_dorinoki.post(reverse("admin:members_boothwait_change", args=[first.pk]), {}).status_code == 403
