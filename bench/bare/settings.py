"""As little as Django starts with."""

import os

import environ

DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["localhost"]
INSTALLED_APPS = ["bench.bare"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.bare.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {"default": environ.Env().db_url("DATABASE_URL") | {"CONN_MAX_AGE": None}}
TIME_ZONE = "Asia/Tokyo"
USE_I18N = False
USE_TZ = True
