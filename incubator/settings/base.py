"""What is the same wherever the platform runs. Secrets are not here: each settings module says where they come from."""

import json
import logging
from pathlib import Path
from typing import Any

import orjson
import structlog
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from incubator.settings.env import ROOT, command_needs_owner, data_dir, env
from incubator.settings.unfold import UNFOLD as UNFOLD

DATA_DIR = data_dir()
DEBUG = False
DEMO = False

# Address of the site as people and partners' systems see it; links in mail are built from it.
BASE_URL = env.str("BASE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
PARK_NAME = env.str("PARK_NAME", "Science Park Incubator")
CSRF_FAILURE_VIEW = "incubator.web.views_errors.csrf_failure"
# What `web` asks of higher layers without importing them: who may enter a portal, how an edit is recorded, and the
# numbers in a portal's navigation (portal -> function(request) giving {badge key: number} in one statement).
PORTAL_GATE = "incubator.accounts.access.enter"
EVENT_RECORDER = "incubator.outbox.operations.record"
NAVIGATION_BADGES: dict[str, str] = {
    "my": "incubator.web.waiting.badges",
    "partner": "incubator.web.waiting.badges",
    "review": "incubator.web.waiting.badges",
    "staff": "incubator.web.waiting.badges",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)

# Every poll, lease and retry is multiplied by this; the tests run at a tenth.
TIME_SCALE = env.float("TIME_SCALE", 1.0)

# ── Apps ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
THIRD_PARTY_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "pgtrigger",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_include_bootstrap",
    "django_htmx",
    "tablericons",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_structlog",
]
# Highest layer first, as in docs: a template or a command of a higher app wins.
LOCAL_APPS = [
    "incubator.home",
    "incubator.api",
    "programmes.cohorts",
    "programmes.expertise",
    "programmes.reviews",
    "programmes.applications",
    "programmes.catalogue",
    "programmes.forms",
    "investments.interests",
    "investments.rounds",
    "investments.investors",
    "incubator.startups",
    "incubator.partners",
    "incubator.notifications",
    "incubator.sending",
    "incubator.texts",
    "incubator.announcements",
    "incubator.accounts",
    "incubator.files",
    "incubator.outbox",
    "incubator.web",
]
AUTH_USER_MODEL = "accounts.User"
INSTALLED_APPS = [*LOCAL_APPS, *THIRD_PARTY_APPS]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "incubator.api.middleware.ApiGate",  # answers /api/ itself; nothing below is for it
    "django_structlog.middlewares.RequestMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "incubator.web.middleware.StaffCsp",  # below the policy it loosens, on /staff/ only
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "incubator.accounts.sessions.StaffSessionLimits",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "incubator.urls"
WSGI_APPLICATION = "incubator.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "incubator.web.context.shell",
                "incubator.home.context.demo",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# ── Database ──────────────────────────────────────────────────────────────────────────────────────────────────────────
# Two roles: DATABASE_URL reads and writes rows, DATABASE_OWNER_URL owns the tables and changes them.
DATABASE_URL: str = env.str("DATABASE_URL", "") or "postgres:///incubator"
DATABASE_OWNER_URL: str = env.str("DATABASE_OWNER_URL", "") or DATABASE_URL
AS_OWNER = command_needs_owner()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def database(url: str, *, lock_timeout: str = "2s", statement_timeout: str = "15s", **extra: Any) -> dict[str, Any]:
    """One connection's settings. A lock that takes longer becomes a clean refusal instead of a hanging page."""
    import dj_database_url

    settings: dict[str, Any] = {**dj_database_url.parse(url)}
    options = dict(settings.get("OPTIONS") or {})
    timeouts = f"-c lock_timeout={lock_timeout} -c statement_timeout={statement_timeout}"
    # What is prepared is planned once; compiling a plan to machine code costs more than any page here takes.
    plans = "-c plan_cache_mode=force_generic_plan -c jit=off"
    options["options"] = f"{options.get('options', '')} {timeouts} {plans}".strip()
    options.setdefault("application_name", "incubator")
    return {**settings, "OPTIONS": options, "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", 600), "CONN_HEALTH_CHECKS": True, **extra}


# Statements that each connection prepares once. Off behind a pooler that hands a connection on after each transaction.
DATABASE_PREPARES = env.bool("DATABASE_PREPARES", True)
DATABASES = {
    # A migration may scan a large table, but it may not queue behind a lock and stop the site.
    "default": database(DATABASE_OWNER_URL, statement_timeout="0") if AS_OWNER else database(DATABASE_URL),
}

