"""Importing members: every fault is told by line and column, and all rows come in or none."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import translation

from members import import_file
from members.ending import cost_of_end
from members.import_file import COLUMNS, MOST_BYTES
from members.importing import FileRefusedError, check, load
from members.models import AgreedPlan, BoothWait, Membership, Pause, User
from members.renewing import bill_begun
from members.settling import settle_due
from notices.models import Notice
from tests.factories import make_membership, make_user

GOOD = {
    "email": "hanako@example.jp",
    "family_name": "山田",
    "given_name": "花子",
    "plan": "フレックス利用",
    "starts_on": "2026-04-01",
}


def table(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    """A file with these rows; what a row does not name is empty."""
    lines = [",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in rows)]
    return "\n".join(lines).encode()


@pytest.fixture
def space(dorinoki):
    return dorinoki.space


@pytest.fixture
def booth_plan(space):
    """The only booth for four, which has its plan's name."""
    return space.plans.get(name_en="Work booth for 4")


def faults(space, content: bytes, now) -> list[tuple[int, str, str]]:
    return [(each.line, each.column, each.code) for each in check(space, content, now=now).problems]


WRONG_FILES = [
    (b"", "empty"),
    (b"\xef\xbb\xbf \r\n", "empty"),
    (b"\xff\xfe\x00\x81\xff", "encoding"),
    (b'email,"family_name\n', "not_csv"),
    (b"email,\0family_name\n", "not_csv"),
    (b"x" * (MOST_BYTES + 1), "too_big"),
    (table(), "no_rows"),
    (b"email,family_name,plan\na@example.jp,A,B\n", "missing_column"),
    (table(GOOD, columns=(*COLUMNS, "colour")), "unknown_column"),
    (table(GOOD, columns=(*COLUMNS, "email")), "column_twice"),
]


@pytest.mark.parametrize(("content", "code"), WRONG_FILES, ids=[f"{code}-{len(file)}" for file, code in WRONG_FILES])
def test_file_that_is_wrong_as_a_whole(space, now, content, code):
    assert [found for _line, _column, found in faults(space, content, now)] == [code]


def test_file_with_too_many_rows(space, now):
    content = table(*({**GOOD, "email": f"p{number}@example.jp"} for number in range(import_file.MOST_ROWS + 1)))

    assert faults(space, content, now) == [(1, "", "too_many_rows")]


WRONG_CELLS = [
    ({"email": ""}, "email", "missing"),
    ({"family_name": " "}, "family_name", "missing"),
    ({"plan": ""}, "plan", "missing"),
    ({"starts_on": ""}, "starts_on", "missing"),
    ({"email": "hanako"}, "email", "bad_email"),
    ({"email": "花子@example.jp"}, "email", "bad_email"),
    ({"email": "member@example.jp"}, "email", "member_already"),
    ({"email": "closed@example.jp"}, "email", "closed_account"),
    ({"family_name": "山" * 61}, "family_name", "too_long"),
    ({"given_reading": "あ" * 61}, "given_reading", "too_long"),
    ({"note": "あ" * 2001}, "note", "too_long"),
    ({"note": "a\x07b"}, "note", "control"),
    ({"language": "fr"}, "language", "language"),
    ({"plan": "月極"}, "plan", "unknown_plan"),
    ({"plan": "一日"}, "plan", "visit_plan"),
    ({"plan": "昔のプラン"}, "plan", "retired_plan"),
    ({"starts_on": "1.4.2026"}, "starts_on", "bad_date"),
    ({"starts_on": "2026-02-30"}, "starts_on", "bad_date"),
    ({"starts_on": "1026-02-03"}, "starts_on", "bad_year"),
    ({"starts_on": "2027-03-01"}, "starts_on", "starts_too_late"),
    ({"ends_on": "2026-03-31"}, "ends_on", "ends_before_start"),
    ({"ends_on": "2026-11-23"}, "ends_on", "ended_already"),
    ({"status": "ended"}, "status", "unknown_status"),
    ({"status": "paused", "starts_on": "2026-12-01"}, "status", "paused_before_start"),
    ({"paused_until": "2026-12-01"}, "paused_until", "pause_without_status"),
    ({"status": "paused", "paused_until": "2026-11-01"}, "paused_until", "pause_over"),
    ({"booth": "4人用ブース"}, "booth", "booth_not_of_plan"),
    ({"plan": "ワークブース（4人用）"}, "booth", "booth_missing"),
    ({"plan": "ワークブース（4人用）", "booth": "天守閣"}, "booth", "unknown_booth"),
    ({"plan": "ワークブース（1人用）", "booth": "1人用ブース 1番"}, "booth", "booth_let"),
    ({"plan": "ワークブース（1人用）", "booth": "1人用ブース 2番"}, "booth", "booth_let"),
    ({"plan": "ワークブース（4人用）", "booth": "4人用ブース", "status": "paused"}, "status", "booth_pause"),
    ({"price": "9,700円"}, "price", "wrong_number"),
    ({"price": "9700円"}, "price", "bad_price"),
    ({"price": "-1"}, "price", "bad_price"),
    ({"price": "99999999"}, "price", "bad_price"),
    ({"plan": "無料", "price": "1"}, "price", "free_costs"),
    ({"agreement_on": "2026-11-25"}, "agreement_on", "in_the_future"),
    ({"key_returned_on": "2026-05-01"}, "key_returned_on", "key_not_given"),
    ({"key_given_on": "2026-06-01", "key_returned_on": "2026-05-01"}, "key_returned_on", "key_not_given"),
]


