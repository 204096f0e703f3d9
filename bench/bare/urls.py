from django.urls import path

from bench.bare import views

urlpatterns = [
    path("", views.hello),
    path("day/", views.day),
    path("hold/", views.hold),
]