# ── Redis: cache and broker ───────────────────────────────────────────────────────────────────────────────────────────
REDIS_URL: str = env.str("REDIS_URL", "") or "redis://localhost:6379/0"
REDIS_PREFIX = env.str("REDIS_PREFIX", "incubator")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "incubator.web.caching.RedisOrOwnMemory",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    },
}


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis address: `unix:///x.sock` is `redis+socket:///x.sock` there."""
    return redis_url.replace("unix://", "redis+socket://", 1) if redis_url.startswith("unix://") else redis_url


# Celery is a wake-up bell, never the record: Postgres owns every intent to notify, and no request talks to the broker.
CELERY_BROKER_URL: str = env.str("CELERY_BROKER_URL", "") or broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 300 * TIME_SCALE,  # longer than any task (40 s) and any lease (60 s), or a task would run twice
    "unacked_restore_interval": 10 * TIME_SCALE,  # look for tasks of dead workers every 10 s instead of about every 100 s
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,  # a frozen broker ends in an error, not in a hanging publisher
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "global_keyprefix": f"{REDIS_PREFIX}:",
}
CELERY_TASK_PUBLISH_RETRY = False  # only the dispatcher publishes, and its rows stay due until done
CELERY_TASK_ACKS_LATE = True  # with the next line: a killed child gives its task back instead of losing it
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # nothing waits in a process that may die
CELERY_TASK_SOFT_TIME_LIMIT = max(25 * TIME_SCALE, 4)  # below the hard limit, below the lease, below the visibility timeout
CELERY_TASK_TIME_LIMIT = max(40 * TIME_SCALE, 5)
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30.0 * TIME_SCALE  # what runs at SIGTERM may finish
CELERY_WORKER_POOL = "prefork"  # redelivery misbehaves in the others
CELERY_TASK_IGNORE_RESULT = True  # no result backend: nothing confidential in Redis, no second way to fail
CELERY_RESULT_BACKEND = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "slow"  # of mail, hook, fanout and slow: whatever nobody waits for
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Hong_Kong"

# ── Delivery: waits in seconds ────────────────────────────────────────────────────────────────────────────────────────
DISPATCH_POLL = 1.0 * TIME_SCALE
DELIVERY_LEASE = 60.0 * TIME_SCALE
DELIVERY_RING_AGAIN = 30.0 * TIME_SCALE
DELIVERY_START_WITHIN = 8.0 * TIME_SCALE  # no sending begins later than this after its claim: 8 + 15 s < the soft limit
MINUTE, HOUR = 60.0 * TIME_SCALE, 3600.0 * TIME_SCALE
EMAIL_RETRIES = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR, 24 * HOUR]
WEBHOOK_RETRIES = [5.0 * TIME_SCALE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
WEBHOOK_TIMEOUT = 15.0 * TIME_SCALE  # for a whole call, however slowly it answers
WEBHOOK_BREAK_AFTER = 4  # failures in a row, then a pause that doubles from a minute to a day
WEBHOOK_DISABLE_AFTER = 40
WEBHOOK_BREAK = MINUTE
WEBHOOK_BREAK_MOST = 24 * HOUR
# Which hosts an organisation's webhooks may go to: a function of its id. Written here because the answer lies beside.
WEBHOOK_HOSTS = "incubator.partners.querysets.webhook_hosts"
# Origins (scheme://host, any port) a webhook may go to although they are not public https; empty outside demo and tests.
WEBHOOK_TEST_TARGETS: list[str] = []

# ── Mail ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Science Park Incubator <incubator@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who carries the mails, if it tells of bounces and complaints at /mail/events/: a name of notifications/views_mail_events.py.
MAIL_PROVIDER: str = env.str("MAIL_PROVIDER", "")
ANYMAIL: dict[str, Any] = {}
MAILDIR = DATA_DIR / "mail"  # where the mail server of `make run` puts everything; the demo shows it

# ── Files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
FILES_ROOT = env.path("FILES_ROOT", DATA_DIR / "file")  # outside the web root: nothing in it has an address
MEDIA_ROOT = FILES_ROOT
FILE_UPLOAD_HANDLERS = [
    "incubator.files.uploads.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_MAX_BYTES = env.int("FILE_MAX_BYTES", 25 * 1024 * 1024)
APPLICATION_FILES_MAX_BYTES = env.int("APPLICATION_FILES_MAX_BYTES", 100 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = ROOT / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# ── Signing in ────────────────────────────────────────────────────────────────────────────────────────────────────────
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "incubator.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "incubator.accounts.forms.SignUpForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True  # one address at a time: the new one replaces the old when it is confirmed
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser session that signed up, so that one goes on where one was
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_RATE_LIMITS = {
    "login": env.str("RATE_LOGIN", "30/m/ip"),
    "login_failed": env.str("RATE_LOGIN_FAILED", "20/m/ip,5/5m/key"),
    "signup": env.str("RATE_SIGNUP", "20/m/ip"),
    "reset_password": env.str("RATE_RESET_PASSWORD", "20/m/ip,5/m/key"),
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Incubator"
MFA_REQUIRED = True  # staff, reviewers and managers of keys must set it up

SESSION_ENGINE = "django.contrib.sessions.backends.db"  # survives Redis, and can be ended one by one
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
STAFF_SESSION_IDLE_MINUTES = 30  # of a session that has entered /staff/
STAFF_SESSION_HOURS = 12
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_HTTPONLY = False  # htmx sends the token from the page, the cookie may stay readable to our own script
LANGUAGE_COOKIE_SECURE = True

# ── Headers ───────────────────────────────────────────────────────────────────────────────────────────────────────────
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: is for Bootstrap's own icons
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "usb")
}

# ── Language and time ─────────────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
# In which messages may be written and read; the first is the one that every message has.
TEXT_LANGUAGES = [("en", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Hong_Kong"
USE_TZ = True
FORMAT_MODULE_PATH = "incubator.web.formats"

# ── API ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
# Closed unless a view says otherwise: JSON only, no cookie signs in here.
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Incubator partner API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "incubator.api.webhooks.add",
        "incubator.api.oauth_schema.add",
    ],  # and no others: enumerations stay where they are used; their generated names would change with every new one
    "DESCRIPTION": "What a partner's systems may read and do. Send an access token or an API key: `Authorization: Bearer …`.",
    "SERVERS": [{"url": "/"}],
    "APPEND_COMPONENTS": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key from the developers page."}}},
}
# OAuth2 for partners' systems: client credentials and nothing else. The rest closes what the toolkit leaves open by default.
OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.OAuthApplication"
OAUTH2_PROVIDER: dict[str, Any] = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "ACCESS_TOKEN_GENERATOR": "incubator.api.oauth.new_access_token",
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "incubator.api.oauth.Validator",
    "SCOPES_BACKEND_CLASS": "incubator.api.oauth.Scopes",
    "APPLICATION_ADMIN_CLASS": "django.contrib.admin.ModelAdmin",  # the toolkit registers its own with a site that has no address here
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "PKCE_REQUIRED": True,
    **{
        f"COMPLIANT_BCP_RFC9700_{name}": True
        for name in (
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "TOKEN_STORAGE",
            "REFRESH_TOKEN",
            "REDIRECT_URI_SCHEME",
            "REDIRECT_URI_MATCHING",
            "PKCE_REQUIRED",
        )
    },
}
API_RATE_READ = env.str("API_RATE_READ", "600/m")
API_RATE_WRITE = env.str("API_RATE_WRITE", "60/m")
API_RATE_FILE = env.str("API_RATE_FILE", "20/m")
API_AT_ONCE = env.int("API_AT_ONCE", 10)

METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # what Prometheus must send to read /metrics; empty: nobody reads it

# ── Logs: one JSON object a line, in UTC, with the request's id ───────────────────────────────────────────────────────
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line a request: its end
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
LOG_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[structlog.stdlib.filter_by_level, *LOG_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def without_time(logger: Any, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The supervisor's prefix has it already."""
    event.pop("timestamp", None)
    return event


def as_json(event: structlog.typing.EventDict, default: Any) -> str:
    """Quickly; what is no proper text or too large a number takes the long way, so that no line is lost."""
    try:
        return orjson.dumps(event, default=default).decode()
    except (TypeError, ValueError):
        return json.dumps(event, default=default)


LOG_RENDERERS: dict[str, list[Any]] = {
    "json": [structlog.processors.JSONRenderer(as_json)],
    "console": [without_time, structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, pad_level=False)],
}


def logging_config(renderer: str, level: str) -> dict[str, Any]:
    """Everything that logs, through one handler and one renderer."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *LOG_RENDERERS[renderer]],
        "foreign_pre_chain": LOG_PROCESSORS,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["stderr"], "propagate": False},
            "celery": {"level": "INFO"},
            "celery.worker.strategy": {"level": "WARNING"},  # what a task did is one line, with its ids, from django_structlog
            "celery.app.trace": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
        },
    }


LOGGING = logging_config(env.str("LOG_FORMAT", "json"), env.str("LOG_LEVEL", "INFO"))
