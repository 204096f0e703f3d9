"""Tables of what spaces give each other's people, cut by topic."""

from visas.models.campaign import Campaign, Participation
from visas.models.ticket import Ticket
from visas.models.wrong_code import WrongCodes

__all__ = ["Campaign", "Participation", "Ticket", "WrongCodes"]
