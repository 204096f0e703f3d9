from django.urls import path

from bookings.views.tickets import changing, opened, visits

app_name = "tickets"

urlpatterns = [
    path("ticket/", opened.code, name="code"),
    path("ticket/<str:code>/", opened.ticket, name="ticket"),
    path("ticket/<str:code>/link/", opened.link, name="link"),
    path("visit/<str:token>/", visits.visits, name="visits"),
    path("visit/<str:token>/next/", changing.another, name="another"),
    path("visit/<str:token>/<slug:reference>/move/", changing.move, name="move"),
    path("visit/<str:token>/<slug:reference>/cancellation/", visits.cancellation, name="cancellation"),
    path("visit/<str:token>/<slug:reference>/calendar.ics", visits.calendar, name="calendar"),
]
