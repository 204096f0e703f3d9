"""Filling a database of the benchmark's own with spaces, people and any number of believable bookings."""
