"""Mail on one's own machine: a folder instead of a mail server, and pages that show what is in it.

The settings route these pages only when MAILBOX_DIR is set. They show everybody's mail to anybody, sign-in
codes too, so no house that is open to the public may have them.
"""

from collections.abc import Sequence
from pathlib import Path

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from coworking.local import letters
from coworking.local.letters import Letter

SHOWN = 100
# A mail brings its own looks, and may bring anything: it gets no script, no form, nothing from elsewhere.
POLICY_OF_A_MAIL = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


class MailboxBackend(BaseEmailBackend):
    """Puts mails into MAILBOX_DIR instead of sending them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            letters.deliver(_folder(), message.message().as_bytes())
        return len(email_messages)


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    return render(request, "local/mailbox.html", {"letters": letters.latest(_folder(), SHOWN)})


@login_not_required
@require_safe
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]  # typed for views without arguments
def mailbox_message(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "local/mailbox_message.html", {"letter": _letter_or_404(key)})


@login_not_required
@require_safe
@xframe_options_sameorigin
def mailbox_html(request: HttpRequest, key: str) -> HttpResponse:
    return HttpResponse(_letter_or_404(key).html, headers={"Content-Security-Policy": POLICY_OF_A_MAIL})


@login_not_required
@require_safe
def mailbox_attachment(request: HttpRequest, key: str, number: int) -> HttpResponse:
    for attachment in _letter_or_404(key).attachments:
        if attachment.number == number:
            response = HttpResponse(attachment.content, content_type=attachment.content_type)
            response.headers["Content-Disposition"] = content_disposition_header(True, attachment.name) or "attachment"
            return response
    raise Http404


def _folder() -> Path:
    return Path(settings.MAILBOX_DIR)


def _letter_or_404(key: str) -> Letter:
    letter = letters.find(_folder(), key)
    if letter is None:
        raise Http404
    return letter


app_name = "mailbox"
urlpatterns = [
    path("", mailbox, name="list"),
    path("<str:key>/", mailbox_message, name="message"),
    path("<str:key>/html/", mailbox_html, name="html"),
    path("<str:key>/<int:number>/", mailbox_attachment, name="attachment"),
]
