"""Acts on memberships in the admin are those of the pages; each says which rows were skipped, and why."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from members.models import Membership, Operator, Pause, Plan
from notices.models import Notice
from tests.conftest import make_operator
from tests.factories import make_booking, make_membership, make_user
from tests.reading import Page

LIST = "admin:members_membership_changelist"
ACT = "admin:members_membership_act"


@pytest.fixture
def free_pass(koharubiyori) -> Plan:
    return koharubiyori.space.plans.get(kind="free_pass")


@pytest.fixture
def desk(sam, as_user) -> Client:
    client = as_user(sam)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def member(chie, free_pass) -> Membership:
    return make_membership(chie, free_pass)


def act_on_list(client: Client, name: str, *rows: Membership, **typed: object) -> list[str]:
    """Confirm an act of the list, and what is said then."""
    sent = {"action": f"{name}_selected", "_selected_action": [row.pk for row in rows], "post": "yes", **typed}
    answer = client.post(reverse(LIST), sent, follow=True)
    assert answer.status_code == 200
    return [str(message) for message in answer.context["messages"]]


def act(client: Client, name: str, row: Membership, **typed: object) -> list[str]:
    """Confirm an act on a membership's own page, and what is said then."""
    answer = client.post(reverse(ACT, args=[row.pk, name]), {"post": "yes", **typed}, follow=True)
    assert answer.status_code == 200
    return [str(message) for message in answer.context.get("messages", [])]


def foreseen(client: Client, name: str, row: Membership, **typed: object) -> str:
    return Page(client.post(reverse(ACT, args=[row.pk, name]), {"look": "yes", **typed})).text


@pytest.fixture
def garage_desk(four_spaces, as_user) -> Client:
    client = as_user(make_operator("garage@example.jp", four_spaces["garage-labs"]))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def applications(four_spaces) -> list[Membership]:
    plan = four_spaces["garage-labs"].plans.get(kind="free")
    people = [make_user(f"p{number}@example.jp", family_name=f"田中{number}") for number in range(3)]
    return [make_membership(one, plan, status="applied", starts_on=date(2026, 11, 20)) for one in people]


def test_applications_are_approved_in_bulk_with_a_message(garage_desk, applications):
    said = act_on_list(garage_desk, "approve", *applications, message="ようこそ")

    assert said == ["Approve: done for 3 memberships."]
    for application in applications:
        application.refresh_from_db()
        assert (application.status, application.decision) == ("active", "ようこそ")
        assert application.starts_on == date(2026, 11, 24)
        assert application.history.latest().history_user.email == "garage@example.jp"
    assert Notice.objects.filter(kind="membership.decided").count() == 3


def test_rows_that_are_skipped_are_named_with_the_reason(garage_desk, applications):
    Membership.objects.filter(pk=applications[1].pk).update(status="active")

    said = act_on_list(garage_desk, "decline", *applications)

    assert said == [
        "Decline: done for 2 memberships.",
        "Skipped: 田中1. This application was decided already: it is Active.",
    ]


def test_every_reason_is_said_however_many_rows_are_skipped(garage_desk, four_spaces):
    plan = four_spaces["garage-labs"].plans.get(kind="free")
    people = [make_user(f"many{number}@example.jp", family_name="長い名前" * 10) for number in range(40)]
    rows = [make_membership(one, plan) for one in people]

    said = act_on_list(garage_desk, "approve", *rows)

    assert said[0] == "Approve: done for 0 memberships."
    assert "and 30 more" in said[1]


def test_page_shows_the_answers_of_the_application_before_it_is_decided(garage_desk, applications):
    answers = [{"kind": "statement", "asked": "何を？", "answer": "地図を描く"}]
    Membership.objects.filter(pk=applications[0].pk).update(answers=answers)

    page = Page(garage_desk.get(reverse(ACT, args=[applications[0].pk, "approve"])))

    assert "地図を描く" in page.text
    assert "All bookings stay." in page.text


def test_pause_within_a_month_shows_what_is_given_back(desk, member):
    text = foreseen(desk, "pause", member, first="2026-11-25")

    # The last six of November's thirty days.
    assert "−¥1,940" in text


def test_pause_that_has_not_begun_is_taken_back_at_no_charge(desk, member):
    Pause.objects.create(membership=member, starts_on=date(2026, 12, 1))

    text = foreseen(desk, "resume", member, day="2026-11-24")

    assert "Nothing is to be paid, and nothing is given back." in text
    assert "¥" not in text


def test_approval_shows_the_price_that_the_applicant_agreed_to(desk, chie, free_pass):
    application = make_membership(chie, free_pass, status="applied", starts_on=date(2026, 12, 1))
    agreed, now_dearer = free_pass.price, free_pass.price + 5000
    Plan.objects.filter(pk=free_pass.pk).update(price=now_dearer, sign_up_fee=50000)

    text = foreseen(desk, "approve", application)

    assert f"Then from 1 January 2027 on, each month: ¥{agreed:,}" in text
    assert f"{now_dearer:,}" not in text
    assert "50,000" not in text


