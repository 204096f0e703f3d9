"""Log lines without what opens tickets, visits, sign-ups and calendars: a log is no way in (design rule 9)."""

import logging
import re

_OPENS = re.compile(r"(/(?:ticket|visit|sign-ups|calendar|door/visa/c)/)[^/\n]+")


class Discreet(logging.Filter):
    """Puts three dots for the codes and the links in addresses."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if _OPENS.search(message):
            record.msg, record.args = _OPENS.sub(r"\1…", message), ()
        return True
