"""What bin/test looks at besides the tests: all of it, also when some of it fails."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import steps
from .children import Pause
from .progress import say

IMPORTS = "from importlinter.cli import lint_imports_command as command; command()"
# As on a server that is open to the public; the key only has to look like one.
PRODUCTION = {
    "SITE_URL": "https://coworking.example.jp",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
}


@dataclass(frozen=True)
class Stage:
    """A program of .venv that looks at the whole tree, and is content or not."""

    label: str
    argv: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)


def stages(root: Path) -> list[Stage]:
    """In the order of how soon they tell: seconds first."""
    templates = sorted(str(path.relative_to(root)) for path in root.joinpath("templates").rglob("*.html"))
    manage = ["python", "manage.py"]
    return [
        Stage("ruff check", ["ruff", "check", "."]),
        Stage("ruff format", ["ruff", "format", "--check", "."]),
        Stage("djade", ["djade", "--check", *templates]),
        Stage("import contract", ["python", "-c", IMPORTS]),
        Stage("mypy", ["python", "-m", "mypy"]),
        Stage("migrations are complete", [*manage, "makemigrations", "--check", "--dry-run"]),
        Stage("settings are safe", [*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ]


def content(stage: Stage, venv: Path, env: dict[str, str], pause: Pause) -> bool:
    """Run a stage; its output is shown only when it is not content."""
    program, *rest = stage.argv
    try:
        steps.run(stage.label, [venv / "bin" / program, *rest], pause=pause, env=env | stage.env)
    except steps.Failed as failed:
        say(failed.output.rstrip() + "\n")
        return False
    return True
