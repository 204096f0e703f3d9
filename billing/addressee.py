"""To whom a payer's papers are addressed, until somebody says otherwise."""

from typing import Protocol


class Payer(Protocol):
    """What is asked of the account of who pays; whose account it is, billing does not know."""

    email: str

    def get_full_name(self) -> str: ...


def usual_addressee(payer: Payer) -> str:
    """The payer's own name; of who has told none, the e-mail address."""
    return payer.get_full_name() or payer.email
