"""Addresses of events: finding them, signing up, one's own sign-ups, the day itself, and feeds."""

from django.urls import path

from events.views import (
    coming,
    confirming,
    door,
    event,
    feeds,
    finding,
    host,
    jelly_week,
    month,
    my_events,
    now,
    own_calendar,
    pictures,
    sign_up,
    wall,
)

app_name = "events"

urlpatterns = [
    path("events/", finding.event_list, name="list"),
    path("events/month/", month.month, name="month"),
    path("events/jelly-week/", jelly_week.jelly_week, name="jelly_week"),
    path("events/jelly-week/<int:year>/", jelly_week.jelly_week, name="jelly_week"),
    path("events/calendar.ics", feeds.everything, name="feed"),
    path("spaces/<slug:slug>/events.ics", feeds.of_space, name="space_feed"),
    path("calendar/<str:token>.ics", feeds.own, name="own_feed"),
    path("calendar/", own_calendar.own_calendar_page, name="own_feed_page"),
    path("events/pictures/<slug:digest>/", pictures.picture, name="picture"),
    path("events/pictures/<slug:digest>/card/", pictures.card, name="card"),
    path("events/<slug:reference>/", event.event, name="event"),
    path("events/<slug:reference>/event.ics", event.calendar, name="event_calendar"),
    path("events/<slug:reference>/venues/<int:pk>/sign-up/", coming.sign_up, name="sign_up"),
    path("events/<slug:reference>/now/", now.now, name="now"),
    path("events/<slug:reference>/wall/", wall.wall, name="wall"),
    path("events/<slug:reference>/wall/<int:pk>/hiding/", wall.hide, name="hide"),
    path("events/<slug:reference>/host/", host.host, name="host"),
    path("events/<slug:reference>/host/cancelling/", host.host_cancel, name="host_cancel"),
    path("events/<slug:reference>/host/thanks/", host.host_thanks, name="host_thanks"),
    path("events/<slug:reference>/door/", door.door, name="door"),
    path("events/<slug:reference>/door/counts/", door.counts, name="door_counts"),
    path("events/<slug:reference>/door/walk-ins/", door.walk_in, name="walk_in"),
    path("events/<slug:reference>/door/<slug:rsvp_reference>/", door.at_door, name="at_door"),
    path("events/<slug:reference>/door/<slug:rsvp_reference>/<slug:act>/", door.door_act, name="door_act"),
    path("sign-ups/<str:token>/", sign_up.mine, name="mine"),
    path("sign-ups/<str:token>/confirmation/", confirming.confirm, name="confirm"),
    path("sign-ups/<str:token>/move/", sign_up.move, name="move"),
    path("sign-ups/<str:token>/people/", sign_up.people, name="people"),
    path("sign-ups/<str:token>/leaving/", sign_up.leave, name="leave"),
    path("sign-ups/<str:token>/calendar.ics", sign_up.calendar, name="calendar"),
    path("sign-ups/<str:token>/now/", now.now_by_link, name="now_by_link"),
    path("sign-ups/<str:token>/wall/", wall.wall_by_link, name="wall_by_link"),
    path("my/events/", my_events.my_events, name="my_events"),
]
