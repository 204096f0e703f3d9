"""What bin/run and bin/test do on one's own machine.

All but `prepare` and `mailbox` run before .venv exists, so they know only the standard library. For the same
reason the package is started as `local`, apart from `coworking`, whose own __init__ imports Celery.
"""
