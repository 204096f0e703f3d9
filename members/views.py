"""Pages of a person's own settings."""

from http import HTTPStatus

from allauth.account.views import signup as allauth_sign_up
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language


@login_not_required
@transaction.atomic
def sign_up(request: HttpRequest) -> HttpResponse:
    """allauth's sign-up; when the code can't be mailed, nobody has signed up."""
    answer = allauth_sign_up(request)
    if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        transaction.set_rollback(True)
    return answer


@require_POST
@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language of the pages and, for who is signed in, of the mails too."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    return set_language(request)
