"""The process `live`: what happens on a day is told at once to whoever looks at the event's page (server-sent events)."""
