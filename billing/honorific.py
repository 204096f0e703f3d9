"""How a Japanese paper calls whom it is addressed to: 様 after a person, 御中 after a company."""

import re

_WRITTEN_ALREADY = re.compile(r"(様|御中|殿|先生|各位)$")
_COMPANY = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|[(（](株|有|同|資|名)[)）]|[㈱㈲]|法人|組合|協会|財団|商店街|大学|学校|病院|役所|役場"
    r"|\b(Inc|Ltd|LLC|Corp|Co|GmbH|K\.K)\b",
    re.IGNORECASE,
)


def honorific(addressee: str, language: str) -> str:
    """The word after the addressee's name; empty if the name brings its own (上様), and in English."""
    if language != "ja" or _WRITTEN_ALREADY.search(addressee.strip()):
        return ""
    return "御中" if _COMPANY.search(addressee) else "様"
