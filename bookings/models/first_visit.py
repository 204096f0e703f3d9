"""Who has used up the first visit at a space; the key outlives the person's account."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import Booking
from spaces.models import Space


class FirstVisit(models.Model):
    """A person's first visit at a space, which comes once in a lifetime.

    The row goes when its booking is cancelled in time, and stays, without a booking, when the account is deleted.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="first_visits", verbose_name=_("space"))
    person_key = models.CharField(max_length=64)
    booking = models.OneToOneField(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="first_visit", verbose_name=_("booking")
    )
    used_at = models.DateTimeField(_("used"), default=timezone.now)

    class Meta:
        verbose_name = _("first visit")
        verbose_name_plural = _("first visits")
        constraints = [
            models.UniqueConstraint(
                name="first_visit_once_at_a_space",
                fields=["space", "person_key"],
                violation_error_message=_("The first visit was used already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.space} · {self.used_at:%Y-%m-%d}"
