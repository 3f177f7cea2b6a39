"""Django's settings: one file for every place it runs; what differs comes from :mod:`campaignhub.env`."""

import secrets
from typing import Any

import dj_database_url
from botocore.config import Config
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import lazy
from kombu import Queue

from campaignhub.env import ROOT, VAR, env
from campaignhub.postgresql.limits import options_of

_env = env()

DEBUG = _env.debug
if _env.production and not _env.secret_key:
    raise ImproperlyConfigured("SECRET_KEY is not set. Set it to 50 or more random characters.")
SECRET_KEY = _env.secret_key or secrets.token_urlsafe(50)
ALLOWED_HOSTS = _env.hosts
CSRF_TRUSTED_ORIGINS = _env.trusted_origins

INSTALLED_APPS = [
    # Unfold without a site of its own: ours has the palette and the navigation by task.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "campaignhub.staff_site.apps.StaffSiteConfig",
    "campaignhub.staff_site.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_celery_results",
    "anymail",
    "storages",
    "campaignhub",
    "campaignhub.clock",
    "campaigns.accounts",
    "campaigns.jobs",
    "campaigns.access",
    "campaigns.setup",
    "campaigns.prizes",
    "campaigns.hosting",
    "campaigns.publishing",
    "campaigns.workbench",
    "submissions.mirror",
    "submissions.mail",
    "submissions.receipts",
    "submissions.awards",
    "submissions.review",
    "submissions.intake",
    "submissions.operations",
]

MIDDLEWARE = [
    "campaignhub.health.answer_probes",
    "campaigns.accounts.staff_scope.staff_scope",
    "campaignhub.content_policy.content_policy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "campaignhub.clean_input.storable_address",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "campaignhub.clean_input.clean_input",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
"""Widgets take their templates from our folders too."""

ROOT_URLCONF = "campaignhub.urls"
WSGI_APPLICATION = "campaignhub.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

_database: dict[str, Any] = dict(
    dj_database_url.parse(_env.database_url, conn_max_age=60, conn_health_checks=True)
)
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets the desk read while the mirror writes; IMMEDIATE takes the write lock
    # at once, so that two writers wait for each other instead of failing half way. With
    # recursive triggers, a REPLACE is refused where a removal is: in the log and the history.
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; "
        "PRAGMA recursive_triggers=ON;",
    }
else:
    # No statement, lock, forgotten transaction or silent server holds a process for ever.
    _database["ENGINE"] = "campaignhub.postgresql"
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        **options_of(_env.database_statement_seconds),
    }
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
STAFF_SITE = {
    "SCOPE": "campaigns.accounts.services.scope",
    "SIGN_IN": "campaigns.accounts.sign_in",
}
"""What the staff site asks about people: what they may see, and how they sign in."""
AUTHENTICATION_BACKENDS = ["campaigns.accounts.sign_in.SignInBackend"]
PASSWORD_HASHERS = [
    "campaignhub.passwords.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "campaigns.accounts.services.passwords.UnlikeThePerson"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "campaigns.accounts.services.passwords.HardToGuess"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "media/"

_bucket: dict[str, Any] = {
    "bucket_name": _env.bucket_name,
    "region_name": _env.aws_region,
    "endpoint_url": _env.aws_endpoint_url,
    "access_key": _env.aws_access_key_id,
    "secret_key": _env.aws_secret_access_key,
    # Whole, because the storage's own options apply only where none is given.
    "client_config": Config(
        connect_timeout=2,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 2},
        signature_version="s3v4",
        s3={"addressing_style": "virtual"},
    ),
    "default_acl": None,
    "querystring_auth": True,
    "querystring_expire": 300,
    "file_overwrite": False,
}
STORAGES = {
    # Logos and hero images. Both stores are private: whoever may see a file gets a link that expires.
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {**_bucket, "location": "media"},
    },
    "receipts": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _bucket},
    # Deployed, `collectstatic` gives every file a hashed name; here they come from where they lie.
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _env.production
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _env.production

