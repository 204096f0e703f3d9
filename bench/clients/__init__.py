"""Clients that ask as fast as they are answered. They know nothing of Django, and run in a process of their own."""
