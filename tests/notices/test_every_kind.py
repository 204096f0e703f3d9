"""Every kind that an app registers can be chosen, or says why not: in both languages."""

import re

import pytest
from django.utils import translation

from notices.kinds import Needed, Topic, kinds, labels

EACH = pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
JAPANESE = re.compile("[぀-ヿ一-鿿]")


@EACH
def test_it_has_a_label_in_both_languages(kind):
    with translation.override("ja"):
        japanese = str(kind.label)
    with translation.override("en"):
        english = str(kind.label)

    assert JAPANESE.search(japanese)
    assert english
    assert not JAPANESE.search(english)


@EACH
def test_it_has_a_topic_and_a_reason_if_it_is_needed(kind):
    assert kind.topic in Topic
    assert kind.needed in Needed
    assert kind.can_be_turned_off == (kind.needed == Needed.NO)


@pytest.mark.parametrize("words", [*Topic, *(reason for reason in Needed if reason)], ids=str)
def test_topics_and_reasons_are_said_in_both_languages(words):
    with translation.override("ja"):
        assert JAPANESE.search(str(words.label))
    with translation.override("en"):
        assert not JAPANESE.search(str(words.label))


def test_no_two_kinds_have_one_label():
    """Who chooses has nothing else to tell them apart."""
    for language in ("ja", "en"):
        with translation.override(language):
            said = [str(label) for label in labels().values()]
        assert len(said) == len(set(said)), language


def test_what_a_space_cancels_always_comes():
    by_name = {kind.name: kind for kind in kinds()}

    for name in ("booking.cancelled", "booking.changed", "event.cancelled", "event.changed"):
        assert by_name[name].needed == Needed.VAIN
    for name in ("booking.reminder", "event.day_before"):
        assert by_name[name].can_be_turned_off
