"""Pages of trial tickets, for people without an account: typing a code, choosing a visit, and the visits themselves."""
