"""What spaces write in two languages (django-modeltranslation)."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from spaces.models import Amenity, Closure, Resource, Space


@register(Space)
class SpaceTranslation(TranslationOptions):
    fields = (
        "name",
        "full_name",
        "motto",
        "motto_meaning",
        "joining",
        "address",
        "operator_name",
        "opened_note",
    )


@register(Amenity)
class AmenityTranslation(TranslationOptions):
    fields = ("name",)


@register(Resource)
class ResourceTranslation(TranslationOptions):
    fields = ("name",)


@register(Closure)
class ClosureTranslation(TranslationOptions):
    fields = ("reason",)


# Kept only now, so that history has the columns of both languages.
simple_history.register(Space, app="spaces")
simple_history.register(Resource, app="spaces")
simple_history.register(Closure, app="spaces")
