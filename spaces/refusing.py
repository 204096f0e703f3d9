"""Refusals: sentences by code, and what it means for a person when the database refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.functional import lazystr

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refusals:
    """An app's sentences by their code, and the codes of its constraints by their name."""

    def __init__(self, sentences: "dict[str, _StrPromise]", by_constraint: dict[str, str]) -> None:
        self.sentences = sentences
        self.by_constraint = by_constraint

    def refusal(self, code: str, **params: Any) -> ValidationError:
        """The refusal with that code, its sentence filled in."""
        return ValidationError(self.sentences[code], code=code, params=params)

    def refusal_of(self, error: IntegrityError, **params: Any) -> ValidationError | None:
        """What a constraint of the app's tables means for a person, or None if it is not theirs to know."""
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        code = self.by_constraint.get(name or "")
        return self.refusal(code, **params) if code else None

    @contextmanager
    def refused_politely(self, **params: Any) -> Iterator[None]:
        """Turn what the database refuses into the sentence that a person can use."""
        try:
            yield
        except IntegrityError as error:
            polite = self.refusal_of(error, **params)
            if polite is None:
                raise
            raise polite from error


def codes(error: ValidationError) -> set[str]:
    """The codes of all refusals in one error."""
    return {str(lazystr(single.code)) for single in error.error_list}
