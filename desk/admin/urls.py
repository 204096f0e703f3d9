"""Addresses of the desk's pages in the operators' admin."""

from django.contrib import admin
from django.urls import path

from desk.admin.health import health_view

urlpatterns = [path("health/", admin.site.admin_view(health_view), name="desk_health")]
