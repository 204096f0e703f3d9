"""What the head of an event's page says to machines."""

import json
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from events.models import Event, Venue
from events.schema_org import Head, head_of

register = template.Library()

# As in Django's json_script, whose type can't be chosen: nothing in it ends the element that it stands in.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def event_head(event: Event) -> Head:
    """The head of an event, which everybody may see: one query."""
    return head_of(event, list(Venue.objects.standing().filter(event=event).select_related("space")))


@register.filter
def as_json(value: dict[str, Any]) -> SafeString:
    """A value as JSON, safe in an element of its own that is no script."""
    return mark_safe(json.dumps(value, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308 - it has been escaped
