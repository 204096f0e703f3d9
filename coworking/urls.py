"""Addresses of the house: each app's own, the accounts, the admin."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from coworking.health import healthz

urlpatterns = [
    path("", include("members.urls")),  # before allauth's, as its sign-up is ours
    path("accounts/", include("events.account_urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("", include("notices.urls")),
    path("money/", include("billing.urls")),
    path("", include("bookings.plan_urls")),
    path("", include("bookings.ticket_urls")),
    path("", include("bookings.visa_urls")),
    path("", include("events.urls")),
    path("", include("desk.urls")),
    path("", include("bookings.urls")),
]
if settings.MAILBOX_DIR:
    urlpatterns.append(path("mailbox/", include("coworking.local.mailbox")))
