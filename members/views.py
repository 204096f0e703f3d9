"""Pages of a person's own settings."""

from http import HTTPStatus

from allauth.account.views import signup as allauth_sign_up
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from members.requests import SignedInRequest
from notices.choices import choices_of, topics_for
from notices.choosing import choose


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


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mails(request: SignedInRequest) -> HttpResponse:
    """What a person is told by mail, each kind on or off."""
    address = request.user.email
    choices = choices_of(address, topics_for(runs_a_space=request.user.is_operator))
    if request.method == "POST":
        # Kinds that the form did not show, as it was opened before there were any, stay as they are.
        among = set(request.POST.getlist("among")) & set(choices.names)
        choose(address, request.POST.getlist("wanted"), among=among, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect(request.path)
    return render(request, "account/mails.html", {"choices": choices})
