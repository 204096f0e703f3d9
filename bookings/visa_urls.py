"""Addresses of the Coworking VISA: the passport, what hosts are asked, and the desk that looks at one."""

from django.urls import URLPattern

app_name = "visas"

urlpatterns: list[URLPattern] = []
