"""Tables of people and plans, cut by topic."""

from members.models.agreed import AgreedPlan, Pause
from members.models.companion import Companion
from members.models.membership import Membership
from members.models.operator import Operator
from members.models.plan import Plan
from members.models.question import Question
from members.models.user import User
from members.models.waiting import BoothWait

__all__ = ["AgreedPlan", "BoothWait", "Companion", "Membership", "Operator", "Pause", "Plan", "Question", "User"]
