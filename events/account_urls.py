"""Addresses of a person's own data, below those of their account."""

from django.urls import path

from events.views import account

app_name = "own_account"

urlpatterns = [
    path("data/", account.data, name="data"),
    path("data/my-data.json", account.data_file, name="data_file"),
    path("delete/", account.delete, name="delete"),
]
