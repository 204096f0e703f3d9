"""What was sent, word for word, so that an operator sees what somebody has read."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from notices.models.notice import Notice


class SentCopy(models.Model):
    """One mail as it went out, without the codes and links in it that open something (notices/copying.py).

    Of a mail that carries several notices it hangs on the oldest of them. It goes with its notice, and after a while
    by itself.
    """

    notice = models.OneToOneField(
        Notice, on_delete=models.CASCADE, primary_key=True, related_name="copy", verbose_name=_("notice")
    )
    message_id = models.CharField(_("Message-ID"), max_length=120, db_index=True)
    carries = models.PositiveSmallIntegerField(_("notices in it"), default=1)
    sent_at = models.DateTimeField(_("sent"))
    channel = models.CharField(_("sent by"), max_length=20)
    sender = models.CharField(_("in whose name"), max_length=200, blank=True)
    subject = models.TextField(_("subject"))
    text = models.TextField(_("as text"))
    html = models.TextField(_("as a page"))
    attachments = ArrayField(models.CharField(max_length=200), verbose_name=_("attachments"), default=list, blank=True)

    class Meta:
        verbose_name = _("copy of a mail")
        verbose_name_plural = _("copies of mails")
        indexes = [models.Index(fields=["sent_at"], name="sent_copy_age")]

    def __str__(self) -> str:
        return self.subject
