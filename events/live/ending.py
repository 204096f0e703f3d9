"""Ending what runs beside the streams, for good."""

import asyncio
from typing import Any

PATIENCE = 1.0


async def end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel tasks until each has ended: one that comes together with a timeout of a library may be swallowed by it."""
    while waiting := [task for task in tasks if not task.done()]:
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting, timeout=PATIENCE)
