"""The pages behind the links of a digest: what each does, once, and for whom it does nothing."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from simple_history.models import HistoricalRecords

from bookings.attendance import check_in
from bookings.models import Booking
from bookings.visa_requests import refuse
from coworking.discretion import discreet
from desk.digest.acts import ACTS
from desk.digest.links import link_of, link_token
from desk.digest.once import use
from desk.models import UsedLink
from desk.tasks import forget_used_links
from members.deciding import decline
from members.models import Membership, Operator
from notices.models import Notice
from spaces.models import Space
from tests.conftest import NOW, make_operator
from tests.desk.digests import links_in, make_morning, send_digests
from tests.factories import TUESDAY, at
from tests.reading import Page

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def morning(koharubiyori, dorinoki, aiko):
    return make_morning(koharubiyori.space, dorinoki.space, aiko)


@pytest.fixture
def sam(sam):
    sam.family_name, sam.given_name, sam.language = "Sands", "Sam", "en"
    sam.save()
    return sam


@pytest.fixture
def path_of(morning, sam):
    """Call it with an act for the path of Sam's link; `row` is another row than the morning's."""
    rows = {"approve": "application", "decline": "application", "accept": "request", "refuse": "request"}
    rows |= {"take_part": "asked", "say_no": "asked", "check_in": "drop_in"}

    def path(act: str, *, row: Model | None = None, by=sam, space: Space = morning.space, day=TUESDAY) -> str:
        pk = (row or getattr(morning, rows[act])).pk
        return f"/desk/once/{link_token(act, pk, by=by, space=space, day=day)}/"

    return path


def opened(path: str, client: Client | None = None) -> Page:
    return Page((client or Client()).get(path))


def pressed(path: str, **sent: str) -> Page:
    """The page that somebody is on who has pressed the button."""
    return Page(Client().post(path, sent, follow=True))


def everything() -> dict[str, list[dict[str, object]]]:
    """All rows of all tables, to see that none has changed."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


# Reading


def test_opening_every_link_of_a_real_mail_changes_nothing(morning, sam):
    send_digests()
    [sent] = [one for one in mail.outbox if one.to == [sam.email]]
    paths = links_in(sent.alternatives[0][0])
    before = everything()

    for path in paths:
        for method in ("get", "head"):
            answer = getattr(Client(), method)(path)
            assert answer.status_code == 200
            assert "sessionid" not in answer.cookies

    assert len(paths) == 11
    assert {path.split("/")[3].partition("-")[0] for path in paths} == set(ACTS)
    assert everything() == before


def test_every_other_link_of_the_mail_leads_somewhere(morning, sam, as_user):
    send_digests()
    [sent] = [one for one in mail.outbox if one.to == [sam.email]]
    own = {urlsplit(href).path for _words, href in Page.of(sent.alternatives[0][0]).links}
    paths = {path for path in own if path and not path.startswith(("/desk/", "/mails/"))}

    assert len(paths) >= 9
    for path in paths:
        assert as_user(sam).get(path).status_code == 200, path


def test_the_page_shows_what_will_happen_in_the_operators_language(path_of, sam):
    page = opened(path_of("approve"))

    assert page.lang == "en"
    assert page.headings == ["Approve the application of 青木 葵?"]
    for words in ("Koharubiyori", "Free pass", "何をしていますか", "翻訳です", "in the name of Sam Sands"):
        assert words in page.main
    assert [words for form in page.forms for words, _action in form.buttons].count("Approve") == 1
    assert 'class="tone-sun"' in page.html

    sam.language = "ja"
    sam.save()
    assert opened(path_of("approve")).headings == ["青木 葵さんの申し込みを承認しますか？"]


def test_the_switch_of_languages_works_on_it(path_of):
    client = Client()
    client.post(reverse("set_language"), {"language": "ja", "next": path_of("approve")})

    assert opened(path_of("approve"), client).headings == ["青木 葵さんの申し込みを承認しますか？"]


