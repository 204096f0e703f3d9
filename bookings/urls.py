from django.urls import path

from bookings.views import book, door, find, mine, places, still_coming

app_name = "bookings"

urlpatterns = [
    path("", places.home, name="home"),
    path("spaces/", places.spaces, name="spaces"),
    path("spaces/<slug:slug>/", places.space, name="space"),
    path("spaces/<slug:slug>/booking/", book.book, name="book"),
    path("find/", find.find, name="find"),
    path("bookings/", mine.mine, name="mine"),
    path("bookings/<slug:reference>/", mine.booking, name="booking"),
    path("bookings/<slug:reference>/calendar.ics", mine.calendar, name="booking_calendar"),
    path("bookings/<slug:reference>/cancellation/", mine.cancellation, name="booking_cancellation"),
    path("bookings/<slug:reference>/move/", mine.move, name="booking_move"),
    path("coming/<str:token>/", still_coming.coming, name="coming"),
    path("not-coming/<str:token>/", still_coming.not_coming, name="not_coming"),
    path("door/", door.door, name="door"),
    path("door/<slug:reference>/", door.door_booking, name="door_booking"),
    path("door/<slug:reference>/<slug:act>/", door.door_act, name="door_act"),
]
