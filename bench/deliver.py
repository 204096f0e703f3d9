"""`python -m bench.deliver`: the real delivery of waiting notices, then the same mails by smtplib alone."""

import json
import smtplib
import sys
import time
from datetime import timedelta

import django

PATIENCE = timedelta(seconds=8)


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from notices.delivery import deliver_due

    mail = _example()
    began = time.perf_counter()
    done = deliver_due(until=timezone.now() + PATIENCE)
    took = time.perf_counter() - began
    sent = max(1, min(done.sent, 500))
    began = time.perf_counter()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
        for _ in range(sent):
            server.sendmail(settings.DEFAULT_FROM_EMAIL, ["someone@bench.example"], mail)
    alone = time.perf_counter() - began
    told = {"sent": done.sent, "not_sent": done.dropped + done.failed + done.parked}
    json.dump(told | {"rate": done.sent / took, "bound": sent / alone}, sys.stdout)


def _example() -> bytes:
    """One of the mails as it goes over the wire."""
    from django.utils import timezone, translation

    from notices.delivery import message
    from notices.kinds import kind_of
    from notices.models import Notice

    notice = Notice.objects.due(timezone.now()).first()
    if notice is None:
        return b"Subject: nothing was due\r\n\r\nNothing.\r\n"
    with translation.override(notice.language):
        return message(notice, kind_of(notice).render(notice)).message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]


if __name__ == "__main__":
    main()
