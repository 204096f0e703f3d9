"""Sentences with which something about a membership is refused, by their codes; and what the database means."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import translation

from members.models import BoothWait, Companion, Membership
from members.refusals import _BY_CONSTRAINT, SENTENCES, refusal, refusal_of, refused_politely
from spaces.refusing import codes
from tests.factories import make_membership

ROOT = Path(__file__).parents[2]
FACTS = {
    "space": "Koharubiyori",
    "plan": "Flex",
    "day": "24 November",
    "moment": "24 November 9:00",
    "question": "What for?",
    "length": 2000,
    "status": "paused",
    "persons": 3,
    "count": 2,
    "email": "friend@example.jp",
}


@pytest.mark.parametrize("code", sorted(SENTENCES))
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_refusal_is_a_whole_sentence(code, language):
    with translation.override(language):
        [sentence] = refusal(code, **FACTS).messages

    assert sentence[0] == sentence[0].upper() or sentence.startswith(FACTS["email"])
    assert sentence.endswith((".", "。", "What for?"))
    assert bool(re.search(r"[ぁ-ん]", sentence)) == (language == "ja")
    assert not re.search(r"%\(|None", sentence)


def test_every_sentence_is_said_by_somebody():
    code = "".join(
        path.read_text()
        for app in ("members", "bookings")
        for path in (ROOT / app).rglob("*.py")
        if path != ROOT / "members" / "refusals.py"
    )

    assert {each for each in SENTENCES if f'"{each}"' not in code} <= set(_BY_CONSTRAINT.values())


def test_every_constraint_with_a_sentence_is_one_of_the_members_tables():
    tables = apps.get_app_config("members").get_models()
    named = {constraint.name for model in tables for constraint in model._meta.constraints} | {"membership_moves"}

    assert set(_BY_CONSTRAINT) <= named
    assert set(_BY_CONSTRAINT.values()) <= set(SENTENCES)


def test_database_that_refuses_is_understood(member, tenant, person, flex, booth_plan, booths):
    """With the facts that the acts have at hand, each sentence is whole."""
    place = {"user": person, "plan": booth_plan}
    Companion.objects.create(membership=tenant, email="friend@example.jp")
    BoothWait.objects.create(**place)

    def said(write):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            write()
        found = refusal_of(caught.value, space="Here", email="friend@example.jp")
        assert found is None or all(found.messages)
        return codes(found) if found else None

    assert said(lambda: make_membership(person, flex)) == {"live_already"}
    assert said(lambda: Membership.objects.filter(pk=member.pk).update(status="applied")) == {"changed_meanwhile"}
    assert said(lambda: member.agreed_plans.update(booth=booths[0])) == {"booth_taken"}
    assert said(lambda: BoothWait.objects.create(**place)) == {"waits_already"}
    assert said(lambda: Companion.objects.create(membership=tenant, email="friend@example.jp")) == {"invited_already"}
    assert said(lambda: Membership.objects.filter(pk=member.pk).update(renewal_day=0)) is None


def test_error_that_is_nobodys_is_raised_as_it_is():
    with pytest.raises(IntegrityError), refused_politely():
        raise IntegrityError("something else")
