"""A person who signs in. The e-mail address is the login."""

import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Concat, Lower, Upper
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Every page of a signed-in person asks this, and Django takes longer to write it than PostgreSQL to answer it.
_WITH_ROLES = """
SELECT *, (
    SELECT coalesce(jsonb_object_agg(space_id, role), '{}') FROM members_operator WHERE user_id = members_user.id
) AS role_rows FROM members_user WHERE id = %s
"""


# What people are found by (`members.named`): written once, as the index must say just what the search says.
SAID = Concat(
    "family_name",
    "given_name",
    models.Value(" "),
    "family_reading",
    "given_reading",
    models.Value(" "),
    "email",
    output_field=models.TextField(),
)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person; without a password they sign in by code."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person who may do everything at every space."""
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())

    def with_roles(self, pk: int) -> "User | None":
        """A person with their roles at spaces, read in the same query; None if there is nobody with this key."""
        return next(iter(self.raw(_WITH_ROLES, [pk])), None)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account."""

    email = models.EmailField(_("e-mail"), unique=True)
    family_name = models.CharField(_("family name"), max_length=60)
    given_name = models.CharField(_("given name"), max_length=60, blank=True)
    family_reading = models.CharField(
        _("reading of the family name"), max_length=60, blank=True, help_text=_("In hiragana.")
    )
    given_reading = models.CharField(
        _("reading of the given name"), max_length=60, blank=True, help_text=_("In hiragana.")
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Who is not active can't sign in."))
    date_joined = models.DateTimeField(_("since"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["family_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["family_reading", "given_reading", "email"]
        indexes = [GinIndex(OpClass(Upper(SAID), name="gin_trgm_ops"), name="user_said")]
        constraints = [
            models.CheckConstraint(
                name="user_email_in_lower_case",
                condition=models.Q(email=Lower("email")),
                violation_error_message=_("Write the address in lower case."),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

    @property
    def display_name(self) -> str:
        """The name in the order of its own script: family name first in Japanese, last in Latin letters."""
        if self.email.endswith("@deleted.invalid"):
            return gettext("(deleted account)")
        if (self.family_name + self.given_name).isascii():
            return f"{self.given_name} {self.family_name}".strip()
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def erased_email(self) -> str:
        """What stands in the place of the address once the account is deleted; no mail goes there (RFC 2606)."""
        return f"deleted-{self.pk}@deleted.invalid"

    def get_short_name(self) -> str:
        return self.family_name

    def get_full_name(self) -> str:
        return self.display_name

    @cached_property
    def roles(self) -> dict[int, str]:
        """The person's role at each space they help to run, by the key of the space."""
        rows = self.__dict__.get("role_rows")
        if rows is None:
            return dict(self.operator_set.values_list("space_id", "role"))
        return {int(space): role for space, role in json.loads(rows).items()}

    @property
    def is_operator(self) -> bool:
        """Whether the person runs a space, or all of them."""
        return self.is_active and (self.is_superuser or bool(self.roles))

    @property
    def is_staff(self) -> bool:
        """What Django's admin calls a person who may come in."""
        return self.is_operator
