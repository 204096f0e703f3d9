from django.apps import AppConfig
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("People and plans")

    def ready(self) -> None:
        from members import following, notices, renewal_notices
        from members.models import User

        notices.register_kinds()
        renewal_notices.register_kinds()
        pre_save.connect(following.follow, sender=User)
