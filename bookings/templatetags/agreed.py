"""What is agreed, in few words."""

from django import template

from members.models import AgreedPlan, BoothWait

register = template.Library()


@register.filter
def plan_and_booth(agreed: AgreedPlan | BoothWait) -> str:
    """The plan, and the booth that is let or offered, unless its name says the plan already."""
    plan, booth = agreed.plan.name, agreed.booth.name if agreed.booth else ""
    if booth.startswith(plan):
        return booth
    return f"{plan} · {booth}" if booth else plan
