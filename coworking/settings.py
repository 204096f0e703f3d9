"""Settings of the house, read from the environment; every name is listed in docs/settings.md.

Nothing that a space's people might want to tune is here: that is a field on a row, edited in the admin.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def required(name: str, how: str) -> str:
    """The value of an environment variable that the house can't do without."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {how}")
    return value


def address(read: Callable[..., Any], name: str, **options: str) -> Any:
    """What an address says that holds a password. Why it can't be read is not told, since that quotes it."""
    try:
        return read(name, **options)
    except ValueError:
        hint = "In its password, write # as %23, / as %2F, ? as %3F and @ as %40."
        raise ImproperlyConfigured(f"{name} can't be read. {hint}") from None


# Where we are, and how people reach us

VERSION = "0.1.0"  # as pyproject.toml says, which the image does not hold
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = required(
    "SECRET_KEY",
    "Give the server a long random text of its own and keep it secret; bin/run makes one by itself.",
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Kept when SECRET_KEY is changed: without it "once" would be forgotten of people who have deleted their account.
PERSON_KEY = env.str("PERSON_KEY", default=SECRET_KEY)
SITE_URL = required("SITE_URL", "It is the address people type, for example https://coworking.example.jp.")
SITE_URL = SITE_URL.rstrip("/")
_site = urlsplit(SITE_URL)
if _site.scheme not in ("http", "https") or not _site.hostname:
    raise ImproperlyConfigured(f"SITE_URL must begin with http:// or https://, not {SITE_URL!r}.")
IS_HTTPS = _site.scheme == "https"
# Where browsers reach the process `live` (events/live); without it pages of events look for themselves.
LIVE_URL = env.str("LIVE_URL", default="").rstrip("/")
_live = urlsplit(LIVE_URL)
if LIVE_URL and (_live.scheme not in ("http", "https") or not _live.hostname):
    raise ImproperlyConfigured(f"LIVE_URL must begin with http:// or https://, not {LIVE_URL!r}.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_site.hostname])
CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]

# Parts

INSTALLED_APPS = [
    "modeltranslation",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "coworking.apps.OperatorsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "import_export",
    "simple_history",
    "template_partials",
    "notices",
    "spaces",
    "billing",
    "members",
    "visas",
    "bookings",
    "events",
    "desk",
]

MIDDLEWARE = [
    "coworking.request_ids.RequestIdMiddleware",
    "coworking.access.AccessMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.sign_in.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "coworking.urls"
WSGI_APPLICATION = "coworking.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS += ["django.forms"]

# Data: PostgreSQL holds everything that would be missed, Redis nothing that would

if not required("DATABASE_URL", "bin/run starts a PostgreSQL of its own.").startswith("postgres"):
    raise ImproperlyConfigured("DATABASE_URL must begin with postgres://; no other database guards the bookings.")
DATABASES = {"default": address(env.db_url, "DATABASE_URL")}
DATABASES["default"].update(
    ENGINE="coworking.postgresql",
    CONN_MAX_AGE=env.int("DATABASE_CONNECTION_SECONDS", default=600),
    CONN_HEALTH_CHECKS=True,
    # A server that the network has lost is noticed within half a minute, by who waits for it too (libpq's words).
    OPTIONS={
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 25_000,
        **DATABASES["default"].get("OPTIONS", {}),
    },
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL", "bin/run starts a Redis of its own.")
CACHES = {
    "default": {
        "BACKEND": "coworking.cache.FailingOpenCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "coworking",
        "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 0.5},
    }
}
SESSION_ENGINE = "members.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
# In a cookie; what does not fit, such as why many rows were skipped, in the session.
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

# Celery: beat wakes tasks, tasks read what is due from PostgreSQL

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "Asia/Tokyo"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Seconds between two wakings. Beat counts from its own start, which it may have each night: an hour at most.
_WOKEN = {
    "notices.tasks.deliver_due": 5,
    "notices.tasks.forget_copies": 3600,
    "desk.tasks.forget_used_links": 3600,
    "desk.tasks.write_digests": 60,
    "members.tasks.settle_due": 3600,
    "members.tasks.bill_begun": 3600,
    "billing.tasks.remind": 3600,
    "members.tasks.lapse_offers": 300,
    "bookings.tasks.close_forgotten_check_outs": 300,
    "bookings.tasks.forget_visitors": 3600,
    "members.tasks.tell_of_renewals": 3600,
    "bookings.tasks.tell_of_visa_ends": 3600,
    "bookings.tasks.tell_of_ticket_expiry": 3600,
    "bookings.tasks.write_after_trials": 3600,
    "bookings.tasks.ask_to_confirm_terms": 3600,
    "events.tasks.extend_series": 3600,
    "events.tasks.forget_visitors": 3600,
    "events.tasks.forget_pictures": 3600,
    "visas.tasks.forget_wrong_codes": 3600,
    "visas.tasks.forget_looks": 3600,
}
CELERY_BEAT_SCHEDULE = {
    # A beat that finds the last round still waiting in the queue lets its own lapse.
    task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for task, seconds in _WOKEN.items()
}

# People

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["members.sign_in.SignInBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "bookings:mine"
ACCOUNT_ADAPTER = "members.sign_in.AccountAdapter"
ACCOUNT_FORMS = {"signup": "members.forms.SignupForm", "request_login_code": "members.forms.LoginCodeForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "members.sign_in.display_name"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_REDIRECT_URL = "bookings:home"
# Beside allauth's own, which stay: numbers of visas that one operator types (bookings/views/visas/desk.py).
# A sign-up to an event without an account sends mail: many may come from one network, few to one address.
ACCOUNT_RATE_LIMITS = {"visa_number": "30/5m/user", "event_sign_up": "60/h/ip,6/h/key"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True

# Language and time; each space has a time zone of its own, and pages about it use that one

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
MODELTRANSLATION_DEFAULT_LANGUAGE = "ja"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("ja", "en")
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

# Mail

vars().update(address(env.email_url, "EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default=f"no-reply@{_site.hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# A folder for mails instead of a mail server: bin/run sets it on a database of its own, and shows it at /mailbox.
MAILBOX_DIR = env.str("MAILBOX_DIR", default="")
if MAILBOX_DIR:
    EMAIL_BACKEND = "coworking.local.mailbox.MailboxBackend"

# Files

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Nothing of ours writes there yet, as pictures stand in the database; `manage.py backup` takes along what is there.
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "coworking.stylesheet.InliningStorage"},
}

# Safety

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *([f"{_live.scheme}://{_live.netloc}"] if LIVE_URL else [])],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Watching

LOG_FORMAT = env.str("LOG_FORMAT", default="lines")
if LOG_FORMAT not in ("lines", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT must be lines or json, not {LOG_FORMAT!r}.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "coworking.logs.Line"}, "json": {"()": "coworking.logs.Json"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # A line for each request, also where little else is told.
        "coworking.access": {"level": "INFO"},
        "django": {"handlers": []},
    },
}
# Whoever knows it may read /metrics; without it there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Where processes of the web server add up what they count: coworking/request_figures.py.
METRICS_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", default="")
SENTRY_DSN = env.str("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="production")
if SENTRY_DSN:
    import_module("coworking.sentry").begin(SENTRY_DSN, environment=SENTRY_ENVIRONMENT, version=VERSION)

# The operators' admin

IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
UNFOLD = {
    "SITE_TITLE": _("Coworking Hokkaido"),
    "SITE_HEADER": _("Coworking Hokkaido"),
    "SITE_SYMBOL": "storefront",
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("img/favicon.svg")}],
    "SHOW_HISTORY": True,
    "SHOW_LANGUAGES": True,
    "SHOW_VIEW_ON_SITE": True,
    "STYLES": [lambda _request: static("operators/pages.css")],
    "BORDER_RADIUS": "6px",
    "COLORS": {
        # Ink, as on the pages: the shades of --ink in static/css/tokens.css.
        "primary": {
            "50": "#f3f5fa", "100": "#e3e7f1", "200": "#c7cfe2", "300": "#a0adcb", "400": "#7485ae",
            "500": "#526595", "600": "#3c4e7c", "700": "#2f3f68", "800": "#26365c", "900": "#1b2338",
            "950": "#121829",
        },
    },
    "SIDEBAR": {"show_search": True, "show_all_applications": False, "navigation": "coworking.operators_menu.menu"},
}  # fmt: skip