def test_list_asks_before_it_acts_and_carries_the_selection(garage_desk, applications):
    chosen = [str(row.pk) for row in applications[:2]]

    answer = garage_desk.post(reverse(LIST), {"action": "end_selected", "_selected_action": chosen})

    assert answer.status_code == 200
    assert answer.context["selected"] == chosen
    assert "田中0" in Page(answer).text
    assert "田中2" not in Page(answer).text
    assert not Membership.objects.filter(status="ended").exists()


def test_all_rows_of_the_list_may_be_meant(garage_desk, applications):
    sent = {"action": "approve_selected", "_selected_action": [applications[0].pk], "select_across": 1, "post": "yes"}

    garage_desk.post(reverse(LIST), sent)

    assert Membership.objects.filter(status="active").count() == 3


def test_end_shows_what_is_given_back_and_which_bookings_fall_and_does_nothing_yet(desk, koharubiyori, member):
    row = {"user": member.user, "basis": "plan", "price": 0, "membership": member}
    falls = make_booking(koharubiyori.open_seats, day=date(2026, 11, 27), **row)
    stays = make_booking(koharubiyori.open_seats, day=date(2026, 11, 25), **row)

    text = foreseen(desk, "end", member, when="day", last="2026-11-25")

    assert falls.spaced_reference in text
    assert stays.spaced_reference not in text
    # 9,700 yen for November, used on 25 of its 30 days.
    assert "−¥1,617" in text
    member.refresh_from_db()
    falls.refresh_from_db()
    assert (member.ends_on, falls.cancelled_at) == (None, None)
    assert not Notice.objects.exists()


def test_end_on_a_day_cancels_what_comes_after_and_keeps_the_reason(desk, sam, koharubiyori, member):
    row = {"user": member.user, "basis": "plan", "price": 0, "membership": member}
    falls = make_booking(koharubiyori.open_seats, day=date(2026, 11, 27), **row)

    said = act(desk, "end", member, when="day", last="2026-11-25", why="引っ越し")

    member.refresh_from_db()
    falls.refresh_from_db()
    latest = member.history.latest()
    assert said == ["End: done for 1 membership.", "1 booking was cancelled."]
    assert (member.status, member.ends_on) == ("active", date(2026, 11, 25))
    assert (falls.cancelled_by, falls.cancellation_fee) == (Booking.Side.SPACE, 0)
    assert (latest.history_user, latest.history_change_reason) == (sam, "引っ越し")


def test_end_at_once_is_today(desk, member):
    act(desk, "end", member, when="at_once")

    member.refresh_from_db()
    assert (member.status, member.ends_on) == ("ended", date(2026, 11, 24))


def test_end_of_the_month_is_each_memberships_own(desk, four_spaces, member, free_pass):
    other = make_membership(make_user("other@example.jp"), free_pass, renewal_day=15)

    act_on_list(desk, "end", member, other, when="month")

    member.refresh_from_db()
    other.refresh_from_db()
    assert (member.ends_on, other.ends_on) == (date(2026, 11, 30), date(2026, 12, 14))


def test_another_day_must_be_said(desk, member):
    answer = desk.post(reverse(ACT, args=[member.pk, "end"]), {"post": "yes", "when": "day"})

    assert answer.status_code == 200
    assert "Say which day." in answer.content.decode()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-13-01", "tomorrow"])
@pytest.mark.parametrize("button", ["look", "post"])
def test_day_out_of_all_time_is_a_sentence(desk, member, day, button):
    for name, typed in (
        ("end", {"when": "day", "last": day}),
        ("pause", {"first": day, "last": day}),
        ("resume", {"day": day}),
    ):
        answer = desk.post(reverse(ACT, args=[member.pk, name]), {button: "yes", **typed})
        assert answer.status_code == 200, name
        assert answer.context["form"].errors, name
    member.refresh_from_db()
    assert (member.status, member.ends_on) == ("active", None)


def test_planned_end_is_taken_back(desk, member):
    act(desk, "end", member, when="month")
    said = act(desk, "stay", member)

    member.refresh_from_db()
    assert said == ["Take the end back: done for 1 membership."]
    assert member.ends_on is None


def test_pause_and_resume(desk, member):
    assert act(desk, "pause", member, first="2026-11-24", last="") == ["Pause: done for 1 membership."]
    member.refresh_from_db()
    assert member.status == "paused"

    assert act(desk, "resume", member, day="2026-11-24") == ["Resume: done for 1 membership."]
    member.refresh_from_db()
    assert member.status == "active"


