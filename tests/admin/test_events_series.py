"""The page of a series by another rule: its figures are those of the whole line, its dates its own."""

from datetime import date

from django.urls import reverse

from events.models import Event
from events.series import repeat
from events.series_changes import change_following
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.reading import Page, english


def test_figures_go_on_by_another_rule(as_user, sam, koharubiyori, aiko, ben, now):
    event = make_event(koharubiyori.space)
    make_venue(event, koharubiyori.space)
    series = repeat(event=event, rule="FREQ=WEEKLY", now=now)
    for day, people in ((13, [aiko]), (20, [aiko, ben])):
        on = date(2026, 11, day)
        venue = make_venue(make_event(koharubiyori.space, day=on, series=series, occurs_on=on), koharubiyori.space)
        for person in people:
            make_rsvp(venue, person, attended_at=NOW)
    second = Event.objects.get(series=series, occurs_on=date(2026, 12, 4))

    [changed, *_] = change_following(event=second, values={}, rule="FREQ=WEEKLY;INTERVAL=2", now=now)

    assert changed.series_id != series.pk
    for one in (series.pk, changed.series_id):
        page = Page(english(as_user(sam)).get(reverse("admin:events_series_change", args=[one])))
        assert "Counted with its dates by the rules that it had before or has had since." in page.text
        assert "new faces 2" in page.text.lower()
        assert "came again 1" in page.text.lower()
        assert ("Friday, 4 December 2026" in page.text) == (one == changed.series_id)