def test_the_page_of_a_request_says_what_does_not_fit(path_of):
    page = opened(path_of("accept"))

    for words in ("Garage labs", "Tue 24 Nov 18:00–20:00", "夕方に少しだけ", "What doesn't fit", "Seats free then"):
        assert words in page.main


def test_it_keeps_to_itself_and_signs_nobody_in(path_of):
    client = Client()
    answer = client.get(path_of("check_in"))

    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Content-Language"] == "en"
    client.post(path_of("check_in"))
    assert client.get("/admin/").status_code == 302
    assert "sessionid" not in client.cookies


def test_no_other_method_is_answered(path_of):
    assert Client().put(path_of("approve")).status_code == 405


# What each does


def test_approving_makes_a_member_in_the_operators_name(morning, sam, path_of):
    page = pressed(path_of("approve"), message="Welcome!")

    membership = Membership.objects.get(pk=morning.application.pk)
    assert (membership.status, membership.decision, membership.decided_at) == (
        "active",
        "Welcome!",
        membership.decided_at,
    )
    assert membership.history.first().history_user == sam
    assert page.headings == ["Approved. 青木 葵 is told by mail."]
    assert "By Sam Sands, Tue 24 Nov 09:00." in page.main
    assert page.link("Open it in the admin") == f"/admin/members/membership/{membership.pk}/change/"
    assert Notice.objects.filter(kind="membership.decided").count() == 1


def test_declining_needs_no_message(morning, sam, path_of):
    page = pressed(path_of("decline"))

    assert Membership.objects.get(pk=morning.application.pk).status == "declined"
    assert page.headings == ["Declined. 青木 葵 is told by mail."]


def test_accepting_books_the_visit(morning, sam, path_of):
    page = pressed(path_of("accept"))

    morning.request.refresh_from_db()
    assert (morning.request.answer, morning.request.answered_by) == ("accepted", sam)
    assert morning.request.booking.is_live
    assert page.headings == ["Accepted. 伊藤 愛子 is sent a confirmation."]


def test_refusing_asks_for_a_reason_and_keeps_to_its_length(morning, sam, path_of):
    for reason in ("", "  ", "x" * 201, "a\x00b"):
        page = pressed(path_of("refuse"), reason=reason)
        assert page.status == 400
        assert page.form("reason").fields["reason"] == reason
    assert not UsedLink.objects.exists()

    page = pressed(path_of("refuse"), reason="We close early.")
    morning.request.refresh_from_db()
    assert (morning.request.answer, morning.request.reason) == ("refused", "We close early.")
    assert page.headings == ["Refused. 伊藤 愛子 is told the reason by mail."]


def test_a_message_that_is_too_long_is_not_lost(path_of):
    page = pressed(path_of("decline"), message="x" * 2001)

    assert page.status == 400
    assert "x" * 2001 in page.html


def test_taking_part_offers_so_many_places(morning, sam, path_of):
    assert opened(path_of("take_part")).form("capacity").fields["capacity"] == "10"
    for capacity in ("", "0", "2001", "many"):
        assert pressed(path_of("take_part"), capacity=capacity).status == 400

    page = pressed(path_of("take_part"), capacity="7")
    morning.asked.refresh_from_db()
    assert (morning.asked.stands, morning.asked.capacity, morning.asked.agreed_by) == (True, 7, sam)
    assert page.headings == ["Your space takes part in “Friday Jelly”."]


def test_saying_no_to_an_event(morning, path_of):
    page = pressed(path_of("say_no"))

    morning.asked.refresh_from_db()
    assert morning.asked.left_at is not None
    assert page.headings == ["Your space does not take part in “Friday Jelly”."]


def test_checking_in(morning, path_of):
    page = pressed(path_of("check_in"))

    morning.drop_in.refresh_from_db()
    assert morning.drop_in.checked_in_at is not None
    assert page.headings == ["Ben Miller is checked in."]
    assert page.link("Open it in the admin") == f"/door/{morning.drop_in.reference}/"


