"""What needs everything: the health of the house, its backup, the digest of the day. The top floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = _("Desk")

    def ready(self) -> None:
        from desk import notices, rounds

        notices.register_kinds()
        rounds.connect()
