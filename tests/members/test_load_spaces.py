"""The four founding spaces, as two documents of 2012 have them; what those do not give is a sample."""

from collections import Counter
from datetime import date, time

import pytest
from django.core.management import call_command

from members.founding import load_spaces
from members.models import Plan, Question
from spaces.models import Amenity, Closure, OpeningHours, Resource, Space

WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def hours(space):
    """The weekly hours as a door sign has them, with "sample" where they are not published."""
    return {
        WEEK[row.weekday]: f"{row.opens:%H:%M}-{row.closes:%H:%M}" + (" sample" if row.is_sample else "")
        for row in space.hours.all()
    }


def plans(space):
    """The price list: kind, price, sign-up fee, and whether the price is a sample."""
    return [
        (plan.kind, plan.price, plan.sign_up_fee, "sample" if plan.is_sample else "published")
        for plan in space.plans.all()
    ]


def furniture(space):
    """What can be taken: kind, how many of it, seats, persons, price an hour, and whether that is a sample."""
    found = Counter(
        (row.kind, row.capacity, row.persons, row.price_per_hour, "sample" if row.is_sample else "published")
        for row in space.resources.all()
    )
    return {(kind, count, *rest) for (kind, *rest), count in found.items()}


def rows():
    """Every row that loading writes."""
    return {
        model: list(model.objects.order_by("pk").values())
        for model in (Space, OpeningHours, Closure, Amenity, Resource, Plan, Plan.resources.through, Question)
    }


def weekdays(clock):
    return dict.fromkeys(WEEK[:5], clock)


def test_there_are_four_spaces_in_the_order_of_the_table(four_spaces):
    assert [(space.slug, space.name_ja, space.name_en) for space in Space.objects.all()] == [
        ("garage-labs", "ガレージラボ", "Garage labs"),
        ("dorinoki", "ドリノキ", "Dorinoki"),
        ("koharubiyori", "小春日和", "Koharubiyori"),
        ("cafe-36", "サブロク", "Cafe 36"),
    ]


def test_garage_labs_is_as_published(four_spaces):
    space = four_spaces["garage-labs"]

    assert space.full_name_ja == "Garage labs"
    assert space.opened_on == date(2011, 11, 19)
    assert space.address_ja == "札幌市中央区北3条西14丁目2-2"
    assert space.operator_name_ja == "株式会社24-7"
    assert space.motto_ja == "志"
    assert space.website == "garage-labs.jp"
    assert space.closed_on_holidays is True
    assert hours(space) == {**weekdays("11:00-22:00"), "Sat": "11:00-18:00"}
    assert plans(space) == [("free", 0, 0, "published")]
    assert furniture(space) == {
        ("open_seats", 1, 16, 16, None, "published"),
        ("meeting_room", 1, 1, 6, 0, "sample"),
    }
    assert space.resources.get(kind="meeting_room").members_only is True


def test_garage_labs_asks_for_a_statement_and_an_operator_decides(four_spaces):
    space = four_spaces["garage-labs"]

    assert space.admission == "application"
    assert "インターネットを利用したビジネスで、北海道に雇用を生み出すグローバル企業の創出" in space.joining_ja
    assert "joining" not in space.samples
    assert {slug for slug, other in four_spaces.items() if other.admission == "open"} == {
        "dorinoki", "koharubiyori", "cafe-36"
    }  # fmt: skip


def test_garage_labs_asks_for_a_statement_and_for_agreement_with_its_purpose(four_spaces):
    asked = four_spaces["garage-labs"].questions.all()

    assert [(question.kind, question.is_required) for question in asked] == [("statement", True), ("agreement", True)]
    statement, agreement = asked
    assert statement.text_ja == "ここで何をしたいですか？"
    assert "インターネットを利用したビジネスで、北海道に雇用を生み出すグローバル企業の創出" in agreement.text_ja
    assert "employment to Hokkaido" in agreement.text_en
    assert Question.objects.exclude(space__slug="garage-labs").count() == 0


def test_booths_are_let_by_size_each_with_agreement_and_key(four_spaces):
    let = four_spaces["dorinoki"].plans.filter(kind="booth").prefetch_related("resources")

    assert [
        (plan.price, {booth.persons for booth in plan.resources.all()}, len(plan.resources.all())) for plan in let
    ] == [(30000, {1}, 8), (50000, {2}, 17), (75000, {3}, 2), (100000, {4}, 1)]
    assert {(plan.wants_agreement, plan.hands_key, plan.grants_visa) for plan in let} == {(True, True, True)}
    others = Plan.objects.exclude(pk__in=let)
    assert {(plan.wants_agreement, plan.hands_key) for plan in others} == {(False, False)}


