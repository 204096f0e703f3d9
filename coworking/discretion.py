"""What stands in no log line and in no report of an error: what opens something (design rule 9), and who somebody is.

Codes and links in addresses, signed tokens, passwords in addresses of servers, e-mail addresses, addresses of machines,
and the values that PostgreSQL quotes. Three dots stand in their place.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

# What comes after these opens a ticket, a visit, a sign-up, a calendar or a visa, or answers for somebody.
_OPENS = re.compile(r"(/(?:ticket|visit|sign-ups|calendar|door/visa/c|coming|not-coming|mails|once)/)[^/\s\"']+")
_ASKED = re.compile(r"([?&](?:token|code|key|sig|password|email)=)[^&\s\"']+")
# django.core.signing ends in a signature of 43 characters. This and the mailbox begin where a word does, or a long text
# without blanks would be looked through once for each of its letters.
_SIGNED = re.compile(r"(?<![\w.%=-])[\w.%=-]*(?::|%3A)[\w:%.-]{0,200}[A-Za-z0-9_-]{43}(?![\w-])")
# Those that stand in addresses of mails end in a dot and that (desk/digest/links.py, bookings/coming_links.py).
_DOTTED = re.compile(r"(?<![\w%=-])[\w%=-]{1,200}\.[A-Za-z0-9_-]{43}(?![\w-])")
_PASSWORD = re.compile(r"(?<=://)[^\s/@\"']*@")
_WORD = r"\s\"'`<>()\[\]{},;:=/\\|…"
_MAILBOX = re.compile(rf"(?:\"[^\"\n]*\"|(?<![^{_WORD}])[^{_WORD}]+)(?:@|%40)\w[\w-]*(?:\.[\w-]+)+")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")
# PostgreSQL quotes values where it says which row it refuses, and the statement where it says what it can't read.
_KEY = re.compile(
    r"(Key \([^\n]{1,300}?\)=\()"
    r"(?:.{0,2000}?(\) (?:already exists|is (?:not present|still referenced)|conflicts))|[^\n]*(\)))",
    re.DOTALL,
)
_ROW = re.compile(r"(Failing row contains \().*(\)\.)", re.DOTALL)
_STATEMENT = re.compile(r"(?<=\n)((?:LINE \d+|QUERY|CONTEXT): )[^\n]*")
_UNREADABLE = re.compile(
    r"((?:invalid input |malformed |out of range)[^\n:\"']{0,80}: |DETAIL: +Token |\btime zone )\"[^\n]*\""
)
# The same in a message that is known as a whole; other quotes hold names of tables, columns and constraints.
_QUOTED = re.compile(r"(: |\bvalue |\btime zone )\".*\"", re.DOTALL)


def discreet(text: str) -> str:
    """The text without what must not be told."""
    text = _OPENS.sub(r"\1…", text)
    text = _ASKED.sub(r"\1…", text)
    text = _SIGNED.sub("…", text)
    text = _DOTTED.sub("…", text)
    text = _PASSWORD.sub("…@", text)
    text = _MAILBOX.sub("…", text)
    text = _KEY.sub(r"\1…\2\3", text)
    text = _ROW.sub(r"\1…\2", text)
    text = _STATEMENT.sub(r"\1…", text)
    text = _UNREADABLE.sub(r'\1"…"', text)
    return _IPV6.sub(_of_a_machine, _IPV4.sub(_of_a_machine, text))


def _of_a_machine(found: re.Match[str]) -> str:
    """Three dots for an address that leads to somebody; this machine, and what is no address, stay as they are."""
    for end in ("", ":"):  # a sentence goes on after a colon, which may stand in an address too
        try:
            address: IPv4Address | IPv6Address = ip_address(found[0].removesuffix(end))
        except ValueError:
            continue
        return found[0] if address.is_loopback or address.is_unspecified else f"…{end}"
    return found[0]


def without_details(text: str, error: BaseException | None) -> str:
    """The text without what PostgreSQL quoted in an error, or in one that led to it.

    The patterns above find that too, but not where a value itself holds line breaks and brackets.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        said = getattr(error, "diag", None)
        for quoting in (getattr(said, "message_detail", None), getattr(said, "context", None)):
            text = text.replace(quoting, "…") if quoting else text
        if primary := getattr(said, "message_primary", None):
            text = text.replace(primary, _QUOTED.sub(r'\1"…"', primary))
        error = error.__cause__ or error.__context__
    return text
