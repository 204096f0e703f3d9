from typing import Any

from django.core.management.base import BaseCommand

from members.founding import load_spaces


class Command(BaseCommand):
    help = "Load the four founding spaces. Those that are there already are left as their operators have them."

    def handle(self, *args: Any, **options: Any) -> None:
        made = load_spaces()
        self.stdout.write(f"Spaces loaded: {len(made)} new.")
