"""The outbox in the admin: how it stands, what became of each notice, and how it reads, without keys and for whom."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.admin.notice_words import DROPPED
from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.notices import booked
from members.models import Operator, User
from notices import kinds
from notices.choosing import turn_off
from notices.delivery import deliver_due
from notices.kinds import Kind, Letter, Topic
from notices.models import Notice, SentCopy
from notices.outbox import tell
from tests.conftest import make_operator
from tests.factories import make_booking
from tests.pages.conftest import JAPANESE
from tests.reading import Page, english

LIST = "admin:notices_notice_changelist"


@pytest.fixture
def owner(koharubiyori, as_user):
    return english(as_user(make_operator("owner@example.jp", koharubiyori.space, Operator.Role.OWNER)))


@pytest.fixture
def root(db, as_user):
    return english(as_user(User.objects.create_superuser("root@example.jp", family_name="Root")))


def make_notice(now, key="one", **fields):
    state = fields.get("state", Notice.State.WAITING)
    return Notice.objects.create(
        **{
            "kind": "booking.reminder",
            "subject_key": "booking:1",
            "dedupe_key": key,
            "recipient": "chie@example.jp",
            "language": "ja",
            "space_slug": "koharubiyori",
            "due_at": now,
            "settled_at": None if state == Notice.State.WAITING else now,
            **fields,
        }
    )


def told(house, who, now, **times):
    """The notice of a new booking of somebody, and the booking."""
    booking = make_booking(house.open_seats, user=who, **{"starts": "15:00", "ends": "17:00", **times})
    tell(booked(booking, now=now))
    return Notice.objects.get(kind="booking.confirmed", subject_key=f"booking:{booking.pk}"), booking


def page_of(client, notice, **more):
    return Page(client.get(reverse("admin:notices_notice_change", args=[notice.pk]), **more))


def reads(client, notice):
    return client.get(reverse("admin:notices_notice_reads", args=[notice.pk]))


def deliver(now):
    return deliver_due(until=now + timedelta(minutes=1))


def test_list_says_how_the_outbox_stands(owner, now):
    make_notice(now, "waits", due_at=now + timedelta(days=1))
    make_notice(now, "again", attempts=2, last_error="SMTPDataError: (451, b'later')", try_at=now)
    make_notice(now, "parked", state="parked", attempts=12, last_error="x" * 200)
    make_notice(now, "dropped", state="dropped", last_error="No longer wanted.")
    make_notice(now, "theirs", state="parked", space_slug="dorinoki")

    page = Page(owner.get(reverse(LIST)))

    for words in ("waiting 2", "due now 1", "tried in vain, tried again 1", "parked 1", "dropped in the last day 1"):
        assert words in page.text, words
    assert "451 later" in page.text
    assert "no longer wanted" in page.text
    assert "x" * 49 not in page.text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "parked"}, {"parked"}),
        ({"error": "yes"}, {"again", "parked"}),
        ({"error": "no"}, {"dropped"}),
        ({"space": "dorinoki"}, {"again", "parked", "dropped"}),
        ({"kind": "booking.changed"}, {"again"}),
        ({"state": "nonsense", "error": "nonsense"}, {"again", "parked", "dropped"}),
    ],
)
def test_list_is_narrowed_down(owner, now, asked, found):
    make_notice(now, "again", recipient="again@example.jp", attempts=2, last_error="451", kind="booking.changed")
    make_notice(now, "parked", recipient="parked@example.jp", state="parked", attempts=12, last_error="550")
    make_notice(now, "dropped", recipient="dropped@example.jp", state="dropped", last_error="No longer wanted.")
    make_notice(now, "theirs", recipient="theirs@example.jp", state="parked", space_slug="dorinoki")

    text = Page(owner.get(reverse(LIST), asked)).text

    assert {name for name in ("again", "parked", "dropped", "theirs") if f"{name}@example.jp" in text} == found


@pytest.mark.usefixtures("four_spaces")
def test_federations_own_letters_are_found_by_who_sees_them(root, now):
    make_notice(now, "own", space_slug="", recipient="own@example.jp")
    make_notice(now, "theirs", recipient="theirs@example.jp")

    text = Page(root.get(reverse(LIST), {"space": "-"})).text

    assert "own@example.jp" in text
    assert "theirs@example.jp" not in text


def test_list_costs_the_same_for_one_and_for_many(owner, now):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert owner.get(reverse(LIST)).status_code == 200
        return len(caught)

    make_notice(now)
    owner.get(reverse(LIST))
    one = queries()
    for number in range(12):
        make_notice(now, f"{number}", state="parked" if number % 2 else "sent")

    assert queries() == one


def test_page_shows_the_copy_of_what_was_sent_without_what_opens_anything(owner, koharubiyori, chie, now):
    notice, booking = told(koharubiyori, chie, now)
    deliver(now)
    cancel(booking=booking, by=Booking.Side.PERSON, now=now)

    page = page_of(owner, notice)

    assert "As it was sent" in page.text
    assert mail.outbox[0].subject in page.text
    assert "attachments " + ", ".join(name for name, _content, _type in mail.outbox[0].attachments) in page.text
    assert "The mail server has taken it: 24 November 2026 09:00." in page.text
    framed = reads(owner, notice)
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert framed.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    assert "ご予約" in framed.content.decode()


def test_frame_may_be_shown_on_the_page_and_runs_nothing(owner, koharubiyori, chie, now):
    notice, _booking = told(koharubiyori, chie, now)

    answer = owner.get(reverse("admin:notices_notice_change", args=[notice.pk]))

    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<iframe" in answer.content.decode()
    assert 'sandbox title="' in answer.content.decode()


def test_page_of_what_waits_shows_how_it_would_read_and_sends_nothing(owner, koharubiyori, chie, now):
    notice, _booking = told(koharubiyori, chie, now)
    before = list(Notice.objects.values())

    page = page_of(owner, notice)

    assert "It would read like this now." in page.text
    assert "小春日和" in reads(owner, notice).content.decode()
    assert not mail.outbox
    assert list(Notice.objects.values()) == before
    assert not SentCopy.objects.exists()


def test_letter_of_a_ticket_is_shown_without_its_link(owner, koharubiyori, now):
    from tests.pages.tickets import held_ticket

    ticket, visit = held_ticket(koharubiyori.space)
    tell(booked(visit, now=now))
    notice = Notice.objects.filter(kind="booking.confirmed").latest("pk")

    html = reads(owner, notice).content.decode()

    assert "/visit/…" in html
    assert ticket.code not in html


def test_preview_says_when_a_notice_would_not_go_out(owner, koharubiyori, chie, now):
    _confirmed, booking = told(koharubiyori, chie, now, day=(now + timedelta(days=2)).date())
    reminder = Notice.objects.get(kind="booking.reminder")
    turn_off(chie.email, ["booking.reminder"], now=now)
    assert "chie@example.jp has turned such mails off." in page_of(owner, reminder).text

    cancel(booking=booking, by=Booking.Side.PERSON, now=now)
    page = page_of(owner, reminder)
    assert "It is no longer wanted: what it is about has changed since." in page.text
    assert reads(owner, reminder).status_code == 404


def test_what_can_not_be_put_into_words_says_why(owner, now):
    gone = make_notice(now, "gone", state="parked", last_error="DoesNotExist: Booking", subject_key="booking:999999")
    unknown = make_notice(now, "unknown", kind="no.kind")

    page = page_of(owner, gone)
    assert "It can't be put into words: DoesNotExist" in page.text
    assert "Tell who looks after the software." in page.text
    assert "No part of the house knows this kind any more." in page_of(owner, unknown).text


def test_app_that_would_write_while_it_is_looked_at_does_not(owner, chie, now, monkeypatch):
    def render(notice):
        User.objects.filter(pk=chie.pk).update(family_name="written")
        return Letter("a", "a", "a", "a")

    monkeypatch.setitem(kinds._kinds, "test.writes", Kind("test.writes", "a", bool, render, topic=Topic.EVENTS))

    page = page_of(owner, make_notice(now, kind="test.writes"))

    assert "It can't be put into words: InternalError: cannot execute UPDATE in a read-only transaction" in page.text
    chie.refresh_from_db()
    assert chie.family_name == "千葉"
    User.objects.filter(pk=chie.pk).update(family_name="later")


def test_parked_one_is_sent_again_from_its_page(owner, koharubiyori, chie, now):
    notice, _booking = told(koharubiyori, chie, now)
    Notice.objects.filter(pk=notice.pk).update(state="parked", settled_at=now, attempts=12, last_error="550 no")
    page = page_of(owner, notice)
    assert "12 tries over some ten hours" in page.text

    [form] = [form for form in page.forms if form.action.endswith("/again/")]
    answer = page.submit(owner, form)

    assert answer.headers["Location"] == reverse("admin:notices_notice_change", args=[notice.pk])
    assert deliver(now).sent == 1
    assert not [form for form in page_of(owner, notice).forms if form.action.endswith("/again/")]


def test_one_that_nobody_wants_any_more_is_dropped_when_it_is_sent_again(owner, koharubiyori, chie, now):
    notice, booking = told(koharubiyori, chie, now)
    Notice.objects.filter(pk=notice.pk).update(state="parked", settled_at=now, attempts=12)
    cancel(booking=booking, by=Booking.Side.PERSON, now=now)
    Notice.objects.exclude(pk=notice.pk).delete()

    owner.post(reverse(LIST), {"action": "send_again", "_selected_action": [notice.pk]})

    assert deliver(now).dropped == 1
    assert not mail.outbox


def test_one_that_is_not_parked_is_not_sent_again(owner, now):
    notice = make_notice(now, state="sent")

    owner.post(reverse("admin:notices_notice_again", args=[notice.pk]))

    notice.refresh_from_db()
    assert notice.state == "sent"
    assert owner.get(reverse("admin:notices_notice_again", args=[notice.pk])).status_code == 405


@pytest.mark.parametrize("page", ["change", "again", "reads"])
def test_notice_of_another_space_is_not_there(owner, now, page):
    notice = make_notice(now, state="parked", space_slug="dorinoki")
    address = reverse(f"admin:notices_notice_{page}", args=[notice.pk])

    assert owner.post(address).status_code in (403, 404, 405)
    if page != "again":
        assert owner.get(address).status_code in (302, 404)
    notice.refresh_from_db()
    assert notice.state == "parked"


def test_who_stands_at_the_desk_looks_and_sends_nothing_again(koharubiyori, as_user, now):
    desk = english(as_user(make_operator("desk@example.jp", koharubiyori.space, Operator.Role.DESK)))
    notice = make_notice(now, state="parked", attempts=12, last_error="550")

    assert "12 tries" in page_of(desk, notice).text
    assert "Send again" not in page_of(desk, notice).text
    assert desk.post(reverse("admin:notices_notice_again", args=[notice.pk])).status_code == 403


@pytest.fixture
def bundled(koharubiyori, garage, chie, now):
    """Two letters of two spaces that went out as one mail."""
    ours, _booking = told(koharubiyori, chie, now)
    theirs, _booking = told(garage, chie, now, starts="18:00", ends="20:00")
    Notice.objects.exclude(pk__in=[ours.pk, theirs.pk]).delete()
    deliver(now)
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert len(mail.outbox) == 1
    assert ours.bundle == theirs.bundle != ""
    return ours, theirs


def test_operator_reads_the_own_letter_of_a_mail_and_not_those_of_other_spaces(owner, bundled):
    ours, _theirs = bundled

    page = page_of(owner, ours)

    assert "In the same mail 1 letter of another space" in page.text
    assert "By itself it would read like this now." in page.text
    html = reads(owner, ours).content.decode()
    assert "小春日和" in html
    assert "ガレージラボ" not in html
    assert "ガレージラボ" not in page.text


def test_what_another_space_wrote_stays_hidden_when_its_notice_is_gone(owner, bundled):
    ours, theirs = bundled
    theirs.delete()

    assert "ガレージラボ" not in page_of(owner, ours).text
    assert "ガレージラボ" not in reads(owner, ours).content.decode()


def test_who_sees_all_reads_the_whole_mail(root, bundled):
    ours, theirs = bundled

    for one, other in ((ours, theirs), (theirs, ours)):
        assert page_of(root, one).links_to(reverse("admin:notices_notice_change", args=[other.pk]))
        html = reads(root, one).content.decode()
        assert "小春日和" in html
        assert "ガレージラボ" in html


def test_every_reason_for_which_delivery_drops_one_is_said_in_words(owner, koharubiyori, chie, now):
    """Whatever delivery notes; the page never shows the bare note."""
    _late, booking = told(koharubiyori, chie, now, day=(now + timedelta(days=2)).date())
    Notice.objects.all().delete()
    rows = {
        "late": {"useful_until": now - timedelta(hours=1)},
        "off": {"kind": "booking.reminder", "recipient": "off@example.jp"},
        "moved": {"facts": {"sequence": 99}, "recipient": "moved@example.jp"},
    }
    turn_off("off@example.jp", ["booking.reminder"], now=now)
    for key, fields in rows.items():
        make_notice(now, key, subject_key=f"booking:{booking.pk}", **fields)

    assert deliver(now).dropped == 3

    assert set(Notice.objects.values_list("last_error", flat=True)) == set(DROPPED)


def test_parked_mails_are_on_the_list_of_things_to_do_until_they_are_sent_again(owner, dai, as_user, now):
    notice = make_notice(now, state="parked", attempts=12, last_error="550")
    todo = reverse("admin:members_todo")

    text = Page(owner.get(todo)).text
    assert "Mails that could not be sent" in text
    assert "Reminder the day before" in text
    assert "chie@example.jp" not in Page(english(as_user(dai)).get(todo)).text

    notice.send_again(at=now)
    assert "Mails that could not be sent" not in Page(owner.get(todo)).text.replace("mails that could not", "")


def test_pages_speak_japanese(owner, koharubiyori, chie, now):
    owner.cookies["django_language"] = "ja"
    notice, _booking = told(koharubiyori, chie, now)
    parked = make_notice(now, "parked", state="parked", attempts=12, last_error="550")

    assert "今送ると、次の内容になります。" in page_of(owner, notice).text
    assert "メールサーバーが受け付けませんでした" in page_of(owner, parked).text
    assert "送信できなかったメール" in Page(owner.get(reverse("admin:members_todo"), headers=JAPANESE)).text
