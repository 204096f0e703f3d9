"""What events say in two languages (django-modeltranslation)."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from events.models import Event, Venue


@register(Event)
class EventTranslation(TranslationOptions):
    fields = ("title", "text", "supporter", "question")


@register(Venue)
class VenueTranslation(TranslationOptions):
    fields = ("note",)


# Kept only now, so that history has the columns of both languages.
simple_history.register(Event, app="events")
simple_history.register(Venue, app="events")
