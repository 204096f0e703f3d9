"""What somebody wants to be told follows them to a new address."""

from typing import Any

from members.models import User
from notices import choosing


def follow(instance: User, update_fields: Any = None, **_signal: Any) -> None:
    """Take choices along before a person is saved with another address."""
    if instance._state.adding or "email" not in (update_fields or ("email",)):
        return
    before = User.objects.filter(pk=instance.pk).values_list("email", flat=True).first()
    if before and before != instance.email:
        choosing.follow(before, instance.email)
