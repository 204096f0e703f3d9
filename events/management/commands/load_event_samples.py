from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.samples import load_events
from members.models import User
from members.samples import MEMBER_EMAIL, load_visitors


class Command(BaseCommand):
    help = "Make sample events on one's own machine, once; after load_samples."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MAILBOX_DIR:
            raise CommandError("Samples are for a database of bin/run's own: MAILBOX_DIR is not set.")
        load_events(load_visitors(), User.objects.get(email=MEMBER_EMAIL), now=timezone.now())
