"""The one place where the status of a membership changes (design rule 4); history keeps who, when and why."""

from members.models import Membership, User
from members.refusals import refusal


def locked(membership: Membership) -> Membership:
    """Lock a membership, then read it as it is now; memberships are locked before resources (design rule 10)."""
    Membership.objects.select_for_update(no_key=True).values_list("pk").get(pk=membership.pk)
    return Membership.objects.select_related("space", "user").get(pk=membership.pk)


def move_to(membership: Membership, status: str, *, by: User | None, why: str = "") -> None:
    """Move a locked membership to another status and save it with all its fields; `by` is None for the house itself.

    Raises ValidationError if it may not move there; the trigger membership_moves refuses the same to everybody.
    """
    if status not in Membership.MOVES[Membership.Status(membership.status)]:
        raise refusal("not_allowed", status=membership.get_status_display())
    membership.status = status
    keep(membership, by=by, why=why)


def keep(membership: Membership, *, by: User | None, why: str = "") -> None:
    """Save a membership, and note in its history who did it and why."""
    # django-simple-history looks for these two names.
    membership.__dict__.update(_history_user=by, _change_reason=why)
    membership.save()


def check_active(membership: Membership) -> None:
    """Raise ValidationError unless the membership is active."""
    if membership.status != Membership.Status.ACTIVE:
        raise refusal("not_active", status=membership.get_status_display())
