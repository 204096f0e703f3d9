"""What campaigns and terms say in two languages (django-modeltranslation)."""

from modeltranslation.translator import TranslationOptions, register

from visas.models import Campaign, Terms


@register(Campaign)
class CampaignTranslation(TranslationOptions):
    fields = ("name", "for_whom")


@register(Terms)
class TermsTranslation(TranslationOptions):
    fields = ("perks",)
