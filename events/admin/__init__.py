"""The operators' admin of events: the organiser's, and what each venue's space sees and changes of them."""

from events.admin import events, rsvps, series, venues, wall_lines

__all__ = ["events", "rsvps", "series", "venues", "wall_lines"]