def test_refusal_of_the_act_is_shown_before_and_after(desk, member):
    sentence = "begins on Tue 24 Nov at the earliest"

    assert sentence in foreseen(desk, "pause", member, first="2026-11-01")
    said = act(desk, "pause", member, first="2026-11-01")
    assert said[0] == "Pause: done for 0 memberships."
    assert sentence in said[1]


def test_plan_is_changed_today_with_the_difference_shown(desk, koharubiyori, member, free_pass):
    bigger = Plan.objects.create(space=free_pass.space, kind="monthly", name_ja="大", name_en="Bigger", price=30000)

    text = foreseen(desk, "change_plan", member, plan=bigger.pk, when="now")
    # Seven of November's thirty days: 9,700 − 7,436 back, 7,000 due.
    assert "−¥2,264" in text
    assert "¥7,000" in text
    act(desk, "change_plan", member, plan=bigger.pk, when="now", why="増えた")

    agreed = member.agreed_plans.get(plan=bigger)
    assert (agreed.starts_on, agreed.price) == (date(2026, 11, 24), 30000)


def test_plan_is_changed_at_the_renewal_and_the_change_taken_back(desk, member, free_pass):
    bigger = Plan.objects.create(space=free_pass.space, kind="monthly", name_ja="大", name_en="Bigger", price=30000)

    act(desk, "change_plan", member, plan=bigger.pk, when="renewal")
    assert member.agreed_plans.get(plan=bigger).starts_on == date(2026, 12, 1)

    act(desk, "stay_on_plan", member)
    assert member.agreed_plans.get().plan == free_pass


def test_plan_of_another_space_is_no_choice(desk, dorinoki, member):
    elsewhere = dorinoki.space.plans.get(kind="monthly")

    answer = desk.post(
        reverse(ACT, args=[member.pk, "change_plan"]), {"post": "yes", "plan": elsewhere.pk, "when": "now"}
    )

    assert answer.status_code == 200
    assert member.agreed_plans.get().plan.space == member.space


@pytest.mark.parametrize("fact", ["agreement", "key_given"])
def test_one_press_notes_paper_or_key_today(desk, sam, member, fact):
    answer = desk.post(reverse("admin:members_membership_note", args=[member.pk, fact]), {"back": "person"})

    member.refresh_from_db()
    assert answer.url == reverse("admin:members_person_at_space", args=[member.user_id, member.space.slug])
    noted = {"agreement": member.agreement_on, "key_given": member.key_given_on}
    assert noted[fact] == date(2026, 11, 24)
    assert member.history.latest().history_user == sam


def test_key_comes_back_only_after_it_went_and_keeps_its_first_day(desk, member):
    address = reverse("admin:members_membership_note", args=[member.pk, "key_returned"])

    answer = desk.post(address, follow=True)
    assert [str(one) for one in answer.context["messages"]] == ["No key was handed over."]

    Membership.objects.filter(pk=member.pk).update(key_given_on=date(2026, 11, 1), key_returned_on=date(2026, 11, 2))
    desk.post(address)
    member.refresh_from_db()
    assert member.key_returned_on == date(2026, 11, 2)


def test_unknown_act_or_fact_and_wrong_method_are_told_apart(desk, member):
    assert desk.get(reverse(ACT, args=[member.pk, "dance"])).status_code == 404
    assert desk.post(reverse("admin:members_membership_note", args=[member.pk, "dance"])).status_code == 404
    assert desk.get(reverse("admin:members_membership_note", args=[member.pk, "agreement"])).status_code == 405


def test_operator_of_another_space_finds_no_membership_to_act_on(dai, as_user, member):
    client = as_user(dai)

    for name in ("end", "approve", "pause"):
        assert client.get(reverse(ACT, args=[member.pk, name])).status_code == 404
        assert client.post(reverse(ACT, args=[member.pk, name]), {"post": "yes", "when": "at_once"}).status_code == 404
    assert client.post(reverse("admin:members_membership_note", args=[member.pk, "agreement"])).status_code == 404
    member.refresh_from_db()
    assert (member.status, member.agreement_on) == ("active", None)


def test_desk_role_may_not_act(koharubiyori, as_user, member):
    client = as_user(make_operator("desk@example.jp", koharubiyori.space, Operator.Role.DESK))

    assert client.post(reverse(ACT, args=[member.pk, "end"]), {"post": "yes", "when": "at_once"}).status_code == 403
    assert client.post(reverse("admin:members_membership_note", args=[member.pk, "agreement"])).status_code == 403
    member.refresh_from_db()
    assert member.status == "active"


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        ("active", ["Change plan", "Pause", "End"]),
        ("paused", ["Resume", "End"]),
        ("applied", ["Approve", "Decline"]),
        ("ended", []),
    ],
)
def test_page_offers_what_the_status_allows(desk, chie, free_pass, status, buttons):
    membership = make_membership(chie, free_pass, status=status)

    answer = desk.get(reverse("admin:members_membership_change", args=[membership.pk]))

    assert [str(each.title) for each in answer.context["acts"]] == buttons
