"""A connection that was kept is asked whether it lives before each request (CONN_HEALTH_CHECKS).

Django asks by a query. A server that has gone has closed its end, which the socket itself tells without a round trip.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the connection still lives: nothing waits to be read on it, for between requests only an end can."""
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        if not poll.poll(0):
            return True
        # Something came: the end of the connection, or a message that the server sends unasked. The query tells.
        return super().is_usable()
