"""Two pages and two tasks, which log and fail as none of ours should."""

import logging

from celery import shared_task
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

logger = logging.getLogger("tests.desk")


@shared_task
def mutter(words):
    logger.warning("The task says %s", words)


@shared_task
def stumble(email):
    """Fail as PostgreSQL does that refuses a second person with one address."""
    from members.models import User

    logger.warning("Just before, for %s", email)
    User.objects.create(email=email)
    User.objects.create(email=email)


@csrf_exempt
@login_not_required
def told(request):
    logger.warning("The page says %s", request.POST["words"])
    mutter.delay(request.POST["words"])
    return HttpResponse("told")


@csrf_exempt
@login_not_required
def stumbling(request):
    stumble(request.POST["email"])


def sorry(request):
    return HttpResponse("sorry", status=500)
