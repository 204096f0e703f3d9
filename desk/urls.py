"""Addresses of what needs everything."""

from django.urls import URLPattern, path

from desk import views

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
]
