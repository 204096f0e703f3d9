"""Sentences with which a ticket or a visa is refused, by their codes; and what the guards' names mean."""

import re

import pytest
from django.db import connection
from django.utils import translation

from visas.models import Campaign, Participation, Showing, Terms, Ticket, Visa
from visas.refusals import _BY_CONSTRAINT, SENTENCES, refusal

TABLES = (Campaign, Participation, Showing, Terms, Ticket, Visa)
GUARDS = ["bookings_ticket_guard", "bookings_visa_guard"]
FACTS = {"space": "Koharubiyori", "day": "24 November", "time": "11:00", "most": 1000, "count": 3, "number": 2}


@pytest.mark.parametrize("code", sorted(SENTENCES))
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_refusal_is_a_whole_sentence(code, language):
    asked = dict.fromkeys(re.findall(r"%\((\w+)\)", str(SENTENCES[code])), "7")

    with translation.override(language):
        [sentence] = refusal(code, **{**asked, **FACTS}).messages

    assert sentence[0] == sentence[0].upper()
    assert sentence.endswith((".", "。"))
    assert not re.search(r"%\(|None", sentence)


def test_every_constraint_with_a_sentence_is_there(db):
    named = {one.name for model in TABLES for one in model._meta.constraints}
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = ANY(%s)", [GUARDS])
        for (source,) in cursor.fetchall():
            named |= set(re.findall(r"CONSTRAINT = '(\w+)'", source))

    assert set(_BY_CONSTRAINT) <= named
    assert set(_BY_CONSTRAINT.values()) <= set(SENTENCES)