@pytest.fixture
def peopled(space, now):
    """A space with a member, a let booth, a promised one, a visit, an old and a free plan; and a closed account."""
    make_membership(make_user("member@example.jp"), space.plans.get(kind="monthly"))
    make_user("closed@example.jp", is_active=False)
    space.plans.create(kind="drop_in", name_ja="一日", name_en="Day", price=800)
    space.plans.create(kind="free", name_ja="無料", name_en="Free of charge", price=0)
    space.plans.create(kind="monthly", name_ja="昔のプラン", name_en="Old plan", price=1, retired_on=date(2026, 11, 1))
    ones = space.plans.get(name_en="Work booth for 1")
    let, promised = ones.resources.order_by("position", "pk")[:2]
    make_membership(make_user("tenant@example.jp"), ones, booth=let)
    BoothWait.objects.create(
        user=make_user("next@example.jp"),
        plan=ones,
        booth=promised,
        free_from=now.date(),
        lapses_at=now + timedelta(hours=72),
    )
    return space


@pytest.mark.parametrize(
    ("cells", "column", "code"), WRONG_CELLS, ids=[f"{c}-{n}" for n, (_r, _k, c) in enumerate(WRONG_CELLS)]
)
def test_row_that_is_wrong_says_where_and_why(peopled, now, cells, column, code):
    found = faults(peopled, table(GOOD | {"email": "first@example.jp"}, GOOD | cells), now)

    if code == "wrong_number":
        column = ""
    assert found == [(3, column, code)]
    with translation.override("en"):
        [problem] = check(peopled, table(GOOD | {"email": "first@example.jp"}, GOOD | cells), now=now).problems
        assert problem.sentence.endswith(".")
        assert "%(" not in problem.sentence


def test_one_file_with_twenty_kinds_of_faults_lists_them_all_and_writes_nothing(peopled, sam, now):
    rows = [
        GOOD | {"email": f"p{number}@example.jp"} | cells
        for number, (cells, _column, code) in enumerate(WRONG_CELLS)
        if code not in ("wrong_number",)
    ]
    wanted = [
        (line, column, code)
        for line, (column, code) in enumerate(
            [(column, code) for _cells, column, code in WRONG_CELLS if code != "wrong_number"], start=2
        )
    ]
    before = (User.objects.count(), Membership.objects.count())

    with pytest.raises(FileRefusedError) as refused:
        load(peopled, table(*rows), by=sam, now=now)

    found = [(each.line, each.column, each.code) for each in refused.value.reading.problems]
    assert found == wanted
    assert len({code for _line, _column, code in found}) >= 20
    assert (User.objects.count(), Membership.objects.count()) == before


