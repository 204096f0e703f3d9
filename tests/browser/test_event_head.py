"""The head of an event's page in a real browser: data for machines that the policy lets be, and that is no script."""

import json

import pytest

from tests.events.making import make_event, make_venue

pytestmark = pytest.mark.django_db(transaction=True)


def test_data_in_the_head_is_read_and_never_run(desktop, four_spaces):
    space = four_spaces["koharubiyori"]
    title = '</script><script>window.ran = "yes"</script>'
    event = make_event(space, title_en=title, title_ja=title)
    make_venue(event, space)

    desktop.goto(event.get_absolute_url())

    told = json.loads(desktop.locator('script[type="application/ld+json"]').text_content() or "")
    assert told["name"] == title
    assert desktop.evaluate("window.ran") is None
    # That nothing was blocked, and nothing said on the console, is checked when the browser closes (open_browser).
