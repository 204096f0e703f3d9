"""Tables of people and plans, cut by topic."""

from members.models.membership import Membership
from members.models.operator import Operator
from members.models.plan import Plan
from members.models.user import User

__all__ = ["Membership", "Operator", "Plan", "User"]
