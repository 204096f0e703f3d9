"""The page that brings members in: a check that writes nothing, then all or none; and the export that fits it."""

import csv
import io
import random
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from members.import_file import COLUMNS, MOST_BYTES
from members.models import Membership, Operator, User
from notices.models import Notice
from tests.conftest import make_operator
from tests.factories import at, make_booking, make_membership, make_user
from tests.reading import Page

IMPORT = "admin:members_import"
EXPORT = "admin:members_membership_export"
HEADER = "email,family_name,plan,starts_on"
GOOD = f"{HEADER}\nhanako@example.jp,山田,フリーパス,2026-04-01\ntaro@example.jp,鈴木,フリーパス,2026-05-01\n"


@pytest.fixture
def desk(sam, as_user) -> Client:
    client = as_user(sam)
    client.cookies["django_language"] = "en"
    return client


def upload(client: Client, space, content: str | bytes, name: str = "members.csv"):
    sent = content.encode() if isinstance(content, str) else content
    return client.post(reverse(IMPORT), {"space": space.pk, "file": SimpleUploadedFile(name, sent, "text/csv")})


def test_check_writes_nothing_and_one_press_brings_all_in(desk, sam, koharubiyori):
    page = Page(upload(desk, koharubiyori.space, GOOD))
    assert "2 members can come in to Koharubiyori. Nothing was written yet." in page.text
    assert not User.objects.filter(email="hanako@example.jp").exists()

    answer = page.submit(desk, page.form("checked"))

    assert answer.status_code == 302
    assert [one.user.email for one in Membership.objects.order_by("pk")] == ["hanako@example.jp", "taro@example.jp"]
    history = Membership.objects.first().history.get()
    assert (history.history_user, history.history_change_reason) == (sam, "Import of members.csv")
    assert not Notice.objects.exists()
    listed = Page(desk.get(answer.url)).text
    assert "2 members came in." in listed
    assert "山田" in listed


def test_problems_are_listed_by_line_and_column_and_nothing_can_be_pressed(desk, koharubiyori):
    page = Page(upload(desk, koharubiyori.space, f"{HEADER}\nnobody,山田,フリーパス,yesterday\n"))

    assert "There are 2 problems. Nothing was written." in page.text
    assert "2 email “nobody” is not an e-mail address." in page.text
    assert "2 starts_on “yesterday” is not a day." in page.text
    assert not [form for form in page.forms if "checked" in form.fields]


def test_what_changed_after_the_check_is_told_and_nothing_comes_in(desk, koharubiyori):
    page = Page(upload(desk, koharubiyori.space, GOOD))
    taro = make_user("taro@example.jp")
    make_membership(taro, koharubiyori.space.plans.get(kind="free_pass"))

    answer = Page(page.submit(desk, page.form("checked")))

    assert "This person has a membership at this space already." in answer.text
    assert Membership.objects.get().user == taro


def test_name_that_differs_is_told(desk, koharubiyori, chie):
    content = f"{HEADER}\n{chie.email},ちがう,フリーパス,2026-04-01\n"

    assert "The account with this address says “千葉 千絵”." in Page(upload(desk, koharubiyori.space, content)).text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\x00\x01\x02", "This is not a CSV file."),
        (b"x" * (MOST_BYTES + 1), "The file is larger than 2 MB. Split it."),
    ],
)
def test_file_that_is_none_is_told(desk, koharubiyori, content, sentence):
    answer = upload(desk, koharubiyori.space, content)

    assert answer.status_code == 200
    assert sentence in Page(answer).text


def test_no_file_and_a_forged_check_are_no_errors(desk, koharubiyori):
    assert desk.post(reverse(IMPORT), {"space": koharubiyori.space.pk}).status_code == 200
    answer = desk.post(reverse(IMPORT), {"checked": "forged"}, follow=True)
    assert "Choose the file again." in Page(answer).text
    assert not Membership.objects.exists()


