"""Addresses of events: finding them, signing up, one's own sign-ups, the day itself, and feeds."""

from django.urls import path

from events.views import coming, confirming, event, my_events, pictures, sign_up

app_name = "events"

urlpatterns = [
    path("events/pictures/<slug:digest>/", pictures.picture, name="picture"),
    path("events/pictures/<slug:digest>/card/", pictures.card, name="card"),
    path("events/<slug:reference>/", event.event, name="event"),
    path("events/<slug:reference>/event.ics", event.calendar, name="event_calendar"),
    path("events/<slug:reference>/venues/<int:pk>/sign-up/", coming.sign_up, name="sign_up"),
    path("sign-ups/<str:token>/", sign_up.mine, name="mine"),
    path("sign-ups/<str:token>/confirmation/", confirming.confirm, name="confirm"),
    path("sign-ups/<str:token>/move/", sign_up.move, name="move"),
    path("sign-ups/<str:token>/people/", sign_up.people, name="people"),
    path("sign-ups/<str:token>/leaving/", sign_up.leave, name="leave"),
    path("sign-ups/<str:token>/calendar.ics", sign_up.calendar, name="calendar"),
    path("my/events/", my_events.my_events, name="my_events"),
]
