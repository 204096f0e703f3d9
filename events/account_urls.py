"""Addresses of a person's own data and choices, below those of their account."""

from django.urls import path

from events.views import account
from members.views import mails

app_name = "own_account"

urlpatterns = [
    path("data/", account.data, name="data"),
    path("data/my-data.json", account.data_file, name="data_file"),
    path("mails/", mails, name="mails"),
    path("delete/", account.delete, name="delete"),
]
