from django.urls import path

from members import views

urlpatterns = [
    path("accounts/signup/", views.sign_up, name="account_signup"),
    path("language/", views.language, name="set_language"),
]
