from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("People and plans")

    def ready(self) -> None:
        from members import notices

        notices.register_kinds()
