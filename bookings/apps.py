from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Bookings")

    def ready(self) -> None:
        from bookings import (
            adopting,
            following,
            leaving_notices,
            notices,
            ticket_expiry_notices,
            ticket_links,
            trial_notices,
            visa_ending_notices,
            visa_notices,
            visa_request_notices,
        )
        from members.models import User

        notices.register_kinds()
        ticket_links.register_kinds()
        ticket_expiry_notices.register_kinds()
        trial_notices.register_kinds()
        visa_ending_notices.register_kinds()
        visa_request_notices.register_kinds()
        visa_notices.register_kinds()
        leaving_notices.register_kinds()
        user_logged_in.connect(adopting.adopt_at_sign_in)
        post_save.connect(following.follow, sender=User)
