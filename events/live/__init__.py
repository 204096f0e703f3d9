"""The process `live`: what happens at an event is told at once to whoever looks at its page (server-sent events)."""