@pytest.mark.parametrize("act", sorted(ACTS))
def test_history_tells_who_the_link_was_sent_to_not_who_is_signed_in(path_of, sam, dai, as_user, act):
    """Somebody else's browser, as at the desk; and afterwards the browser is theirs again."""
    client = as_user(dai)
    histories = [model for model in apps.get_models() if hasattr(model, "history_user")]
    before = {model: set(model.objects.values_list("history_id", flat=True)) for model in histories}

    assert client.post(path_of(act), {"reason": "Full.", "capacity": "5", "message": ""}).status_code == 303

    written = [
        (model.__name__, row.history_user)
        for model in histories
        for row in model.objects.exclude(history_id__in=before[model])
    ]
    assert {user for _, user in written} <= {sam}
    # Of bookings and requests it is not kept who did it: rows of theirs say what happened.
    assert bool(written) is (act in {"approve", "decline", "take_part", "say_no"})


def test_what_fails_gives_its_name_back(path_of, morning, monkeypatch):
    monkeypatch.setattr(HistoricalRecords.context, "request", "somebody's", raising=False)
    link = link_of(path_of("check_in").split("/")[3])
    check_in(booking=morning.drop_in, now=NOW)

    with pytest.raises(ValidationError):
        use(link, {}, now=NOW)

    assert HistoricalRecords.context.request == "somebody's"


# Once


@pytest.mark.parametrize("act", sorted(ACTS))
def test_a_second_use_says_what_happened_and_does_nothing(path_of, act):
    sent = {"reason": "Full.", "capacity": "5", "message": ""}
    first = pressed(path_of(act), **sent)
    before = everything()
    with time_machine.travel(NOW + timedelta(hours=2)):
        again = pressed(path_of(act), **sent)
        seen = opened(path_of(act))

    assert everything() == before
    for page in (again, seen):
        assert page.status == 200
        assert page.headings == first.headings
        assert "By Sam Sands, Tue 24 Nov 09:00. This link is used up." in page.main
        assert not [form for form in page.forms if "csrfmiddlewaretoken" in form.fields and form.action == ""]


def test_the_token_is_not_kept(path_of):
    pressed(path_of("check_in"))
    used = UsedLink.objects.get()

    assert used.token_hash not in path_of("check_in")
    assert re.fullmatch("[0-9a-f]{64}", used.token_hash)
    assert (used.act, used.subject.split(":")[0], str(used.who)) == ("check_in", "booking", "Sam Sands")


def test_what_others_have_decided_meanwhile_is_said_and_stays(morning, sam, path_of):
    other = make_operator("other@example.jp", morning.space)
    decline(membership=morning.application, by=other, now=NOW)
    refuse(request=morning.request, by=other, reason="Full.", now=NOW)
    check_in(booking=morning.drop_in, now=NOW)
    morning.asked.agreed_at = NOW
    morning.asked.save()
    before = everything()

    for act in ACTS:
        page = opened(path_of(act))
        assert page.status == 200
        assert page.headings == ["This can't be done any more"]
        answer = pressed(path_of(act), reason="Full.", capacity="3", message="")
        assert answer.status == 409
        assert answer.alerts
    assert everything() == before
    assert opened(path_of("approve")).alerts == ["This application was decided already: it is Declined."]
    assert opened(path_of("accept")).alerts == ["This request has already been refused."]
    assert opened(path_of("take_part")).alerts == ["Koharubiyori takes part already."]
    assert opened(path_of("check_in")).alerts == ["There is nobody to check in with this booking: Checked in."]


def test_what_cannot_be_done_leaves_the_link_good(morning, path_of):
    Booking.objects.filter(pk=morning.drop_in.pk).update(
        starts_at=at("11:00", TUESDAY + DAY), ends_at=at("12:00", TUESDAY + DAY)
    )
    page = pressed(path_of("check_in"))

    assert page.status == 409
    assert "another day" in page.alerts[0]
    assert not UsedLink.objects.exists()


# For whom it does nothing


@pytest.mark.parametrize("act", sorted(ACTS))
def test_a_mail_to_an_address_that_is_no_more_the_persons_opens_nothing(sam, path_of, act):
    path = path_of(act)
    sam.email = "another@example.jp"
    sam.save()

    for method in ("get", "post"):
        assert getattr(Client(), method)(path, {"reason": "Full.", "capacity": "3"}).status_code == 404
    assert not UsedLink.objects.exists()
    assert opened(path_of(act)).status == 200


