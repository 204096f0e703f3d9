"""Who runs a space."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from spaces.models import Space


class Operator(models.Model):
    """A person's role at one space."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        OPERATOR = "operator", _("Operator")
        DESK = "desk", _("Desk")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, verbose_name=_("person"))
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="operators", verbose_name=_("space"))
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.OPERATOR)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("operator")
        verbose_name_plural = _("operators")
        ordering = ["space", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="operator_once_at_a_space",
                fields=["user", "space"],
                violation_error_message=_("This person has a role at this space already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.space} · {self.get_role_display()}"
