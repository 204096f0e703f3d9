"""People and what ties them to spaces: users, operators, plans, memberships."""
