"""What events do by themselves at a time."""

from celery import shared_task
from django.utils import timezone

from events import forgetting, picture_keeping
from events.series import extend_all


@shared_task
def extend_series() -> None:
    """Write the events of every series ahead; running it twice, or late, does no harm."""
    extend_all(now=timezone.now())


@shared_task
def forget_visitors() -> None:
    """Forget who signed up without an account a year ago, and wishes that nobody confirmed; late does no harm."""
    now = timezone.now()
    forgetting.forget_visitors(now=now)
    forgetting.forget_wishes(now=now)
    forgetting.forget_choices()


@shared_task
def forget_pictures() -> None:
    """Delete pictures that no event shows any more; running it twice, or late, does no harm."""
    picture_keeping.forget_unused(now=timezone.now())
