"""Django's settings, all read from the environment (see `environment.py`)."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from folkmoot.config import environment

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.read("FOLKMOOT_DATA_DIR")).absolute()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = environment.switch("FOLKMOOT_DEBUG")
DEMO = environment.switch("FOLKMOOT_DEMO")
PUBLIC_URL = environment.read("FOLKMOOT_URL").rstrip("/")


def _secret_key() -> str:
    """The configured key; for the demo, one made once and kept in the data folder."""
    if key := environment.read("FOLKMOOT_SECRET_KEY"):
        return key
    if not (DEMO or DEBUG):
        raise environment.Misconfigured(
            "FOLKMOOT_SECRET_KEY is not set. Set it to a long random text, for example the"
            " output of: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    path = DATA_DIR / "secret-key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(48))
        path.chmod(0o600)
    return path.read_text()


SECRET_KEY = _secret_key()
_host = urlsplit(PUBLIC_URL).hostname or "localhost"
ALLOWED_HOSTS = [h.strip() for h in environment.read("FOLKMOOT_HOSTS").split(",") if h.strip()] or [
    _host,
    "localhost",
    "127.0.0.1",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []

FOLKMOOT_ORGANISATION_NAME = environment.read("FOLKMOOT_ORGANISATION_NAME")
FOLKMOOT_ACCENT = environment.read("FOLKMOOT_ACCENT")
NAVIGATION = [
    ("review:home", _("Published")),
    ("commission:desk", _("Desk")),
    ("branches:branches", _("Branches")),
]
FOOTER_NAVIGATION = [
    ("people:roles", _("Who may do what")),
    ("people:privacy", _("Privacy")),
    ("people:people", _("People")),
]
UPLOAD_LIMIT = environment.number("FOLKMOOT_UPLOAD_MB") * 1024 * 1024
HISTORY_DAYS = environment.number("FOLKMOOT_HISTORY_DAYS")

INSTALLED_APPS = [
    "folkmoot.live",
    "folkmoot.review",
    "folkmoot.commission",
    "folkmoot.people",
    "folkmoot.branches",
    "folkmoot.notify",
    "folkmoot.search",
    "folkmoot.ledger",
    "folkmoot.ui",
    "folkmoot.config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "folkmoot.ui.middleware.SayWhatIsWrong",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "folkmoot.people.middleware.SignInFirst",
]

ROOT_URLCONF = "folkmoot.config.urls"
ASGI_APPLICATION = "folkmoot.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "folkmoot.ui.renderer.FormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "folkmoot.ui.context.organisation",
            ],
        },
    },
]

DATABASES = {
    "default": environment.database(environment.read("FOLKMOOT_DATABASE_URL"), DATA_DIR),
}

FOLKMOOT_VALKEY_URL = environment.read("FOLKMOOT_VALKEY_URL")
CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": FOLKMOOT_VALKEY_URL,
        }
        if FOLKMOOT_VALKEY_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    ),
}

LANGUAGE_CODE = environment.read("FOLKMOOT_LANGUAGE")
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [PACKAGE / "config" / "locale"]
TIME_ZONE = environment.read("FOLKMOOT_TIME_ZONE")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "commission:desk"
LOGOUT_REDIRECT_URL = "review:home"
FOLKMOOT_OPEN_SIGNUP = environment.switch("FOLKMOOT_OPEN_SIGNUP", default=DEMO)
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8}
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("FOLKMOOT_PROXIES")
ACCOUNT_ADAPTER = "folkmoot.people.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "folkmoot.people.entrance_forms.SignInForm",
    "signup": "folkmoot.people.entrance_forms.SignUpForm",
    "confirm_login_code": "folkmoot.people.entrance_forms.SignInCodeForm",
    "confirm_email_verification_code": "folkmoot.people.entrance_forms.AddressCodeForm",
    "add_email": "folkmoot.people.entrance_forms.NewAddressForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
MFA_ADAPTER = "folkmoot.people.adapter.SafetyAdapter"
MFA_FORMS = {
    "authenticate": "folkmoot.people.entrance_forms.SecondStepForm",
    "reauthenticate": "folkmoot.people.entrance_forms.SecondStepAgainForm",
    "activate_totp": "folkmoot.people.entrance_forms.AuthenticatorAppForm",
    "add_webauthn": "folkmoot.people.entrance_forms.NewPasskeyForm",
    "edit_webauthn": "folkmoot.people.entrance_forms.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = FOLKMOOT_ORGANISATION_NAME
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or DEBUG

DEFAULT_FROM_EMAIL = environment.read("FOLKMOOT_MAIL_FROM")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
globals().update(environment.mail(environment.read("FOLKMOOT_MAIL_URL"), DATA_DIR))

# Nothing of a page comes from elsewhere, and no script or style stands inside a page.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "style-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
if environment.number("FOLKMOOT_PROXIES"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