EMAIL_BACKEND = "campaignhub.mail_backend.EmailBackend"
DEFAULT_FROM_EMAIL = _env.default_from_email
ANYMAIL = {
    **({"WEBHOOK_SECRET": _env.mail_webhook_secret} if _env.mail_webhook_secret else {}),
    **(
        {"AMAZON_SES_CONFIGURATION_SET_NAME": _env.mail_configuration_set}
        if _env.mail_configuration_set
        else {}
    ),
    # A topic of somebody else's must not subscribe us.
    "AMAZON_SES_AUTO_CONFIRM_SNS_SUBSCRIPTIONS": bool(_env.mail_webhook_secret),
    "AMAZON_SES_CLIENT_PARAMS": {
        "region_name": _env.aws_region,
        "endpoint_url": _env.aws_endpoint_url,
        "aws_access_key_id": _env.aws_access_key_id,
        "aws_secret_access_key": _env.aws_secret_access_key,
        # One try: the SDK's own would send a mail twice whose answer got lost.
        # Together far shorter than the lease of a mail (``submissions.mail.services.delivery``).
        "config": {
            "connect_timeout": 3,
            "read_timeout": 15,
            "retries": {"mode": "standard", "total_max_attempts": 1},
            "user_agent": "campaignhub",  # the SDK's own is put together anew for every mail
            "parameter_validation": False,
        },
    },
}

CELERY_BROKER_URL = _env.celery_broker_url
# One queue a worker: mail waits behind no job. Both hold tasks and nothing else: the submissions and
# mirror queues hold plain JSON, which a worker would delete.
CELERY_TASK_QUEUES = [Queue("mail"), Queue("jobs")]
CELERY_TASK_DEFAULT_QUEUE = "jobs"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if _env.celery_broker_url != "memory://":
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "region": _env.aws_region,
        "predefined_queues": {
            "mail": {"url": _env.mail_tasks_queue_url},
            "jobs": {"url": _env.jobs_queue_url},
        },
        "is_secure": not (_env.aws_endpoint_url or "").startswith("http://"),
        "wait_time_seconds": 4,
        # How long a worker with a full hand waits before it looks at its hand again: a second of idleness
        # after every task, while a queue is not empty. An empty one is asked by long polls all the same.
        "polling_interval": 0.1,
        # A sender waits for this, and retries nothing: the clock sends the next one, a job is found again.
        "client-config": {
            "connect_timeout": 2,
            "read_timeout": 6,
            "retries": {"mode": "standard", "total_max_attempts": 1},
        },
        # Longer than a task may take, or a slow one would run twice.
        "visibility_timeout": 600,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_RESULT_BACKEND = "django-db"
CELERY_RESULT_EXTENDED = False
CELERY_TASK_IGNORE_RESULT = True
# A task is acknowledged as it begins, unless it says itself that it bears a second time.
CELERY_TASK_ACKS_LATE = False
# Of what says no limit itself. Only the prefork pool can end a task.
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 105
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_POOL = "prefork"
CELERY_WORKER_CONSUMER = "campaignhub.task_queue:Consumer"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# For old browsers. The others read the content policy, which lets the site frame itself (previews).
X_FRAME_OPTIONS = "DENY"
# One cookie for all of a session: the secret against forged forms and the messages for the next page
# lie in the session, where no script and no neighbouring site can set or read them.
SESSION_ENGINE = "campaignhub.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
"""Seconds: a working day. Everyone signs in at least once a day."""
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# A popup of the admin is out of reach for a page that opened it, such as a campaign's own page.
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if _env.production:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    # Browsers take a cookie of this name over TLS only, for this host and its whole site, so no
    # subdomain can plant one.
    SESSION_COOKIE_NAME = "__Host-session"

# What Django 6 does by itself: an address typed without a scheme means https.
FORMS_URLFIELD_ASSUME_HTTPS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "campaignhub.logs.JsonLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "botocore": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.request": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # Django's own handlers write addresses as they come, tokens and all: to the console while
        # debugging, from `runserver`, and in mails to administrators with all that a form held.
        "django": {"level": "INFO", "handlers": []},
        "django.server": {"level": "INFO", "handlers": [], "propagate": True},
    },
}


def _unfold() -> dict[str, Any]:
    # The admin's look imports models, which are not there while settings load.
    from campaignhub.staff_site.theme import UNFOLD as THEME

    return THEME


UNFOLD = lazy(_unfold, dict)()
