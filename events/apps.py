from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from bookings import leaving_above
        from bookings.known import register_tie
        from bookings.leaving_above import Above
        from events import adopting, following, kinds, space_leaving, todo
        from events.models import Rsvp
        from members.models import User

        kinds.register_kinds()
        todo.register_tasks()
        leaving_above.register(Above("events", space_leaving.says, space_leaving.acts))
        # Who has signed up is known to the space of the venue, as who has booked there is.
        register_tie(Rsvp, "venue__space", "user")
        user_logged_in.connect(adopting.adopt_at_sign_in)
        post_save.connect(following.follow, sender=User)
