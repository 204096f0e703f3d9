"""A person deletes their account: what happens is shown first, nothing says who they were, and "once" stays true."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum
from django.urls import reverse

from billing.models import Invoice
from bookings.booking import book
from bookings.erasing import erase, farewell
from bookings.models import Booking, FirstVisit, VisaRequest
from members import joining
from members.companions import invite
from members.models import BoothWait, Companion, Membership, Operator, User
from notices.models import Notice, SentCopy
from spaces.refusing import codes
from tests.billing.acts import make_charge, make_invoice, make_payment
from tests.bookings.taking import take
from tests.conftest import make_operator
from tests.factories import at, make_booking, make_membership, make_plan, make_room, make_space, make_user, span
from tests.reading import Page
from visas.models import Visa

PATH = "/accounts/delete/"


@pytest.fixture
def full_of_life(koharubiyori, garage, dorinoki, chie, now):
    """Chie with a membership, an application, bookings past and to come, a place in line, a place in a booth."""
    EmailAddress.objects.create(user=chie, email=chie.email, primary=True, verified=True)
    plan = koharubiyori.space.plans.get(kind="free_pass")
    joining.join(user=chie, plan=plan, starts_on=date(2026, 11, 24), answers={}, now=now)
    asked = garage.space.questions.order_by("position")
    answers = {asked[0].pk: "千絵は本を書く", asked[1].pk: True}
    joining.join(
        user=chie, plan=garage.space.plans.get(kind="free"), starts_on=date(2026, 11, 24), answers=answers, now=now
    )
    seats = koharubiyori.open_seats
    make_booking(seats, user=chie, day=date(2026, 11, 20), checked_in_at=now, price=0)
    book(user=chie, space=koharubiyori.space, resource_id=seats.pk, span=span("15:00", "17:00"), now=now)
    BoothWait.objects.create(user=chie, plan=dorinoki.space.plans.get(name_ja="ワークブース（4人用）"), since=now)
    let = make_membership(
        make_user("tenant@example.jp"),
        dorinoki.space.plans.get(name_ja="ワークブース（2人用）"),
        booth=dorinoki.booths[8],
    )
    Companion.objects.create(membership=let, email=chie.email, user=chie, accepted_at=now)
    return chie


@pytest.fixture
def known_to_the_operators(as_user, full_of_life, koharubiyori):
    """Chie, after operators worked with her rows in the admin, whose log names them in words."""
    owner = as_user(make_operator("owner@example.jp", koharubiyori.space, Operator.Role.OWNER))
    membership = Membership.objects.get(user=full_of_life, space=koharubiyori.space)
    asked = {"user": full_of_life.pk, "email": full_of_life.email, "space": koharubiyori.space.pk, "role": "desk"}
    owner.post(reverse("admin:members_membership_change", args=[membership.pk]), {"agreement_on": "2026-11-20"})
    for _again in range(2):
        owner.post(reverse("admin:members_operator_add"), asked)
        role = Operator.objects.get(user=full_of_life)
        owner.post(reverse("admin:members_operator_delete", args=[role.pk]), {"post": "yes"})
    owner.post(reverse("admin:members_operator_add"), asked)
    owner.post(reverse("admin:visas_visa_revoke", args=[membership.visa.pk]), {"reason": "千絵ではない人が来た"})
    return full_of_life


@pytest.fixture
def asked_of_hosts(full_of_life, koharubiyori, dorinoki, now):
    """A visit that a host was asked for in words, one that it refused in words, and a visa that was shown."""
    visa = Visa.objects.get(membership__user=full_of_life, membership__space=koharubiyori.space)
    asked = {"visa": visa, "resource": dorinoki.open_seats, "asked_at": now, "price": 0}
    VisaRequest.objects.create(message="千絵です", starts_at=at("18:00"), ends_at=at("19:00"), **asked)
    answer = {"answer": "refused", "answered_at": now, "reason": "千絵さんは先週も来た"}
    VisaRequest.objects.create(message="千葉より", starts_at=at("19:00"), ends_at=at("20:00"), **asked, **answer)
    return visa


# Papers keep the name that they were issued to, as tax law asks (消費税法 57条の4 6項).
PAPERS = ("billing_invoice", "billing_receipt")


def everything_in_the_database() -> str:
    """All rows of all tables as text, but for the papers that were issued."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        rows = []
        for table in {name for (name,) in cursor.fetchall()} - set(PAPERS):
            cursor.execute(f'SELECT coalesce(string_agg(each::text, chr(10)), $$$$) FROM "{table}" each')  # noqa: S608 - our own
            rows.append(f"{table}: {cursor.fetchone()[0]}")
    return "\n".join(rows)


def test_page_says_first_what_happens(as_user, full_of_life):
    page = Page(as_user(full_of_life).get(PATH, headers={"accept-language": "ja"}))

    for said in ("小春日和", "ガレージラボ", "15:00", "chie@example.jp"):
        assert said in page.main
    assert Membership.objects.live().filter(user=full_of_life).count() == 2


