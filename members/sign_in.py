"""Signing in: who a session belongs to, what they may do, and the mails that go with accounts."""

import smtplib
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.sites.requests import RequestSite
from django.core.exceptions import ValidationError
from django.core.mail.message import sanitize_address
from django.core.validators import EmailValidator, MaxLengthValidator
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from members.models import User
from members.roles import permissions


class SignInBackend(AuthenticationBackend):
    """Loads the signed-in person with their roles in one query, and derives permissions from the roles."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.with_roles(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        return permissions(set(user_obj.roles.values()))

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj))


class AccountAdapter(DefaultAccountAdapter):
    """Account mails go out at once, not by the outbox: they hold codes, which are not to be kept in a table."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = RequestSite(self.request)
        site.name = _("Coworking Hokkaido")
        try:
            super().send_mail(template_prefix, email, {"current_site": site, **context})
        except (OSError, smtplib.SMTPException) as error:
            raise ImmediateHttpResponse(render(self.request, "account/mail_failed.html", status=503)) from error

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.language = get_language() or user.language
        for name in ("family_name", "given_name", "family_reading", "given_reading"):
            setattr(user, name, form.cleaned_data.get(name, ""))
        return super().save_user(request, user, form, commit)

    def clean_email(self, email: str) -> str:
        """The address in small letters; one that no mail could be sent to is refused."""
        address: str = super().clean_email(email).lower()
        try:
            sanitize_address(address, settings.DEFAULT_CHARSET)
        except ValueError as error:
            raise ValidationError(EmailValidator.message, code="invalid") from error
        MaxLengthValidator(User._meta.get_field("email").max_length or 0)(address)
        return address


class SignInMiddleware(LoginRequiredMiddleware):
    """Leads to sign-in; what htmx has asked for too, where a plain redirect would put the form inside the page."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        answer = super().handle_no_permission(request, view_func)
        if "HX-Request" in request.headers:
            answer.status_code = 200
            answer.headers["HX-Redirect"] = answer.url
            del answer.headers["Location"]
        return answer


def display_name(user: User) -> str:
    """How a page greets a person."""
    return user.display_name
