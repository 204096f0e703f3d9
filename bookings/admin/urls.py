"""Addresses in the operators' admin that are no model's; those of a model's pages stand in its admin."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
