"""The digest of the day: one mail in the morning to everybody who runs a space, and the links in it."""
