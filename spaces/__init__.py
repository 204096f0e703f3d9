"""The houses: what they are, when they are open, and what in them can be booked."""
