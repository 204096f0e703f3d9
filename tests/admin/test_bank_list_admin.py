"""The bank's list in the admin: handed in, proposed, confirmed; all that is ticked is noted, or nothing."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.balances import standing_of
from billing.bank_list import MOST_BYTES, read
from billing.closing import close_month
from billing.models import Payment
from bookings.admin.money.bank_form import packed
from bookings.admin.money.bank_sheet import ROWS_SHOWN
from bookings.admin.money.payers import Payers
from members.models import Operator
from tests.billing.acts import NOW, make_charge, make_invoice, make_payment
from tests.conftest import make_operator
from tests.factories import make_booking, make_membership, make_user
from tests.races.connections import at_once
from tests.reading import Page, english

TWO_COLUMNS = """\
日付,お取引内容,お引出し,お預入れ,残高
2026/11/20,ﾌﾘｺﾐ ﾁﾊﾞ ﾁｴ,,"5,500","105,500"
2026/11/21,デンリヨク,"12,340",,"93,160"
2026/11/22,ﾌﾘｺﾐ ﾐﾗ- ﾍﾞﾝ,,800,"93,960"
"""
SIGNED = "取引日,入出金(円),残高(円),入出金先内容\n20261120,5500,105500,チバ　チエ\n20261121,-12340,93160,デンリヨク\n"


@pytest.fixture
def space(koharubiyori):
    return koharubiyori.space


@pytest.fixture
def chie(chie):
    chie.family_reading, chie.given_reading = "ちば", "ちえ"
    chie.save()
    return chie


@pytest.fixture
def desk(sam, as_user) -> Client:
    return english(as_user(sam))


def address(space, name="at") -> str:
    return reverse(f"admin:billing_bank_{name}", args=[space.slug])


def paste(client, space, text):
    return Page(client.post(address(space), {"text": text}))


def name_of(text, place=0):
    """What the fields of a row are named by."""
    return read(text.encode()).rows[place].key[:16]


def confirm(client, space, page, **changes):
    sent = {**page.form("list").fields, **changes, "note": "yes"}
    return client.post(address(space), {name: value for name, value in sent.items() if value is not None})


@pytest.mark.parametrize("text", [TWO_COLUMNS, SIGNED])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_sure_row_of_an_uploaded_file_is_ticked_and_noted(desk, space, chie, sam, text, encoding):
    invoice = make_invoice(space, chie, 5500)
    page = Page(desk.post(address(space), {"file": SimpleUploadedFile("list.csv", text.encode(encoding))}))
    assert f"take-{name_of(text)}" in page.form("list").fields
    assert not Payment.objects.exists()

    answer = confirm(desk, space, page)

    assert (answer.status_code, answer.url) == (302, address(space, "noted"))
    payment = Payment.objects.get()
    assert (payment.payer, payment.invoice, payment.yen) == (chie, invoice, 5500)
    assert (payment.received_on, payment.method, payment.taken_by) == (date(2026, 11, 20), "transfer", sam)
    assert standing_of(space, chie.pk).open_in_all == 0
    noted = Page(desk.get(answer.url))
    assert "1 payment was noted, ¥5,500 in all." in noted.text
    assert "1 payment noted, ¥5,500" in noted.text
    assert noted.links_to(reverse("admin:billing_payment_change", args=[payment.pk]))
    assert noted.links_to(reverse("admin:members_person_at_space", args=[chie.pk, space.slug]))


def test_rows_that_were_left_out_are_said_and_can_be_noted_from_the_same_list(desk, space, chie):
    make_membership(chie, space.plans.get(kind="free_pass"))
    text = many(3)
    page = paste(desk, space, text)
    first, second, third = (f"take-{name_of(text, place)}" for place in range(3))

    answer = confirm(desk, space, page, **{first: "on", second: None, third: None})

    assert "2 rows were left out." in Page(desk.get(answer.url)).text
    again = paste(desk, space, text)
    answer = confirm(desk, space, again, **{second: "on", third: "on"})
    assert "left out" not in Page(desk.get(answer.url)).text
    assert Payment.objects.count() == 3


def test_page_says_what_came_in_and_what_each_row_may_be(desk, space, chie, ben):
    make_invoice(space, chie, 5500)
    make_membership(ben, space.plans.get(kind="free_pass"))

    page = paste(desk, space, TWO_COLUMNS)

    assert "2 rows that came in, ¥6,300 in all. 1 row of money that went out was passed over." in page.text
    assert "Sure The name fits. The amount is that of invoice 2026-0001." in page.text
    assert "Unclear Nobody here has this name." in page.text
    assert "Ticked: 1 · ¥5,500" in page.text


def test_likely_row_is_not_ticked_and_its_proposal_is_chosen(desk, space, chie):
    make_invoice(space, chie, 6000)

    page = paste(desk, space, SIGNED)

    fields = page.form("list").fields
    assert f"take-{name_of(SIGNED)}" not in fields
    assert fields[f"who-{name_of(SIGNED)}"] == str(chie.pk)
    assert "It is a part of what is open (6,000 yen); the oldest is paid first." in page.text


@pytest.mark.parametrize(
    "words",
    ["Ben Miller · ben@example.com", "ben@example.com", "BEN MILLER", "Miller Ben", "millerben", "ｂｅｎ"],
)
def test_somebody_else_is_named_by_what_one_knows_of_them(desk, space, chie, ben, words):
    make_invoice(space, chie, 5500)
    make_membership(ben, space.plans.get(kind="free_pass"))
    page = paste(desk, space, SIGNED)
    name = name_of(SIGNED)

    confirm(desk, space, page, **{f"take-{name}": "on", f"who-{name}": "other", f"words-{name}": words})

    payment = Payment.objects.get()
    assert (payment.payer, payment.invoice) == (ben, None)


def test_reading_names_somebody_in_either_kana(space, chie):
    make_charge(space, chie)

    assert [Payers(space).named(words) for words in ("ちばちえ", "チバ チエ", "ﾁﾊﾞ", "千葉　千絵", " ")] == [
        *([[chie.pk]] * 4),
        [],
    ]


@pytest.mark.parametrize(
    ("who", "words", "sentence"),
    [
        ("other", "nobody", "Nobody here is called “nobody”."),
        ("other", "", "Say who paid."),
        ("other", "example", "“example” may be several people. Choose one of them."),
        ("", "", "Say who paid."),
        ("x", "", "Say who paid."),
        ("9" * 40, "", "Say who paid."),
        ("0", "", "Say who paid."),
        ("²", "", "Say who paid."),
        ("\0", "\0", "Say who paid."),
        ("{stranger}", "", "Say who paid."),
    ],
)
def test_what_says_nobody_is_told_at_its_row_and_nothing_is_noted(
    desk, space, chie, ben, dorinoki, who, words, sentence
):
    make_invoice(space, chie, 5500)
    make_invoice(space, ben, 700)
    stranger = make_user("stranger@example.jp")
    make_membership(stranger, dorinoki.space.plans.get(kind="monthly"))
    page = paste(desk, space, TWO_COLUMNS)
    name = name_of(TWO_COLUMNS, 1)
    who = who.replace("{stranger}", str(stranger.pk))

    answer = Page(confirm(desk, space, page, **{f"take-{name}": "on", f"who-{name}": who, f"words-{name}": words}))

    assert sentence in answer.alerts
    assert "Nothing was noted. Look at line 4." in answer.text
    assert not Payment.objects.exists()
    kept = answer.form("list").fields
    assert kept[f"words-{name}"] == (words if who == "other" else "")
    assert {f"take-{name}", f"take-{name_of(TWO_COLUMNS)}"} <= set(kept)


@pytest.mark.parametrize("invoice", ["theirs", "elsewhere", "9" * 18])
def test_invoice_of_another_payer_or_space_is_refused_by_its_line(desk, space, chie, ben, dorinoki, invoice):
    own = make_invoice(space, chie, 5500)
    theirs, elsewhere = make_invoice(space, ben, 700), make_invoice(dorinoki.space, chie, 700)
    page, name = paste(desk, space, SIGNED), name_of(SIGNED)
    meant = {"theirs": theirs.pk, "elsewhere": elsewhere.pk}.get(invoice, invoice)

    answer = Page(confirm(desk, space, page, **{f"who-{name}": f"{chie.pk}:{meant}"}))

    assert "Line 2: This invoice is to another payer." in answer.text
    assert standing_of(space, chie.pk).open(own.pk) == 5500


def test_somebody_named_at_a_row_that_is_not_ticked_is_not_passed_over(desk, space, chie):
    make_membership(chie, space.plans.get(kind="free_pass"))
    page = paste(desk, space, TWO_COLUMNS)
    name = name_of(TWO_COLUMNS, 1)

    answer = Page(confirm(desk, space, page, **{f"who-{name}": "other", f"words-{name}": "千葉"}))

    assert "Somebody is named here, but the row is not ticked." in answer.alerts
    assert not Payment.objects.exists()


def test_looking_again_keeps_what_was_chosen_and_offers_the_named_ones_invoices(desk, space, chie, ben):
    make_membership(chie, space.plans.get(kind="free_pass"))
    first, second = make_invoice(space, ben, 700), make_invoice(space, ben, 900)
    page = paste(desk, space, SIGNED)
    name = name_of(SIGNED)
    sent = {**page.form("list").fields, f"take-{name}": "on", f"who-{name}": "other", f"words-{name}": "miller"}

    looked = Page(desk.post(address(space), {**sent, "look": "yes"}))
    kept = looked.form("list").fields
    confirm(desk, space, looked, **{f"who-{name}": f"{ben.pk}:{second.pk}"})

    assert f"take-{name}" in kept
    assert (kept[f"who-{name}"], kept[f"words-{name}"]) == (str(ben.pk), "")
    assert f"Ben Miller: {first.code} (¥700 open)" in looked.text
    assert Payment.objects.get().invoice == second


def test_unticked_rows_are_left_out_and_no_tick_at_all_is_told(desk, space, chie):
    make_invoice(space, chie, 5500)
    page = paste(desk, space, SIGNED)

    answer = Page(confirm(desk, space, page, **{f"take-{name_of(SIGNED)}": None}))

    assert "No row is ticked. Nothing was noted." in answer.text
    assert f"take-{name_of(SIGNED)}" not in answer.form("list").fields
    assert not Payment.objects.exists()


def test_unreadable_lines_are_told_by_number_and_what_was_pasted_is_kept(desk, space):
    text = TWO_COLUMNS.replace("2026/11/20", "20.11.").replace('"5,500"', "viel").replace("2026/11/22", "2026/11/31")

    page = paste(desk, space, text)

    assert "Line 2: “20.11.” is not a day." in page.text
    assert "Line 2: “viel” is not a whole number of yen." in page.text
    assert "Line 4: “2026/11/31” is not a day." in page.text
    assert "ﾌﾘｺﾐ ﾁﾊﾞ ﾁｴ" in page.text
    assert not [form for form in page.forms if "list" in form.fields]


def test_of_many_unreadable_lines_the_first_are_told(desk, space):
    page = paste(desk, space, "取引日,入出金,内容\n" + "x,1,\n" * 60)

    assert "Line 51:" in page.text
    assert "Line 52:" not in page.text
    assert "and 10 more problems" in page.text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose a file, or paste rows."),
        ({"text": " \n"}, "Choose a file, or paste rows."),
        ({"text": "a\0b"}, "Null characters are not allowed."),
        ({"text": "hello"}, "There is no line with the names of the columns"),
        ({"file": b""}, "The list is empty."),
        ({"file": b"\x81\x20"}, "The list is neither UTF-8 nor Shift_JIS."),
        ({"file": b"\0\0"}, "This is not a CSV file."),
        ({"file": b"x" * (MOST_BYTES + 1)}, "The list is larger than 2 MB. Split it."),
        ({"file": ("取引日,入出金,内容\n" + "20261120,1,a\n" * 5001).encode()}, "The list has more than 5000 rows."),
        ({"file": SIGNED.encode(), "text": SIGNED}, "Choose a file or paste rows, not both."),
    ],
)
def test_list_that_is_none_is_told(desk, space, sent, sentence):
    if isinstance(sent.get("file"), bytes):
        sent = {**sent, "file": SimpleUploadedFile("list.csv", sent["file"])}

    answer = desk.post(address(space), sent)

    assert answer.status_code == 200
    assert sentence in Page(answer).text


@pytest.mark.parametrize("kept", ["", "x", "あ", "AAAA", packed(SIGNED.encode())[:-8], packed(b"\0" * 9_000_000)])
def test_kept_list_that_is_broken_is_asked_for_again(desk, space, kept):
    answer = desk.post(address(space), {"list": kept, "note": "yes"}, follow=True)

    assert answer.redirect_chain == [(address(space), 302)]
    assert not Payment.objects.exists()


@pytest.mark.parametrize("part", ["", "-1", "x", "9" * 30, "٣", "2"])
def test_part_that_is_none_is_the_nearest(desk, space, part):
    answer = desk.post(address(space), {"list": packed(SIGNED.encode()), "part": part})

    assert Page(answer).form("list").fields["part"] == "0"


def test_largest_list_can_be_confirmed(desk, space, chie):
    make_invoice(space, chie, 5500)
    notes = "".join(f"20261119,-{at},{'ｱｶｻﾀﾅﾊﾏﾔﾗﾜ' * 12}{at:032x}\n" for at in range(4990))
    content = f"{SIGNED.splitlines()[0].replace(',残高(円)', '')}\n20261120,5500,チバ　チエ\n{notes}".encode()
    assert MOST_BYTES * 0.9 < len(content) <= MOST_BYTES

    page = Page(desk.post(address(space), {"file": SimpleUploadedFile("list.csv", content)}))
    confirm(desk, space, page)

    assert Payment.objects.get().yen == 5500


def test_yen_and_days_are_the_lists_own_whatever_the_form_says(desk, space, chie):
    make_invoice(space, chie, 5500)
    page = paste(desk, space, SIGNED)
    name = name_of(SIGNED)

    confirm(desk, space, page, yen="1", **{f"yen-{name}": "1", "received_on": "2026-01-01", "take-0000": "on"})

    assert Payment.objects.get().yen == 5500


def test_second_who_confirms_the_same_list_is_told_by_line_and_nothing_is_noted_twice(desk, space, chie, ben):
    make_invoice(space, chie, 5500)
    make_membership(ben, space.plans.get(kind="free_pass"))
    page, name = paste(desk, space, TWO_COLUMNS), name_of(TWO_COLUMNS, 1)
    both = {f"take-{name}": "on", f"who-{name}": str(ben.pk)}
    confirm(desk, space, page)

    answer = Page(confirm(desk, space, page, **both))

    assert "Line 2: This line of the bank's list was noted already." in answer.text
    assert "Nothing was noted." in answer.text
    assert "Noted This row was noted before." in answer.text
    kept = answer.form("list").fields
    assert f"take-{name_of(TWO_COLUMNS)}" not in kept
    assert f"take-{name}" in kept
    assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_note_it_once(space, chie, sam, as_user):
    make_invoice(space, chie, 5500)
    people = [english(as_user(sam)), english(as_user(make_operator("second@example.jp", space)))]
    page = paste(people[0], space, SIGNED)

    done = [one.result() for one in at_once(*(lambda one=one: confirm(one, space, page) for one in people))]

    assert sorted(answer.status_code for answer in done) == [200, 302]
    [refused] = [Page(answer).text for answer in done if answer.status_code == 200]
    assert "Line 2: This line of the bank's list was noted already." in refused
    assert Payment.objects.count() == 1


def test_row_of_a_closed_month_is_shown_and_not_noted(desk, space, chie, sam):
    make_invoice(space, chie, 5500)
    text = SIGNED.replace("20261120", "20261020")
    page, name = paste(desk, space, text), name_of(text)
    close_month(space=space, first_on=date(2026, 10, 1), by_id=sam.pk, now=NOW)

    answer = Page(confirm(desk, space, page, **{f"take-{name}": "on"}))

    assert "Line 2: That month is closed. Enter a correction on a day after it." in answer.text
    assert "Not possible That month is closed." in answer.text
    assert f"take-{name}" not in answer.form("list").fields
    assert not Payment.objects.exists()


def test_day_to_come_is_refused_by_its_line(desk, space, chie):
    make_invoice(space, chie, 5500)
    text = SIGNED.replace("20261120", "20271120")

    page, name = paste(desk, space, text), name_of(text)
    assert "Not possible That day is still to come" in page.text

    answer = Page(confirm(desk, space, page, **{f"take-{name}": "on", f"who-{name}": str(chie.pk)}))

    assert "Line 2: That day is still to come: note money on the day it changes hands." in answer.text
    assert not Payment.objects.exists()


def many(count, *, first=1):
    return "取引日,入出金,内容\n" + "".join(f"20261120,{at},チバ　チエ\n" for at in range(first, first + count))


def test_thousand_rows_are_noted_part_by_part(desk, space, chie):
    make_membership(chie, space.plans.get(kind="free_pass"))
    text = many(1000)
    page = paste(desk, space, text)
    parts = 0
    assert f"Here are rows 1 to {ROWS_SHOWN} of 1,000." in page.text

    while True:
        fields = page.form("list").fields
        ticks = {name.replace("who-", "take-"): "on" for name in fields if name.startswith("who-")}
        answer = confirm(desk, space, page, **ticks)
        parts += 1
        if answer.status_code == 302:
            break
        page = Page(answer)

    assert parts == 4
    assert Payment.objects.count() == 1000
    assert sum(Payment.objects.values_list("yen", flat=True)) == 500_500
    again = paste(desk, space, text)
    assert not [name for name in again.form("list").fields if name.startswith("take-")]


def ticked(page, *places):
    """The fields of rows of a part, ticked or not: only those at these places are."""
    names = [name.replace("who-", "take-") for name in page.form("list").fields if name.startswith("who-")]
    return {name: "on" if place in places else None for place, name in enumerate(names)}


def test_result_of_a_list_in_parts_is_of_all_of_them(desk, space, chie):
    make_membership(chie, space.plans.get(kind="free_pass"))
    first = paste(desk, space, many(ROWS_SHOWN + 1))
    last = Page(confirm(desk, space, first, **ticked(first, 0, 1)))

    answer = confirm(desk, space, last, **ticked(last, 0))

    assert (answer.status_code, answer.url) == (302, address(space, "noted"))
    assert f"3 payments noted, ¥{1 + 2 + ROWS_SHOWN + 1}" in Page(desk.get(answer.url)).text


def test_last_part_in_which_nothing_is_ticked_leads_to_what_was_noted_before(desk, space, chie):
    make_membership(chie, space.plans.get(kind="free_pass"))
    first = paste(desk, space, many(ROWS_SHOWN + 1))
    last = Page(confirm(desk, space, first, **ticked(first, 0, 1)))

    answer = confirm(desk, space, last, **ticked(last))

    assert (answer.status_code, answer.url) == (302, address(space, "noted"))
    noted = Page(desk.get(answer.url))
    assert "2 payments noted, ¥3" in noted.text
    assert "Nothing was noted." not in noted.text
    assert "1 row was left out." in noted.text


def test_last_part_that_was_noted_before_leads_on(desk, space, chie):
    make_membership(chie, space.plans.get(kind="free_pass"))
    alone = paste(desk, space, many(1, first=ROWS_SHOWN + 1))
    confirm(desk, space, alone, **ticked(alone, 0))
    first = paste(desk, space, many(ROWS_SHOWN + 1))

    last = Page(confirm(desk, space, first, **ticked(first, 0)))
    assert "This row was noted before." in last.text
    assert last.form("list").buttons[0] == ("arrow_forward Go on", "")
    answer = confirm(desk, space, last)

    assert (answer.status_code, answer.url) == (302, address(space, "noted"))
    assert "1 payment noted, ¥1" in Page(desk.get(answer.url)).text


def test_last_part_of_a_list_of_which_nothing_was_noted_says_so(desk, space, chie):
    make_membership(chie, space.plans.get(kind="free_pass"))
    alone = paste(desk, space, many(1))
    confirm(desk, space, alone, **ticked(alone, 0))
    first = paste(desk, space, many(ROWS_SHOWN + 1, first=2))
    last = Page(confirm(desk, space, first, **ticked(first)))

    answer = confirm(desk, space, last, **ticked(last))

    assert "No row is ticked. Nothing was noted." in Page(answer).text


def test_same_queries_for_few_and_many_rows_and_payers(desk, space, chie):
    make_invoice(space, chie, 5500)
    asked = []
    for rows, payers in ((1, 1), (200, 40)):
        for number in range(payers):
            make_invoice(space, make_user(f"{rows}-{number}@example.jp"), 5500)
        with CaptureQueriesContext(connection) as proposing:
            page = paste(desk, space, many(rows, first=rows * 1000))
            proposed = len(proposing)
        ticks = {name.replace("who-", "take-"): "on" for name in page.form("list").fields if name.startswith("who-")}
        answer = confirm(desk, space, page, **ticks)
        with CaptureQueriesContext(connection) as telling:
            desk.get(answer.url)
            asked.append((proposed, len(telling)))

    assert asked[0] == asked[1]
    assert max(asked[0]) < 20


def test_payers_are_all_who_ever_had_to_do_with_the_space(koharubiyori, dorinoki):
    space = koharubiyori.space
    people = [make_user(f"{name}@example.jp") for name in ("charge", "invoice", "payment", "member", "guest", "other")]
    charged, invoiced, paid, member, guest, other = people
    make_charge(space, charged)
    make_invoice(space, invoiced)
    make_payment(space, paid)
    make_membership(member, space.plans.get(kind="free_pass"))
    make_booking(koharubiyori.open_seats, user=guest)
    make_booking(koharubiyori.open_seats, user=None, name="A guest", starts="16:00", ends="17:00")
    make_charge(dorinoki.space, other)

    assert set(Payers(space).by_key) == {one.pk for one in people[:5]}


def test_who_runs_one_space_is_led_there_and_who_runs_several_chooses(desk, space, sam, four_spaces, as_user):
    assert desk.get(reverse("admin:billing_bank")).url == address(space)

    Operator.objects.create(user=sam, space=four_spaces["dorinoki"], role="desk")

    page = Page(desk.get(reverse("admin:billing_bank")))
    assert set(page.links_to("/admin/billing/bank/")) >= {address(space), address(four_spaces["dorinoki"])}


@pytest.mark.parametrize("role", Operator.Role.values)
def test_every_role_may_note_a_list_at_its_own_space_only(space, dorinoki, as_user, chie, role):
    make_invoice(space, chie, 5500)
    person = english(as_user(make_operator("keeper@example.jp", space, role)))
    page = paste(person, space, SIGNED)

    elsewhere = person.get(address(dorinoki.space)), confirm(person, dorinoki.space, page)
    answer = confirm(person, space, page)

    assert [one.status_code for one in elsewhere] == [404, 404]
    assert answer.status_code == 302
    assert person.get(address(dorinoki.space, "noted")).status_code == 404


def test_members_and_visitors_do_not_come_in(client, as_user, space, chie):
    assert as_user(chie).get(address(space), follow=True).status_code == 404
    assert client.get(address(space), follow=True).redirect_chain[-1][0].startswith("/accounts/login/")


def test_noted_page_without_anything_noted_leads_to_the_list(desk, space):
    assert desk.get(address(space, "noted")).url == address(space)
    assert desk.get("/admin/billing/bank/nowhere/").status_code == 404


def test_page_is_japanese_for_who_reads_japanese(sam, as_user, space, chie):
    make_invoice(space, chie, 5500)

    page = paste(as_user(sam), space, SIGNED)

    assert "5,500円" in page.text
    assert "確実" in page.text
    assert "記録する" in page.text
