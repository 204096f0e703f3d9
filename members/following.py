"""What somebody wants to be told, and what waits for them in the outbox, follows them to a new address and language."""

from typing import Any

from members.models import User
from notices import choosing
from notices.models import Notice

FOLLOWED = ("email", "language")
# What is parked too: a wrong address that was put right is why it is sent again.
OPEN = (Notice.State.WAITING, Notice.State.PARKED)


def follow(instance: User, update_fields: Any = None, **_signal: Any) -> None:
    """Take along before a person is saved what is kept by their address."""
    if instance._state.adding or not set(FOLLOWED) & set(update_fields or FOLLOWED):
        return
    before = User.objects.filter(pk=instance.pk).values_list(*FOLLOWED).first()
    if before is None or before == (instance.email, instance.language):
        return
    address, _language = before
    if address != instance.email:
        choosing.follow(address, instance.email)
    # All at once: what is tied to one mail has one language.
    open_ones = Notice.objects.filter(recipient=address, state__in=OPEN)
    open_ones.update(recipient=instance.email, language=instance.language)
