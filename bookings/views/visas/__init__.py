"""Pages of the Coworking VISA: the passport, asking a host, the desk, and what all hosts give."""
