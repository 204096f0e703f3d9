"""What campaigns say in two languages (django-modeltranslation)."""

from modeltranslation.translator import TranslationOptions, register

from visas.models import Campaign


@register(Campaign)
class CampaignTranslation(TranslationOptions):
    fields = ("name", "for_whom")
