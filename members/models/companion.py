"""Who uses a booth beside its tenant."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.membership import Membership
from members.models.user import User


class CompanionQuerySet(models.QuerySet["Companion"]):
    def standing(self) -> "CompanionQuerySet":
        """Companions who have a place: invited or accepted, and not gone."""
        return self.filter(left_at__isnull=True)

    def of_person(self, user: User) -> "CompanionQuerySet":
        """A person's own places, and the invitations to their address; `is_for` asks one row the same."""
        return self.filter(_of_person(user))

    def of_person_or_tenant(self, user: User) -> "CompanionQuerySet":
        """Those that a person may give back: their own, and the ones in their own booth."""
        return self.filter(_of_person(user) | Q(membership__user=user))


def _of_person(user: User) -> Q:
    # Who has accepted may have another address since, and the old one may be another person's.
    return Q(user=user) | Q(user__isnull=True, email=user.email)


class Companion(models.Model):
    """Somebody whom the tenant of a booth for two to four has invited; they use what the tenant holds."""

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="companions", verbose_name=_("membership")
    )
    email = models.EmailField(_("e-mail"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="companionships",
        verbose_name=_("person"),
    )
    invited_at = models.DateTimeField(_("invited"), default=timezone.now)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects = CompanionQuerySet.as_manager()

    class Meta:
        verbose_name = _("companion")
        verbose_name_plural = _("companions")
        ordering = ["membership", "invited_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="companion_invited_once",
                fields=["membership", "email"],
                condition=Q(left_at__isnull=True),
                violation_error_message=_("This person is invited already."),
            ),
            models.CheckConstraint(name="companion_email_in_lower_case", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="companion_accepted_by_someone",
                condition=Q(accepted_at__isnull=True, user__isnull=True)
                | Q(accepted_at__isnull=False, user__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def is_for(self, user: User) -> bool:
        """Whether it is a person's place, or an invitation to their address."""
        return self.user_id == user.pk if self.user_id else self.email == user.email
