"""The one transaction in which tables go and those of a backup come."""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from types import TracebackType

from django.core.management.base import CommandError

from desk import programs, tables
from desk.manifest import Manifest

# Everything of the house's, and nothing that an extension brought: whoever looks after the server may own those.
EMPTY = """
SET client_min_messages = warning;
BEGIN;
SET LOCAL lock_timeout = '10s';
DO $$
DECLARE
    command text;
    house constant oid = 'public'::regnamespace;
BEGIN
    FOR command IN
        SELECT format('DROP %s IF EXISTS public.%I CASCADE', CASE relkind WHEN 'v' THEN 'VIEW'
            WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relname)
        FROM pg_class c WHERE relnamespace = house AND relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        ) ORDER BY relkind <> 'r'
    LOOP
        EXECUTE command;
    END LOOP;
    FOR command IN
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure)
        FROM pg_proc p WHERE pronamespace = house AND prokind <> 'a' AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        )
    LOOP
        EXECUTE command;
    END LOOP;
    FOR command IN
        SELECT format('DROP TYPE IF EXISTS public.%I CASCADE', typname)
        FROM pg_type t WHERE typnamespace = house AND typtype IN ('d', 'e') AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
        )
    LOOP
        EXECUTE command;
    END LOOP;
END $$;
"""
# In the same transaction: a table that lacks a row, or is missing, undoes everything.
COMPARE = """
DO $$
DECLARE
    expected constant jsonb = %s;
    found jsonb = '{}';
    one text;
    counted bigint;
BEGIN
    FOR one IN %s LOOP
        EXECUTE pg_catalog.format('SELECT count(*) FROM public.%%I', one) INTO counted;
        found = found || pg_catalog.jsonb_build_object(one, counted);
    END LOOP;
    IF found <> expected THEN
        RAISE EXCEPTION 'the rows do not add up: expected %%, found %%', expected, found;
    END IF;
END $$;
COMMIT;
"""
# Programs of PostgreSQL 17 and newer begin with a setting that older servers refuse.
FIRST_TO_KNOW = 17
UNDONE = 3  # psql's exit code when the server refused something; with any other nobody has heard its answer
WITHOUT = ["sed", "1,40{/^SET transaction_timeout = 0;$/d;}"]


class Replacement:
    """A psql that is told to empty the tables, gets the backup by way of pg_restore, and last the word to commit.

    When anything of this ends early, by whatever hand, no COMMIT was said, and the server undoes it all.
    """

    def __init__(self, manifest: Manifest) -> None:
        # pg_restore reads dumps of its own release and older ones.
        newest = max(tables.server_major(), manifest.postgresql)
        self._pg_restore, psql = programs.find("pg_restore", "psql", at_least=newest)
        self._psql = [psql, "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", programs.database()]
        self._rows = manifest.rows
        self._open = ExitStack()

    def __enter__(self) -> "Replacement":
        self._complaints = self._open.enter_context(tempfile.TemporaryFile())
        self._session = self._open.enter_context(self._start(self._psql, subprocess.DEVNULL))
        return self

    def load(self, dump: Iterator[bytes]) -> None:
        assert self._session.stdin  # noqa: S101 - _start asks for it
        self._tell(EMPTY)
        command = [self._pg_restore, "--file=-", "--no-owner", "--no-privileges", "--no-comments"]
        with ExitStack() as running:
            output = self._session.stdin
            if tables.server_major() < FIRST_TO_KNOW:
                filtered = running.enter_context(self._start(WITHOUT, output.fileno()))
                assert filtered.stdin  # noqa: S101 - the same
                output = filtered.stdin
            reader = running.enter_context(self._start(command, output.fileno()))
            if output is not self._session.stdin:
                output.close()
            self._pour(dump, reader)
            if reader.wait():
                raise self._failed()

    def _pour(self, dump: Iterator[bytes], reader: "subprocess.Popen[bytes]") -> None:
        assert reader.stdin  # noqa: S101 - _start asks for it
        try:
            for piece in dump:
                reader.stdin.write(piece)
            reader.stdin.close()
        except BrokenPipeError as error:
            reader.kill()
            raise self._failed() from error
        except BaseException:
            reader.kill()
            raise

    def commit(self) -> None:
        assert self._session.stdin  # noqa: S101 - the same
        expected = json.dumps(self._rows).replace("'", "''")
        self._tell(COMPARE % (f"'{expected}'", tables.OURS))
        self._session.stdin.close()
        code = self._session.wait()
        if code == UNDONE:
            raise self._failed()
        if code:
            reason = programs.last_words(self._complaints)
            raise CommandError(
                "The connection broke while the database committed, so that it may be restored or as it was, and the "
                f"media files are as they were. Restore once more: {reason}"
            )

    def _tell(self, sql: str) -> None:
        assert self._session.stdin  # noqa: S101 - the same
        try:
            self._session.stdin.write(sql.encode())
            self._session.stdin.flush()
        except BrokenPipeError as error:
            raise self._failed() from error

    def _start(self, command: Sequence[object], output: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=self._complaints,
            env=programs.environment(),
            start_new_session=True,  # Ctrl-C is ours to hear
        )

    def _failed(self) -> CommandError:
        self._session.kill()
        self._session.wait()
        reason = programs.last_words(self._complaints)
        return CommandError(f"The database could not be restored, and is as it was: {reason}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session.poll() is None:
            self._session.kill()
        self._open.close()
