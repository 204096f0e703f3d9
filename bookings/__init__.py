"""Availability, quote, booking, cancelling, checking in; and the pages that show seats."""
