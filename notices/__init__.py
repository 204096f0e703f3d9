"""What is to be sent: an outbox and its delivery. Knows no other app."""
