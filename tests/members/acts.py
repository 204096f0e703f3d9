"""Trying acts of a membership, and reading what came of them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from members.models import Membership
from notices.models import Notice
from spaces.refusing import codes


def refused(act: Callable[..., Any], **asked: Any) -> set[str]:
    """The codes with which an act is refused; each comes with a whole sentence, in both languages."""
    with pytest.raises(ValidationError) as caught:
        act(**asked)
    for language in ("ja", "en"):
        with translation.override(language):
            for sentence in caught.value.messages:
                assert sentence.endswith((".", "。", "?", "？")) or ": " in sentence, sentence
                assert "%(" not in sentence
    return codes(caught.value)


def agreed(membership: Membership) -> list[tuple[str, date, date | None]]:
    """What is agreed when: the kind of plan, its first day and its last."""
    return [(row.plan.kind, row.starts_on, row.ends_on) for row in membership.agreed_plans.order_by("starts_on")]


def history(membership: Membership) -> list[tuple[str, Any, str]]:
    """Each status that was written, the first first: what, by whom, and why."""
    rows = membership.history.order_by("history_date", "history_id")
    return [(row.status, row.history_user, row.history_change_reason or "") for row in rows]


def told(kind: str) -> list[str]:
    """Whom notices of a kind go to."""
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))