def test_typing_the_address_deletes_the_account_and_signs_out(as_user, full_of_life):
    browser = as_user(full_of_life)

    answer = browser.post(PATH, {"email": " Chie@Example.jp "}, follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert "sessionid" not in browser.cookies or not browser.cookies["sessionid"].value
    assert browser.get("/bookings/").status_code == 302


def test_nothing_in_the_database_says_who_it_was(known_to_the_operators, asked_of_hosts, now):
    assert "千絵" in everything_in_the_database()
    assert LogEntry.objects.filter(object_repr__contains="千絵").count() == 6

    erase(user=known_to_the_operators, typed="chie@example.jp", now=now)

    kept = everything_in_the_database()
    assert [mark for mark in ("chie@", "千葉", "千絵", "本を書く") if mark in kept] == []


def test_requests_are_taken_back_and_visits_by_visa_cancelled(full_of_life, asked_of_hosts, garage, now):
    visit = take(full_of_life, garage.open_seats, "12:00", "13:00")
    assert visit.visa

    erase(user=full_of_life, typed="chie@example.jp", now=now)

    visit.refresh_from_db()
    assert visit.cancelled_at
    kept = [(one.answer, one.message, one.reason) for one in asked_of_hosts.requests.order_by("starts_at")]
    assert kept == [("withdrawn", "", ""), ("refused", "", "–")]
    assert Visa.objects.filter(pk=asked_of_hosts.pk, number=asked_of_hosts.number).exists()


def test_what_was_promised_is_given_back(full_of_life, now):
    erase(user=full_of_life, typed="chie@example.jp", now=now)

    assert set(Membership.objects.filter(user=full_of_life).values_list("status", flat=True)) == {"ended"}
    assert not Booking.objects.upcoming(now).filter(user=full_of_life).exists()
    assert Booking.objects.filter(user=full_of_life).count() == 2, "the house keeps its visits"
    assert not Companion.objects.standing().filter(user=full_of_life).exists()
    assert not BoothWait.objects.open().filter(user=full_of_life).exists()
    assert not EmailAddress.objects.filter(user=full_of_life).exists()
    assert not Notice.objects.filter(recipient="chie@example.jp").exists()


def test_account_opens_nothing_any_more_and_has_no_name(full_of_life, now):
    erase(user=full_of_life, typed="chie@example.jp", now=now)

    gone = User.objects.get(pk=full_of_life.pk)
    assert (gone.is_active, gone.has_usable_password(), gone.email) == (
        False,
        False,
        f"deleted-{gone.pk}@deleted.invalid",
    )
    assert str(gone) == "（退会済みの方）"


def test_first_visit_is_not_had_again_with_a_new_account(koharubiyori, chie, now):
    wish = {"space": koharubiyori.space, "resource_id": koharubiyori.open_seats.pk, "span": span("15:00", "17:00")}
    make_booking(koharubiyori.open_seats, user=chie, day=date(2026, 11, 20), checked_in_at=now)

    erase(user=chie, typed=chie.email, now=now)
    again = make_user("chie@example.jp")
    booking = book(user=again, now=now, **wish)

    assert (booking.basis, booking.price) == ("drop_in", 500)
    assert FirstVisit.objects.get().booking is None


def test_first_visit_that_was_booked_and_missed_is_not_had_again_either(koharubiyori, chie, now):
    wish = {"space": koharubiyori.space, "resource_id": koharubiyori.open_seats.pk}
    first = book(user=chie, span=span("15:00", "17:00"), now=now, **wish)
    Booking.objects.filter(pk=first.pk).update(missed_at=now)

    erase(user=chie, typed=chie.email, now=now)
    again = make_user("chie@example.jp")

    assert (first.basis, book(user=again, span=span("15:00", "17:00"), now=now, **wish).basis) == (
        "first_visit",
        "drop_in",
    )


@pytest.mark.parametrize("typed", ["", "ben@example.com", "chie@example"])
def test_another_address_deletes_nothing(as_user, full_of_life, typed):
    answer = as_user(full_of_life).post(PATH, {"email": typed})

    assert answer.status_code == 409
    assert User.objects.get(pk=full_of_life.pk).email == "chie@example.jp"


@pytest.mark.parametrize(("starts", "ends"), [("08:00", "12:00"), ("10:00", "12:00")])
def test_who_is_here_now_deletes_nothing_yet(as_user, koharubiyori, chie, now, starts, ends):
    """Also who came before their time: the booking can't be cancelled any more."""
    make_booking(koharubiyori.open_seats, user=chie, starts=starts, ends=ends, checked_in_at=now)

    page = Page(as_user(chie).get(PATH))
    answer = as_user(chie).post(PATH, {"email": chie.email})

    assert len(page.alerts) == 1
    assert answer.status_code == 409
    assert User.objects.get(pk=chie.pk).is_active


def test_who_alone_runs_a_space_names_another_operator_first(sam, now):
    with pytest.raises(ValidationError) as refused:
        erase(user=sam, typed=sam.email, now=now)

    assert codes(refused.value) == {"last_operator"}


def test_operator_with_colleagues_leaves(sam, koharubiyori, now):
    make_operator("colleague@example.jp", koharubiyori.space)

    erase(user=sam, typed=sam.email, now=now)

    assert [role.user.email for role in Operator.objects.all()] == ["colleague@example.jp"]


def test_fee_of_a_late_cancellation_is_told_before(as_user, koharubiyori, chie):
    make_booking(koharubiyori.open_seats, user=chie, starts="10:00", ends="12:00", price=500)

    assert "500" in Page(as_user(chie).get(PATH)).main


def test_fee_that_was_told_is_charged_though_a_membership_covers_a_part(full_of_life, now):
    space = make_space("fee")
    membership = make_membership(full_of_life, make_plan(space, kind="free_pass"))
    booking = make_booking(
        make_room(space), user=full_of_life, starts="10:00", ends="12:00", basis="plan", price=500,
        membership=membership, plan_minutes=60,
    )  # fmt: skip
    told = farewell(full_of_life, now=now).fees

    erase(user=full_of_life, typed="chie@example.jp", now=now)

    booking.refresh_from_db()
    assert (booking.cancelled_by, booking.cancellation_fee) == ("person", 500)
    charged = Booking.objects.filter(user=full_of_life).aggregate(fees=Sum("cancellation_fee"))
    assert told == charged["fees"]


def test_invitation_that_was_never_answered_gives_its_place_back(dorinoki, chie, now):
    let = make_membership(
        make_user("tenant@example.jp"),
        dorinoki.space.plans.get(name_ja="ワークブース（2人用）"),
        booth=dorinoki.booths[8],
    )
    invite(membership=let, email=chie.email, now=now)

    erase(user=chie, typed=chie.email, now=now)

    assert not let.companions.standing().exists()
    assert invite(membership=let, email="next@example.jp", now=now).pk


def test_place_of_whoever_had_the_address_before_stays(dorinoki, ben, chie, now):
    let = make_membership(
        make_user("tenant@example.jp"),
        dorinoki.space.plans.get(name_ja="ワークブース（2人用）"),
        booth=dorinoki.booths[8],
    )
    place = Companion.objects.create(membership=let, email=chie.email, user=ben, accepted_at=now)

    erase(user=chie, typed=chie.email, now=now)

    place.refresh_from_db()
    assert (place.email, place.user, place.left_at) == ("chie@example.jp", ben, None)


def test_what_is_owed_is_said_and_put_on_a_last_invoice_to_the_name(as_user, koharubiyori, garage, chie, now):
    make_charge(koharubiyori.space, chie, 800)
    make_charge(koharubiyori.space, chie, 500)
    make_payment(garage.space, chie, 3000)
    name = chie.display_name

    said = Page(as_user(chie).get(PATH, headers={"accept-language": "en"})).text
    erase(user=chie, typed=chie.email, now=now)

    assert "At Koharubiyori, ¥1,300 is still to be paid." in said
    assert "At Garage labs, ¥3,000 is yours." in said
    last = Invoice.objects.get()
    assert (last.space, last.total, last.addressee) == (koharubiyori.space, 1300, name)


def test_late_fee_of_the_deletion_itself_is_on_the_last_invoice(koharubiyori, chie, now):
    make_booking(koharubiyori.open_seats, user=chie, starts="11:00", ends="13:00", price=900)

    erase(user=chie, typed=chie.email, now=at("10:59"))

    assert [(line.yen, line.tax_rate) for line in Invoice.objects.get().lines.all()] == [(900, None)]


def test_nothing_is_said_of_money_where_all_is_settled(as_user, koharubiyori, chie):
    make_charge(koharubiyori.space, chie, 800)
    make_invoice(koharubiyori.space, chie, [])
    make_payment(koharubiyori.space, chie, 800)

    assert "精算が済んでいないもの" not in Page(as_user(chie).get(PATH)).text


def test_copies_of_letters_to_others_do_not_name_who_is_gone(full_of_life, now):
    texts = {"named": "千葉 千絵さんから申し込みがありました", "addressed": "chie@example.jp", "other": "ようこそ"}
    for key, text in texts.items():
        notice = Notice.objects.create(
            kind="membership.applied",
            subject_key="membership:1",
            dedupe_key=key,
            recipient="boss@example.jp",
            language="ja",
            due_at=now,
            state="sent",
            settled_at=now,
        )
        SentCopy.objects.create(notice=notice, message_id=f"<{key}>", sent_at=now, channel="mail", text=text)

    erase(user=full_of_life, typed="chie@example.jp", now=now)

    assert list(SentCopy.objects.values_list("notice__dedupe_key", flat=True)) == ["other"]
