"""Trial tickets in the admin: campaigns and who takes part, tickets and how they are printed, wrong codes."""
