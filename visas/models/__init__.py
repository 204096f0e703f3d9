"""Tables of what spaces give each other's people, cut by topic."""

from visas.models.campaign import Campaign, Participation
from visas.models.showing import Showing
from visas.models.terms import DEFAULT_DAYS, Terms, default_terms
from visas.models.ticket import Ticket
from visas.models.visa import Visa
from visas.models.wrong_code import WrongCodes

__all__ = [
    "DEFAULT_DAYS",
    "Campaign",
    "Participation",
    "Showing",
    "Terms",
    "Ticket",
    "Visa",
    "WrongCodes",
    "default_terms",
]
