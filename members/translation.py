"""What plans say in two languages (django-modeltranslation)."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from members.models import Plan, Question


@register(Plan)
class PlanTranslation(TranslationOptions):
    fields = ("name", "note")


@register(Question)
class QuestionTranslation(TranslationOptions):
    fields = ("text",)


# Kept only now, so that history has the columns of both languages.
simple_history.register(Plan, app="members")
