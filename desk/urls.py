"""Addresses of what needs everything."""

from django.urls import URLPattern, path

from desk import views
from desk.digest.views import once

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("desk/once/<str:token>/", once, name="once"),
]
