"""Addresses of the Coworking VISA: the passport, what hosts are asked, and the desk that looks at one."""

from django.urls import path

from bookings.views.visas import about, desk, offline, passport, requests

app_name = "visas"

urlpatterns = [
    path("passport/", passport.passport, name="passport"),
    path("passport/<int:pk>/code/", passport.passport_code, name="passport_code"),
    path("passport/worker.js", offline.service_worker, name="service_worker"),
    path("door/visa/", desk.desk, name="desk"),
    path("door/visa/c/<str:code>/", desk.scanned, name="scanned"),
    path("door/visa/<int:pk>/", desk.showing, name="showing"),
    path("door/visa/<int:pk>/admit/", desk.admit, name="admit"),
    path("door/visa/<int:pk>/turn-away/", desk.turn_away, name="turn_away"),
    path("visa/", about.about, name="about"),
    path("visa/<slug:slug>/ask/", requests.ask, name="ask"),
    path("visa/requests/<int:pk>/withdraw/", requests.withdraw, name="withdraw"),
]
