from django.urls import path

from members import views

urlpatterns = [path("language/", views.language, name="set_language")]