def test_it_is_good_until_the_end_of_the_next_day_there(morning, path_of):
    with time_machine.travel(at("23:59", TUESDAY + DAY)):
        assert opened(path_of("approve")).headings == ["Approve the application of 青木 葵?"]
    with time_machine.travel(at("00:00", TUESDAY + 2 * DAY)):
        for page in (opened(path_of("approve")), pressed(path_of("approve"))):
            assert page.status == 410
            assert page.alerts == ["This link was good until the end of Wed 25 Nov."]
            assert "青木" not in page.main
    assert Membership.objects.get(pk=morning.application.pk).status == "applied"


@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize("what", ["role", "account"])
def test_a_role_that_was_taken_away_takes_the_links_along(morning, sam, path_of, act, what):
    assert opened(path_of(act)).status == 200
    if what == "role":
        Operator.objects.filter(user=sam).delete()
    else:
        sam.is_active = False
        sam.save()
    before = everything()

    for page in (opened(path_of(act)), pressed(path_of(act), reason="Full.", capacity="3")):
        assert page.status == 403
        assert page.alerts == ["Your role at Koharubiyori doesn't allow this any more."]
        for name in ("青木", "Miller", "伊藤", "Friday"):
            assert name not in page.main
    assert everything() == before


def test_who_was_an_operator_and_is_at_the_desk_now_decides_no_application(morning, sam, path_of):
    Operator.objects.filter(user=sam).update(role="desk")

    assert pressed(path_of("approve")).status == 403
    assert pressed(path_of("check_in")).status == 200
    assert Membership.objects.get(pk=morning.application.pk).status == "applied"


def test_who_never_had_the_role_gets_nothing_by_a_link_of_theirs(morning, ben, dai, path_of):
    for by in (ben, dai):
        assert pressed(path_of("approve", by=by)).status == 403


def test_a_row_of_another_space_is_none_of_its_links(morning, dai, dorinoki, path_of):
    for act in ACTS:
        page = pressed(path_of(act, by=dai, space=dorinoki.space), reason="Full.", capacity="3")
        assert page.status == 410
        assert len(page.alerts) == 1
    assert Membership.objects.get(pk=morning.application.pk).status == "applied"


def test_a_row_that_is_gone_is_said(morning, path_of):
    path = path_of("say_no")
    morning.asked.event.delete()

    assert opened(path).status == 410
    assert opened(path).alerts == ["What this link was about is not there any more."]


def test_what_was_tampered_with_opens_nothing(morning, sam, path_of):
    path = path_of("approve")
    other_act = path.replace("approve", "decline")
    other_row = path.replace(f"approve-{morning.application.pk}-", f"approve-{morning.application.pk + 1}-")
    for bad in (other_act, other_row, path[:-3] + "x/", path.replace(".", ":"), "/desk/once/x/", "/desk/once/a%00b/"):
        for method in ("get", "post"):
            answer = getattr(Client(), method)(bad)
            assert answer.status_code == 404
            assert answer["Cache-Control"] == "no-store, private"
    assert Page(Client().get(other_act)).headings
    assert Membership.objects.get(pk=morning.application.pk).status == "applied"


def test_a_form_from_elsewhere_is_refused(path_of):
    client = Client(enforce_csrf_checks=True)

    assert client.post(path_of("check_in")).status_code == 403
    assert not UsedLink.objects.exists()


def test_log_lines_do_not_hold_the_token(path_of):
    path = path_of("approve")

    assert path.split(".")[-1].strip("/") not in discreet(f"GET {path} 200")


def test_uses_are_forgotten_long_after_their_links_have_expired(sam, now):
    for name, age in (("older", 90), ("newer", 89)):
        UsedLink.objects.create(
            token_hash=name, who=sam, act="approve", subject="x:1", used_at=now - timedelta(days=age)
        )

    forget_used_links()

    assert list(UsedLink.objects.values_list("token_hash", flat=True)) == ["newer"]
