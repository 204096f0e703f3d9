"""What the digest of a day says."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from billing.taking import take as pay
from bookings.attendance import check_in
from bookings.owing import charges_of
from desk.digest.letter import LISTED, digest_for
from desk.digest.waiting import TOLD
from members.deciding import approve
from members.models import Operator
from tests.bookings.taking import take
from tests.conftest import NOW, make_operator
from tests.desk.digests import apply_to, digest_of, links_in, make_morning, send_digests
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import TUESDAY, at, make_booking, make_closure, make_plan, make_resource, make_space, make_user
from tests.reading import Page

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def morning(koharubiyori, dorinoki, aiko):
    return make_morning(koharubiyori.space, dorinoki.space, aiko)


@pytest.fixture
def quiet(sam):
    """A space that Sam runs, open every day, at which nothing is on and nothing waits."""
    space = make_space("quiet", name_en="Quiet")
    make_plan(space, make_resource(space))
    Operator.objects.create(user=sam, space=space)
    return space


def line(text: str, words: str) -> str:
    """The paragraph of a text with these words in it."""
    [found] = [part for part in text.split("\n\n") if words in part]
    return found


def test_the_subject_counts_the_day(morning, sam):
    assert digest_of(sam, morning.space).subject == (
        "Today at Koharubiyori, Tue 24 Nov: 5 people come, 1 event, 3 wait for an answer"
    )
    with translation.override("ja"):
        assert digest_of(sam, morning.space).subject == ("11月24日（火）の小春日和：来店5人、イベント1件、返事待ち3件")


def test_each_who_comes_is_told_by_time_with_basis_and_what_to_take(morning, sam):
    said = digest_of(sam, morning.space).text

    assert "11:00–21:00 Ben Miller\nOpen seats · Drop-in · take ¥800\n" in said
    assert "12:00–15:00 伊藤 愛子\nOpen seats · Coworking VISA · Garage labs\n" in said
    assert "13:00–17:00 花田 花\nOpen seats · First visit\n" in said
    assert "16:00–18:00 健山 健\nMeeting room · Room by the hour · take ¥1,000\n" in said
    assert "11:00–21:00 客野 一\nOpen seats · Shared trial ticket · Try us\n" in said
    starts = [said.index(name) for name in ("Ben Miller", "伊藤 愛子", "花田 花", "健山 健")]
    assert starts == sorted(starts)


def test_parts_come_in_order_and_html_says_what_the_text_says(morning, sam):
    letter = digest_of(sam, morning.space)
    parts = ["Coming today", "By Coworking VISA", "For the first time here", "Events today", "Waiting for an answer"]

    for said in (letter.text, Page.of(letter.html).text):
        assert [said.index(part) for part in parts] == sorted(said.index(part) for part in parts)
        for words in ("客野 一", "take ¥800", "3 of 10 places taken", "since Sun 22 Nov", "青木 葵", "Friday Jelly"):
            assert words in said
    assert links_in(letter.html) == links_in(letter.text)


def test_it_is_all_japanese_for_who_reads_japanese(morning, sam):
    with translation.override("ja"):
        said = digest_of(sam, morning.space).text

    for words in (
        "今日来る人",
        "受付で800円",
        "はじめてのお客さま",
        "定員10人中3人",
        "返事待ち",
        "承認する",
        "11月22日（日）から",
    ):
        assert words in said
    for words in ("Check in", "Drop-in", "since", "places", "Approve"):
        assert words not in said


def test_what_waits_is_told_the_oldest_first_with_its_links(morning, sam):
    said = digest_of(sam, morning.space).text.partition("Waiting for an answer")[2]

    request, application, event = said.split("\n\n")[1:4]
    assert request.startswith(
        "Visit by VISA · since Sun 22 Nov\n伊藤 愛子 · Garage labs · Tue 24 Nov 18:00–20:00\nAccept: "
    )
    assert application.startswith("Application · since Mon 23 Nov\n青木 葵 · Free pass\nApprove: ")
    assert event.startswith("Event · since today\nFriday Jelly · Dorinoki · Fri 27 Nov 13:00–17:00\nTake part: ")


def test_all_times_are_by_the_clocks_of_the_space(morning, sam):
    morning.space.timezone = "Australia/Sydney"
    morning.space.save()
    said = digest_of(sam, morning.space).text

    # Two hours ahead of Japan in November.
    assert "13:00–23:00 Ben Miller" in said
    assert "伊藤 愛子 · Garage labs · Tue 24 Nov 20:00–22:00" in said
    assert "Friday Jelly · Dorinoki · Fri 27 Nov 15:00–19:00" in said


def test_who_works_at_the_desk_reads_the_same_and_checks_in_but_decides_nothing(morning):
    desk = make_operator("desk@example.jp", morning.space, "desk")
    letter = digest_of(desk, morning.space)

    assert "青木 葵" in letter.text
    acts = {path.split("/")[3].partition("-")[0] for path in links_in(letter.text)}
    assert acts == {"check_in"}


def test_who_is_here_already_is_not_checked_in_again(morning, sam):
    check_in(booking=morning.drop_in, now=NOW)
    said = line(digest_of(sam, morning.space).text, "Ben Miller")

    assert "Ben Miller · is here" in said
    assert "Check in" not in said


def test_what_was_cancelled_missed_or_is_of_another_day_is_left_out(morning, sam, chie):
    seats = morning.drop_in.resource
    make_booking(seats, user=chie, cancelled_at=NOW, cancelled_by="person")
    make_booking(seats, name="Tomorrow", day=TUESDAY + DAY)
    make_booking(seats, name="Missed", missed_at=NOW)
    make_booking(seats, name="For an event", basis="hold", price=0)
    said = digest_of(sam, morning.space).text

    assert "5 people come" in said
    for name in (chie.display_name, "Tomorrow", "Missed", "For an event"):
        assert name not in said


def test_an_open_night_belongs_to_the_evening_before(sam):
    bar = make_space("bar", opens="18:00", closes="03:00")
    seats = make_resource(bar)
    Operator.objects.create(user=sam, space=bar)
    make_booking(seats, name="Late tonight", starts="01:00", ends="02:00", day=TUESDAY + DAY)
    make_booking(seats, name="Late last night", starts="01:00", ends="02:00")
    said = digest_of(sam, bar).text

    assert "Late tonight" in said
    assert "Late last night" not in said


def test_other_spaces_are_left_out(morning, dai):
    said = digest_of(dai, Operator.objects.get(user=dai).space).text

    assert "Ben Miller" not in said
    assert "青木 葵" not in said


def test_it_says_why_it_is_closed_and_who_comes_all_the_same(morning, sam):
    make_closure(morning.space, reason_en="Stocktaking", reason_ja="棚卸し")
    said = digest_of(sam, morning.space).text

    assert said.startswith("Closed today: Stocktaking\n5 people come")


def test_it_says_special_hours(quiet, sam):
    make_closure(quiet, opens=at("13:00").time(), closes=at("17:00").time(), reason_en="Concert")

    assert digest_of(sam, quiet).text.startswith("Special hours today: 13:00–17:00 (Concert)\nnobody has booked yet")


def test_who_said_that_they_come_is_marked(morning, sam):
    morning.drop_in.coming_at = NOW
    morning.drop_in.save()

    assert "Ben Miller · says they come" in digest_of(sam, morning.space).text


def test_what_was_paid_before_is_not_taken_again(morning, sam):
    charge = charges_of(morning.drop_in).get()
    pay(
        space=morning.space,
        payer_id=charge.payer_id,
        method="cash",
        yen=charge.yen,
        received_on=TUESDAY,
        taken_by_id=sam.pk,
        charges=[charge.pk],
        addressee="Ben Miller",
        now=NOW,
    )

    assert "take" not in line(digest_of(sam, morning.space).text, "Ben Miller")


def test_long_lists_are_cut_and_say_how_many_more(morning, sam, as_user):
    more = make_resource(morning.space, capacity=LISTED)
    for number in range(LISTED):
        make_booking(more, name=f"Guest {number}")
    for number in range(TOLD):
        apply_to(morning.space, make_user(f"wish{number}@example.jp"))
    letter = digest_of(sam, morning.space)

    assert letter.text.count("Check in: ") == LISTED
    [rest] = re.findall(r"and 5 more: http://localhost:8000(/admin/bookings/booking/\S+)", letter.text)
    make_booking(more, name="Tomorrow", day=TUESDAY + DAY)
    answer = as_user(sam).get(rest)
    listed = Page(answer).text
    assert "Guest 24" in listed
    assert "Tomorrow" not in listed
    assert "and 3 more: http://localhost:8000/admin/members/membership/todo/" in letter.text
    assert "30 people come" in letter.subject
    assert "11 wait for an answer" in letter.subject
    # Gmail shows no more than that of a mail, and hides the rest.
    assert len(letter.html.encode()) < 80_000


def test_long_lists_of_visitors_and_trials_are_cut_too(morning, sam):
    more = make_resource(morning.space, capacity=LISTED + 2)
    for number in range(LISTED + 2):
        make_booking(more, name=f"Guest {number}", basis="first_visit", price=0)
    letter = digest_of(sam, morning.space)

    for said in (letter.text, Page.of(letter.html).text):
        trials = said.partition("For the first time here")[2].partition("Show them round")[0]
        # Two who are there by ticket and for a first visit beside the guests.
        assert trials.count("First visit") + trials.count("Shared trial ticket") == LISTED
        assert "and 4 more" in trials


def test_where_no_link_is_listed_none_is_spoken_of(quiet, sam):
    """All who are listed are here already, and who is still to come is behind "and 1 more"."""
    seats = make_resource(quiet, capacity=LISTED + 1)
    for number in range(LISTED):
        make_booking(seats, name=f"Guest {number}", starts="11:00", ends="14:00", checked_in_at=NOW)
    expected = make_booking(seats, name="Late", starts="13:00", ends="14:00")
    said = digest_of(sam, quiet).text

    assert "and 1 more" in said
    assert "without signing in" not in said
    expected.resource.bookings.exclude(pk=expected.pk).update(starts_at=at("13:30"))
    assert "without signing in" in digest_of(sam, quiet).text


def test_a_full_day_costs_as_many_queries_as_an_empty_one(morning, sam):
    operator = Operator.objects.select_related("user", "space").get(user=sam, space=morning.space)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            digest_of(sam, morning.space)
        return len(caught)

    few = queries()
    for number in range(12):
        person = make_user(f"more{number}@example.jp")
        if number < 8:
            take(person, morning.drop_in.resource, "11:00", "21:00")
        apply_to(morning.space, person)
        venue = make_venue(make_event(morning.space, day=TUESDAY), morning.space)
        make_rsvp(venue, person)
        make_venue(make_event(make_space(f"far{number}")), morning.space, agreed_at=None)

    assert queries() == few
    assert few <= 40
    assert digest_for(operator, TUESDAY, now=NOW).pile.answers == 3 + 12 + 12


def test_rest_of_the_list_is_counted(morning, sam):
    approve(membership=morning.application, by=sam, now=NOW)
    make_booking(morning.drop_in.resource, starts="18:00", ends="19:00")
    event = make_event(morning.space)
    make_venue(event, morning.space, resource=morning.drop_in.resource, held_seats=2)
    said = digest_of(sam, morning.space).text

    assert "Also to do\nEvents without their seats: 1\n" in said


def test_what_people_have_typed_is_shown_as_they_typed_it(morning, sam):
    make_booking(morning.drop_in.resource, name="<b>Bo</b> & Co", starts="18:00", ends="19:00")
    letter = digest_of(sam, morning.space)

    assert "&lt;b&gt;Bo&lt;/b&gt; &amp; Co" in letter.html
    assert "<b>Bo</b> & Co" in letter.text


def test_a_quiet_open_day_says_so(quiet, sam):
    letter = digest_of(sam, quiet)

    assert letter.subject == "Today at Quiet, Tue 24 Nov: nobody has booked yet"
    assert letter.text.startswith("Open 10:00–20:00\nnobody has booked yet")


def test_the_mail_has_the_colour_of_the_space_and_the_language_of_who_reads_it(morning, sam):
    sam.language = "en"
    sam.save()
    send_digests()
    [sent] = [one for one in mail.outbox if one.to == [sam.email]]
    html = sent.alternatives[0][0]

    assert sent.subject.startswith("Today at Koharubiyori")
    assert sent.from_email.startswith('"Koharubiyori" ')
    assert Page.of(html).lang == "en"
    assert digest_of(sam, morning.space).sender.colour in html
