"""What a way of reaching people has to do. docs/notices.md shows how one is added."""

from abc import ABC, abstractmethod

from notices.framing import Mail


class Refused(Exception):  # noqa: N818 - it names an answer
    """This mail was not taken, or not for this person; others may be. It is tried again later."""


class Unreachable(Exception):  # noqa: N818 - it names a state
    """Nothing can be sent this way at the moment; the round ends, and everything is tried again later."""


class Channel(ABC):
    """One way, such as mail. It keeps what is open while a round lasts, since opening takes longer than sending."""

    name: str

    @abstractmethod
    def reaches(self, address: str) -> bool:
        """Whether whoever has this address of mail, by which the house knows people, is reached this way."""

    @abstractmethod
    def send(self, mail: Mail) -> None:
        """Hand on a mail; when it returns, whoever takes it has said that they have it.

        Raises Refused or Unreachable; anything else means that this mail can never be sent as it is.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of what is open; called at the end of a round, and after an error."""
