"""Sessions in the database, as Django keeps them, read by a statement that is written once.

Every page of a signed-in person reads one, and Django takes longer to put the statement together than PostgreSQL to
answer it.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

_LIVE = "SELECT session_key, session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        found = next(iter(self.model.objects.raw(_LIVE, [self.session_key, timezone.now()])), None)
        if found is None:
            self._session_key = None
        return found