def test_largest_good_file_can_be_pressed(desk, koharubiyori):
    """Five thousand rows, two megabytes of notes that can hardly be packed any smaller."""
    some = random.Random(1)
    kanji = [chr(code) for code in range(0x4E00, 0x5E00)]
    notes = ("".join(some.choices(kanji, k=115)) for _row in range(5000))
    rows = "".join(f"p{at}@example.jp,山田,フリーパス,2026-04-01,{note}\n" for at, note in enumerate(notes))
    content = f"{HEADER},note\n{rows}".encode()
    assert MOST_BYTES * 0.9 < len(content) <= MOST_BYTES
    page = Page(upload(desk, koharubiyori.space, content))

    answer = page.submit(desk, page.form("checked"))

    assert answer.status_code == 302
    assert Membership.objects.count() == 5000


def test_nobody_comes_in_at_another_space(desk, dorinoki, koharubiyori, dai, as_user):
    answer = upload(desk, dorinoki.space, f"{HEADER}\nhanako@example.jp,山田,フレックス利用,2026-04-01\n")
    assert answer.status_code == 200
    assert "checked" not in answer.context

    page = Page(upload(desk, koharubiyori.space, GOOD))
    stolen = as_user(dai).post(reverse(IMPORT), {"checked": page.form("checked").fields["checked"]})
    assert stolen.status_code == 403
    assert not Membership.objects.exists()


def test_desk_role_and_members_do_not_import(koharubiyori, as_user, chie):
    role = as_user(make_operator("desk@example.jp", koharubiyori.space, Operator.Role.DESK))

    assert role.get(reverse(IMPORT)).status_code == 403
    assert upload(role, koharubiyori.space, GOOD).status_code == 403
    assert as_user(chie).get(reverse(IMPORT), follow=True).status_code == 404


def test_sample_file_is_there(desk):
    answer = desk.get(reverse("admin:members_import_sample"))

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode("utf-8-sig").splitlines()[0].split(",") == list(COLUMNS)


def exported(client: Client, **query: str) -> list[dict[str, str]]:
    form = {"format": "0", "resource": ""}
    address = reverse(EXPORT, query=query) if query else reverse(EXPORT)
    answer = client.post(address, form)
    assert answer.status_code == 200, answer.content[:500]
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_export_says_what_the_list_says_with_its_filters(desk, koharubiyori, chie, ben):
    plan = koharubiyori.space.plans.get(kind="free_pass")
    make_membership(chie, plan, starts_on=date(2026, 3, 5), ends_on=date(2026, 12, 31), note="静か")
    make_membership(ben, plan, status="paused")
    day = date(2026, 11, 20)
    there = {"checked_in_at": at("11:05", day), "checked_out_at": at("13:00", day)}
    make_booking(koharubiyori.open_seats, day=day, user=chie, **there)

    [row] = exported(desk, status__exact="active")

    assert row == {
        "email": "chie@example.jp",
        "family_name": "千葉",
        "given_name": "千絵",
        "family_reading": "",
        "given_reading": "",
        "language": "ja",
        "plan": "Free pass",
        "booth": "",
        "price": "9700",
        "status": "active",
        "starts_on": "2026-03-05",
        "ends_on": "2026-12-31",
        "paused_until": "",
        "billed_from": "",
        "agreement_on": "",
        "key_given_on": "",
        "key_returned_on": "",
        "note": "静か",
        "space": "koharubiyori",
        "applied_on": "2026-11-24",
        "decided_on": "",
        "renewal_day": "1",
        "last_visit": "2026-11-20",
    }


def test_export_comes_in_elsewhere(desk, koharubiyori, four_spaces, as_user, chie, ben):
    plan = koharubiyori.space.plans.get(kind="free_pass")
    make_membership(chie, plan)
    make_membership(ben, plan, status="paused")
    file = desk.post(reverse(EXPORT), {"format": "0", "resource": ""}).content
    cafe = four_spaces["cafe-36"]
    other = as_user(make_operator("cafe@example.jp", cafe))

    page = Page(upload(other, cafe, file))
    page.submit(other, page.form("checked"))

    assert list(Membership.objects.filter(space=cafe).order_by("user__email").values_list("status", flat=True)) == [
        "paused",
        "active",
    ]