def test_address_and_booth_twice_in_the_file_name_the_first_line(space, booth_plan, now):
    tenant = GOOD | {"plan": "ワークブース（4人用）", "booth": "4人用ブース"}
    problems = check(space, table(tenant, tenant | {"email": "HANAKO@example.jp"}), now=now).problems

    assert [(each.line, each.column, each.code, each.params) for each in problems] == [
        (3, "email", "email_twice", {"line": 2}),
        (3, "booth", "booth_twice", {"line": 2}),
    ]


def test_row_with_too_few_cells_is_told_and_the_others_are_still_read(space, now):
    content = table(GOOD) + b"\nonly@example.jp,A\n" + b",".join([b"x"] * len(COLUMNS)) + b"\n"

    found = faults(space, content, now)

    assert (3, "", "wrong_number") in found
    assert (4, "email", "bad_email") in found


def test_line_numbers_count_lines_of_the_file(space, now):
    content = table(GOOD | {"note": '"two\nlines"'}) + b"\n\n" + table(GOOD | {"email": "x"}).split(b"\n")[1]

    assert faults(space, content, now) == [(5, "email", "bad_email")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_file_comes_in_from_any_spreadsheet(space, sam, now, encoding):
    content = table(GOOD).decode().replace("\n", "\r\n").encode(encoding)

    assert load(space, content, by=sam, why="members.csv", now=now) == 1

    membership = Membership.objects.get(user__email="hanako@example.jp")
    assert membership.user.display_name == "山田 花子"
    assert not membership.user.has_usable_password()
    assert (membership.status, membership.starts_on, membership.renewal_day) == ("active", date(2026, 4, 1), 1)
    agreed = membership.agreed_plans.get()
    assert (agreed.plan.name, agreed.price) == ("フレックス利用", 12500)
    history = membership.history.get()
    assert (history.history_user, history.history_change_reason) == (sam, "members.csv")
    assert not Notice.objects.exists()


def test_row_that_says_everything_is_taken_over_whole(space, booth_plan, sam, now):
    row = {
        "email": "Jane@Example.com",
        "family_name": "Smith",
        "given_name": "Jane",
        "family_reading": "すみす",
        "given_reading": "じぇーん",
        "language": "en",
        "plan": "work booth FOR 4",
        "booth": "４人用ブース",
        "price": "90000",
        "status": "Active",
        "starts_on": "2026/4/1",
        "ends_on": "2027/3/31",
        "agreement_on": "2026-03-20",
        "key_given_on": "2026-04-01",
        "note": "窓のそば",
    }

    load(space, table(row), by=sam, now=now)

    user = User.objects.get(email="jane@example.com")
    membership = user.memberships.get()
    agreed = membership.agreed_plans.get()
    assert (user.language, user.family_reading, user.given_reading) == ("en", "すみす", "じぇーん")
    assert (agreed.plan, agreed.booth, agreed.price) == (booth_plan, booth_plan.resources.get(), 90000)
    assert (membership.starts_on, membership.ends_on, agreed.ends_on) == (
        date(2026, 4, 1),
        date(2027, 3, 31),
        date(2027, 3, 31),
    )
    assert (membership.agreement_on, membership.key_given_on, membership.note) == (
        date(2026, 3, 20),
        date(2026, 4, 1),
        "窓のそば",
    )


@pytest.mark.parametrize(
    ("said", "starts_on", "billed_from"),
    [
        ("", "2026-04-01", "2026-11-25"),
        ("2026-06-01", "2026-04-01", "2026-11-25"),
        ("2027-01-01", "2026-04-01", "2027-01-01"),
        ("", "2026-11-24", None),
        ("", "2026-12-01", None),
        ("2027-01-01", "2026-12-01", "2027-01-01"),
    ],
)
def test_month_that_has_begun_was_settled_elsewhere(space, sam, now, said, starts_on, billed_from):
    load(space, table(GOOD | {"billed_from": said, "starts_on": starts_on}), by=sam, now=now)

    found = Membership.objects.get().billed_from
    assert (found.isoformat() if found else None) == billed_from


def test_imported_member_is_billed_from_the_next_renewal_on_and_shown_no_other_cost(space, sam, now):
    load(space, table(GOOD | {"starts_on": "2026-04-01"}), by=sam, now=now)
    member = Membership.objects.get()

    assert bill_begun(now=now) == 0
    assert cost_of_end(member, now.date(), now=now).lines == ()
    assert bill_begun(now=now + timedelta(days=7)) == 1


def test_paused_member_rests_and_comes_back_by_the_calendar(space, sam, now):
    load(space, table(GOOD | {"status": "paused", "paused_until": "2026-11-30"}), by=sam, now=now)

    membership = Membership.objects.get(user__email="hanako@example.jp")
    rest = Pause.objects.get(membership=membership)
    assert (membership.status, rest.starts_on, rest.ends_on) == ("paused", date(2026, 11, 24), date(2026, 11, 30))

    settle_due(now=now + timedelta(days=7))
    membership.refresh_from_db()
    assert membership.status == "active"


def test_person_with_an_account_keeps_it_and_the_difference_is_told(space, sam, chie, now):
    content = table(GOOD | {"email": chie.email})

    reading = check(space, content, now=now)
    load(space, content, by=sam, now=now)

    chie.refresh_from_db()
    assert [(each.line, each.code, each.params) for each in reading.warnings] == [
        (2, "name_differs", {"name": "千葉 千絵"})
    ]
    assert (chie.family_name, chie.memberships.get().space) == ("千葉", space)


def test_booth_is_free_until_its_next_tenant_comes(space, booth_plan, sam, now):
    make_membership(make_user(), booth_plan, booth=booth_plan.resources.get(), starts_on=date(2027, 1, 1))
    row = GOOD | {"plan": "Work booth for 4", "booth": "Booth for 4"}

    assert faults(space, table(row), now) == [(2, "booth", "booth_let")]
    assert faults(space, table(row | {"ends_on": "2026-12-31"}), now) == []


def test_booth_that_was_anothers_then_is_no_ones_to_import(space, booth_plan, now):
    gone = make_membership(make_user(), booth_plan, booth=booth_plan.resources.get(), starts_on=date(2026, 1, 1))
    gone.agreed_plans.update(ends_on=date(2026, 11, 20))
    row = GOOD | {"plan": "Work booth for 4", "booth": "Booth for 4", "starts_on": "2026-10-01"}

    assert faults(space, table(row), now) == [(2, "booth", "booth_let")]
    assert faults(space, table(row | {"starts_on": "2026-11-21"}), now) == []


def test_what_changed_since_the_check_refuses_the_whole_file(space, sam, now):
    content = table(GOOD, GOOD | {"email": "second@example.jp"})
    assert check(space, content, now=now).problems == []
    make_membership(make_user("second@example.jp"), space.plans.get(kind="monthly"))

    with pytest.raises(FileRefusedError) as refused:
        load(space, content, by=sam, now=now)

    assert [each.code for each in refused.value.reading.problems] == ["member_already"]
    assert not User.objects.filter(email="hanako@example.jp").exists()


def test_many_rows_cost_a_fixed_number_of_queries(space, sam, now, django_assert_max_num_queries):
    content = table(*(GOOD | {"email": f"p{number}@example.jp"} for number in range(300)))

    with django_assert_max_num_queries(60):
        load(space, content, by=sam, now=now)

    assert AgreedPlan.objects.count() == 300


def test_sample_file_comes_in_at_koharubiyori(koharubiyori, sam, now):
    sample = Path(import_file.__file__).parent / "data" / "members-sample.csv"

    assert check(koharubiyori.space, sample.read_bytes(), now=now).problems == []
    assert set(sample.read_text(encoding="utf-8").split("\n")[0].split(",")) == set(COLUMNS)


def test_every_column_is_documented():
    told = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")

    assert [name for name in (*COLUMNS, *import_file.PASSED_OVER) if f"`{name}`" not in told] == []
