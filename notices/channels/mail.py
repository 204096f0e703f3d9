"""Mail by SMTP. A text, the same as a page, files, and the headers that keep mail programs from guessing."""

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notices.channels.channel import Channel, Refused, Unreachable
from notices.framing import Mail

_TOO_LARGE = 552


class MailChannel(Channel):
    name = "mail"

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def reaches(self, address: str) -> bool:
        return True

    def send(self, mail: Mail) -> None:
        self._connection = self._connection or get_connection()
        try:
            # Opened here, it stays open for the next ones: Django closes what it had to open itself.
            self._connection.open()
            message(mail, self._connection).send()
        except smtplib.SMTPRecipientsRefused as error:
            raise Refused(_said(error)) from error
        except smtplib.SMTPSenderRefused as error:
            # Who says at once that this mail is too large takes others (RFC 1870, 6.1); else nobody may send.
            raise (Refused if error.smtp_code == _TOO_LARGE else Unreachable)(_said(error)) from error
        except smtplib.SMTPDataError as error:
            # A refusal for good is about this mail, such as its size; any other about all (RFC 5321, 4.2.1).
            raise (Refused if error.smtp_code >= 500 else Unreachable)(_said(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(_said(error)) from error

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None


def message(mail: Mail, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """A mail as SMTP carries it.

    RFC 3834 asks that automatic mail says it is, RFC 8058 how it is stopped by one press in the mail program.
    """
    sender = settings.DEFAULT_FROM_EMAIL
    if mail.from_name:
        name = mail.from_name.replace('"', "").replace("\\", "")
        sender = f'"{name}" <{parseaddr(sender)[1]}>'
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    if mail.stop_address:
        headers |= {"List-Unsubscribe": f"<{mail.stop_address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    written = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=sender,
        to=[mail.recipient],
        connection=connection,
        headers=headers,
    )
    written.attach_alternative(mail.html, "text/html")
    for attachment in mail.attachments:
        written.attach(attachment.filename, attachment.content, attachment.mimetype)
    return written


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