def test_memberships_alone_grant_a_visa(four_spaces):
    assert {plan.grants_visa for plan in Plan.objects.held()} == {True}
    assert {plan.grants_visa for plan in Plan.objects.filter(kind__in=Plan.VISITS)} == {False}


def test_first_visit_is_free_with_the_mini_drop_in_of_koharubiyori_only(four_spaces):
    [plan] = Plan.objects.filter(first_visit_free=True)

    assert (plan.space.slug, plan.kind) == ("koharubiyori", "mini_drop_in")


def test_memberships_renew_on_the_first_and_nothing_is_limited(four_spaces):
    assert {
        (space.renewal_day, space.max_upcoming_bookings, space.max_hours_a_week) for space in four_spaces.values()
    } == {(1, None, None)}


def test_dorinoki_is_as_published(four_spaces):
    space = four_spaces["dorinoki"]

    assert space.full_name_ja == "さっぽろ大通コワーキングスペース ドリノキ"
    assert space.opened_on == date(2012, 6, 15)
    assert space.address_ja == "札幌市中央区南1条西4丁目13 日之出ビル9階"
    assert space.operator_name_ja == "札幌大通まちづくり株式会社"
    assert space.motto_ja == "冷蔵庫に気をつけろ"
    assert space.website == "sapporo-odori.jp/dorinoki"
    assert space.closed_on_holidays is False
    assert space.samples == ["joining", "closed_on_holidays"]
    assert hours(space) == dict.fromkeys(WEEK, "08:00-23:00 sample")
    assert plans(space) == [
        ("monthly", 12500, 30000, "published"),
        ("booth", 30000, 30000, "sample"),
        ("booth", 50000, 30000, "sample"),
        ("booth", 75000, 30000, "sample"),
        ("booth", 100000, 30000, "sample"),
    ]
    assert furniture(space) == {
        ("open_seats", 1, 25, 25, None, "published"),
        ("meeting_room", 3, 1, 6, 500, "sample"),
        ("hall", 1, 1, 30, 1500, "sample"),
        ("booth", 8, 1, 1, None, "published"),
        ("booth", 17, 1, 2, None, "published"),
        ("booth", 2, 1, 3, None, "published"),
        ("booth", 1, 1, 4, None, "published"),
    }


def test_work_booths_of_dorinoki_are_for_fifty_two_people(four_spaces):
    booths = four_spaces["dorinoki"].resources.filter(kind="booth")

    assert sum(booth.persons for booth in booths) == 52


def test_koharubiyori_is_as_published(four_spaces):
    space = four_spaces["koharubiyori"]

    assert space.full_name_ja == "コワーキングスペース 小春日和"
    assert space.opened_on == date(2012, 7, 3)
    assert space.opened_note_ja == "2012年7月3日（6月15日時点の予定）"
    assert space.address_ja == "函館市八幡町18-18"
    assert space.operator_name_ja == "株式会社インフィニティスペース"
    assert space.motto_ja == "誰でもOK"
    assert space.website in ("8share.jp", "8space.info")
    assert space.closed_on_holidays is True
    assert space.samples == ["joining"]
    assert hours(space) == {**weekdays("11:00-21:00"), "Sat": "11:00-18:00"}
    assert plans(space) == [
        ("drop_in", 800, 0, "published"),
        ("mini_drop_in", 500, 0, "published"),
        ("free_pass", 9700, 2000, "published"),
    ]
    mini = space.plans.get(kind="mini_drop_in")
    assert (mini.minutes, mini.first_visit_free) == (120, True)
    assert furniture(space) == {
        ("open_seats", 1, 15, 15, None, "published"),
        ("meeting_room", 1, 1, 6, 500, "sample"),
    }
    assert space.amenities.filter(name_ja="駐車場16台", name_en="Parking for 16 cars").count() == 1


def test_cafe_36_is_mostly_sample(four_spaces):
    space = four_spaces["cafe-36"]

    assert space.full_name_ja == "Coworking Cafe 36"
    assert (space.opened_on, space.opened_note_ja) == (None, "2012年")
    assert space.address_ja == "札幌市"
    assert space.operator_name_ja in (None, "")
    assert space.motto_ja == "札幌のためにだけ"
    assert space.website == "coworkingcafe36.com"
    assert space.samples == ["joining", "closed_on_holidays"]
    assert hours(space) == dict.fromkeys(WEEK[:6], "10:00-20:00 sample")
    assert plans(space) == [("drop_in", 800, 0, "sample"), ("free_pass", 9700, 0, "sample")]
    assert furniture(space) == {("open_seats", 1, 20, 20, None, "sample")}


