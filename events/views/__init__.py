"""Pages of events, cut by what they are about."""
