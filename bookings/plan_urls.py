from django.urls import path

from bookings.views.plans import changing, companions, ending, join, mine, pausing, waiting

app_name = "plans"

urlpatterns = [
    path("spaces/<slug:slug>/join/", join.how_to_join, name="join"),
    path("spaces/<slug:slug>/join/<int:plan>/", join.apply, name="apply"),
    path("plans/", mine.mine, name="mine"),
    path("plans/<int:pk>/withdraw/", mine.withdraw, name="withdraw"),
    path("plans/<int:pk>/end/", ending.end, name="end"),
    path("plans/<int:pk>/stay/", ending.stay, name="stay"),
    path("plans/<int:pk>/pause/", pausing.pause, name="pause"),
    path("plans/<int:pk>/resume/", pausing.resume, name="resume"),
    path("plans/<int:pk>/change/", changing.change, name="change"),
    path("plans/<int:pk>/keep-plan/", changing.keep_plan, name="keep_plan"),
    path("plans/<int:pk>/companions/", companions.invite, name="invite"),
    path("plans/companions/<int:pk>/accept/", companions.accept, name="accept"),
    path("plans/companions/<int:pk>/leave/", companions.leave, name="leave_booth"),
    path("plans/waiting/<int:plan>/", waiting.wait, name="wait"),
    path("plans/waiting/<int:pk>/leave/", waiting.leave, name="leave_line"),
]
