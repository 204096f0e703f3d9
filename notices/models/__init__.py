from notices.models.notice import Notice, NoticeQuerySet, new_message_id
from notices.models.sent_copy import SentCopy
from notices.models.turned_off import TurnedOff

__all__ = ["Notice", "NoticeQuerySet", "SentCopy", "TurnedOff", "new_message_id"]
