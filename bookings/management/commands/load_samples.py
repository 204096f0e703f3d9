import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bookings.sample_money import load_money
from bookings.sample_tickets import load_tickets
from bookings.sample_visas import load_visas
from bookings.samples import load_bookings
from members.models import User
from members.sample_members import load_members
from members.samples import MEMBER_EMAIL, load_people, load_visitors
from notices.models import Notice


class Command(BaseCommand):
    help = "Make sample accounts and bookings on one's own machine, and print how to sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MAILBOX_DIR:
            raise CommandError("Samples are for a database of bin/run's own: MAILBOX_DIR is not set.")
        # As the terminal speaks, like everything else that bin/run prints there.
        with translation.override("ja" if os.environ.get("LANG", "").startswith("ja") else "en"):
            self._load()

    def _load(self) -> None:
        accounts = load_people()
        now = timezone.now()
        visitors = load_visitors()
        members = load_members(visitors, now=now)
        member = User.objects.get(email=MEMBER_EMAIL)
        if load_bookings(visitors, now=now) or members:
            load_money(member, now=now)
            load_visas(member, now=now)
            Notice.objects.filter(kind__startswith="booking.", recipient=MEMBER_EMAIL).delete()
            # Nobody reads the mails of invented people; the mailbox is for the newcomer's own.
            Notice.objects.filter(recipient__startswith="visitor", recipient__endswith="@example.jp").delete()
        self.stdout.write(_("Sample accounts (invented people, for trying things out):"))
        for account in accounts:
            self.stdout.write(f"  {account.user.email:<32} {account.password}   {account.role}")
        ticket = load_tickets(now=now)
        if ticket:
            self.stdout.write(_("Sample ticket, to try without an account:") + f" {settings.SITE_URL}/ticket/")
            self.stdout.write(f"  {ticket.printed_code}")