def test_who_sells_no_drop_in_opens_seats_to_plans_only(four_spaces):
    sold = {
        slug: sorted(space.plans.filter(kind__in=Plan.VISITS).values_list("kind", flat=True))
        for slug, space in four_spaces.items()
    }

    assert sold == {
        "garage-labs": [],
        "dorinoki": [],
        "koharubiyori": ["drop_in", "mini_drop_in"],
        "cafe-36": ["drop_in"],
    }


def test_each_plan_opens_what_it_is_for(four_spaces):
    opened = {
        (plan.space.slug, plan.kind, plan.price): sorted(
            {f"{resource.kind} {resource.persons}" for resource in plan.resources.all()}
        )
        for plan in Plan.objects.select_related("space").prefetch_related("resources")
    }

    assert opened == {
        ("garage-labs", "free", 0): ["meeting_room 6", "open_seats 16"],
        ("dorinoki", "monthly", 12500): ["open_seats 25"],
        ("dorinoki", "booth", 30000): ["booth 1"],
        ("dorinoki", "booth", 50000): ["booth 2"],
        ("dorinoki", "booth", 75000): ["booth 3"],
        ("dorinoki", "booth", 100000): ["booth 4"],
        ("koharubiyori", "drop_in", 800): ["open_seats 15"],
        ("koharubiyori", "mini_drop_in", 500): ["open_seats 15"],
        ("koharubiyori", "free_pass", 9700): ["open_seats 15"],
        ("cafe-36", "drop_in", 800): ["open_seats 20"],
        ("cafe-36", "free_pass", 9700): ["open_seats 20"],
    }
    assert Plan.objects.get(space__slug="dorinoki", price=50000).resources.count() == 17


def test_rules_of_booking_are_the_samples_of_all_four(four_spaces):
    rules = {
        (space.horizon_days, space.notice_minutes, space.free_cancellation_minutes, space.timezone, space.country)
        for space in four_spaces.values()
    }

    assert rules == {(60, 0, 120, "Asia/Tokyo", "JP")}
    assert {resource.step_minutes for resource in Resource.objects.all()} == {30}


def test_equipment_is_listed(four_spaces):
    listed = {slug: [amenity.name_ja for amenity in space.amenities.all()] for slug, space in four_spaces.items()}

    assert {slug: len(names) for slug, names in listed.items()} == {
        "garage-labs": 21, "dorinoki": 12, "koharubiyori": 14, "cafe-36": 0
    }  # fmt: skip
    assert all("電源" in names and "Wi-Fi" in names for slug, names in listed.items() if slug != "cafe-36")


def test_everything_can_be_read_in_both_languages(four_spaces):
    for space in four_spaces.values():
        for field in ("name", "full_name", "motto", "joining", "address"):
            assert getattr(space, f"{field}_ja"), field
            assert getattr(space, f"{field}_en"), field
    for question in Question.objects.all():
        assert question.text_ja, question
        assert question.text_en, question
    for row in [*Resource.objects.all(), *Plan.objects.all(), *Amenity.objects.all()]:
        assert row.name_ja, row
        assert row.name_en, row


def test_loading_twice_changes_nothing(four_spaces):
    before = rows()

    assert load_spaces() == []
    assert rows() == before


def test_loading_again_keeps_what_an_operator_wrote(four_spaces):
    space = four_spaces["koharubiyori"]
    Space.objects.filter(pk=space.pk).update(motto_ja="いつでもどうぞ", samples=[])
    space.hours.filter(weekday=5).update(opens=time(9))
    space.plans.filter(kind="drop_in").update(price=1000)
    space.resources.filter(kind="open_seats").update(capacity=12)
    before = rows()

    load_spaces()

    assert rows() == before


def test_loading_again_does_not_bring_back_what_an_operator_deleted(four_spaces):
    space = four_spaces["koharubiyori"]
    space.hours.filter(weekday=5).delete()
    space.amenities.first().delete()
    space.plans.get(kind="mini_drop_in").delete()
    space.resources.get(kind="meeting_room").delete()
    before = rows()

    load_spaces()

    assert rows() == before


def test_space_that_is_missing_is_loaded_beside_the_others(four_spaces):
    made = load_spaces()
    assert made == []
    space = four_spaces["cafe-36"]
    for related in (space.plans, space.resources, space.hours):
        related.all().delete()
    space.delete()

    [again] = load_spaces()

    assert (again.slug, again.position, plans(again)[0]) == ("cafe-36", 3, ("drop_in", 800, 0, "sample"))


@pytest.mark.django_db
def test_command_says_how_many_are_new(capsys):
    call_command("load_spaces")
    call_command("load_spaces")

    assert capsys.readouterr().out == "Spaces loaded: 4 new.\nSpaces loaded: 0 new.\n"
