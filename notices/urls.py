"""Addresses at which people choose what they are told."""

from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("mails/<str:token>/", views.choose, name="choose"),
]
