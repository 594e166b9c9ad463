"""What every environment shares. Each outside service is one environment variable; see `.env.example`."""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from . import stores

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()

# What this machine keeps: database, uploads, collected static files, cache, mail. Nothing of it is in git.
VAR_DIR = Path(env("VAR_DIR", default="") or BASE_DIR / "var")

DEBUG = False

INSTALLED_APPS = [
    "home",
    "reports",
    "siasn",
    "certificates",
    "credits",
    "quizzes",
    "submissions",
    "notifications",
    "completion",
    "courses",
    "questions",
    "library",
    "people",
    "core",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "people.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtailmedia",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "elearning.health.HealthMiddleware",
    "elearning.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "elearning.middleware.CompressionMiddleware",
    "elearning.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.middleware.PersonLocaleMiddleware",
    "people.middleware.PersonalPagesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "home.middleware.SiteMiddleware",
]

ROOT_URLCONF = "elearning.urls"
WSGI_APPLICATION = "elearning.wsgi.application"

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
            ],
        },
    }
]

# --- data stores -----------------------------------------------------------------------------------------------------

DATABASES = {"default": stores.database(env("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": stores.cache(env("CACHE_URL", default="locmemcache://"))}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

STORAGES = {
    "default": stores.storage(env("STORAGE_URL")) if env("STORAGE_URL", default="") else stores.LOCAL_FILES,
    "staticfiles": {"BACKEND": "elearning.static_files.StaticFiles"},
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"

# The queue's rows share the transaction of the change that asked for them.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- what a browser may do -------------------------------------------------------------------------------------------

# Players that lessons may embed; each is a host that learns who studies what, so the list is short.
EMBED_HOSTS = env.list("EMBED_HOSTS", default=["https://www.youtube-nocookie.com"])
# The store's address as browsers reach it, where pictures and recordings are redirected to it.
_stores_seen = [STORAGES["default"].get("OPTIONS", {}).get(name, "") for name in ("public_url", "endpoint_url")]
_media_hosts = [url for url in _stores_seen if url][:1]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", *_media_hosts],
        "media-src": ["'self'", *_media_hosts],
        "connect-src": ["'self'", *_media_hosts],
        "frame-src": ["'self'", *EMBED_HOSTS],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        # Wagtail's preview shows learners' pages in a frame.
        "frame-ancestors": ["'self'"],
    }
}
# Wagtail's admin writes inline scripts and styles; its previews of uploads are blobs.
CONTENT_SECURITY_POLICY_ADMIN = {
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:", *_media_hosts],
}
X_FRAME_OPTIONS = "SAMEORIGIN"
# Players ask who embeds them; other sites learn no more than our name.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "midi=(), payment=(), usb=(), browsing-topics=(), fullscreen=*"
)

# --- people ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["people.backends.NipOrEmailBackend"]
PASSWORD_HASHERS = [
    "people.hashers.OwaspArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "key"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_FORMS = {"login": "people.forms.LoginForm", "reset_password": "people.forms.ResetPasswordForm"}
ACCOUNT_PREVENT_ENUMERATION = True
# A whole office signs in at eight from one address: the address's limit is wide, the account's narrow.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "60/m/ip,5/300s/key"}
# One address each; who left a device signed in does not lose the account to whoever finds it.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Pembinaan ASN"
# Nobody signs up: an address comes from the organiser, and a person may have none.
MFA_ALLOW_UNVERIFIED_EMAIL = True
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14

# --- certificates ----------------------------------------------------------------------------------------------------

# The class that signs PDFs, and the platform's own key (a PKCS#12 file), which signs badges too; see
# docs/certificates.md. Without a key this machine makes one for development, and every page that checks says so.
CERTIFICATE_SIGNER = env("CERTIFICATE_SIGNER", default="certificates.signing.PyHankoSigner")
CERTIFICATE_SIGNING_KEY = env("CERTIFICATE_SIGNING_KEY", default="")
CERTIFICATE_SIGNING_PASSWORD = env("CERTIFICATE_SIGNING_PASSWORD", default="")
# Public pages that check certificates, times in so many seconds from one address: looking, and codes that do not exist.
CERTIFICATE_RATE_LIMITS = {"look": (240, 60), "miss": (20, 60)}

# --- language, time --------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "wagtail", BASE_DIR / "locale" / "accounts"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"
FORMAT_MODULE_PATH = ["elearning.formats"]

# --- Wagtail ---------------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Pembinaan ASN"
WAGTAIL_PAGE_MODEL = "wagtailcore.Page"
WAGTAIL_I18N_ENABLED = False
WAGTAILADMIN_BASE_URL = env("BASE_URL", default="http://localhost:8000")
WAGTAILADMIN_LOGIN_URL = "account_login"
# One door: passwords and addresses are changed at /akun/, for editors too; there the password is asked for again.
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_FRONTEND_LOGIN_URL = "/masuk/"
WAGTAILADMIN_PERMITTED_LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
WAGTAIL_AUTOSAVE_INTERVAL = 3000
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILIMAGES_IMAGE_MODEL = "library.Picture"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "avif", "svg"]
WAGTAILDOCS_DOCUMENT_MODEL = "library.Attachment"
# Documents pass our permission check whatever the store; the store's own addresses would not ask.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "csv", "txt", "zip"]
WAGTAILMEDIA = {
    "MEDIA_MODEL": "library.Recording",
    "MEDIA_FORM_BASE": "library.forms.RecordingForm",
    "AUDIO_EXTENSIONS": ["mp3", "m4a", "ogg", "opus"],
    "VIDEO_EXTENSIONS": ["mp4", "webm"],
}
TAGGIT_CASE_INSENSITIVE = True
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# SQLite ignores INCLUDE in an index; on PostgreSQL it earns its place.
SILENCED_SYSTEM_CHECKS = ["models.W040"]

# --- SIASN (BKN) -----------------------------------------------------------------------------------------------------

# The connector is off until all of these are given and an agency has switched it on; see docs/siasn.md.
SIASN_BASE_URL = env("SIASN_BASE_URL", default="")
SIASN_TOKEN_URL = env("SIASN_TOKEN_URL", default="")
SIASN_CONSUMER_KEY = env("SIASN_CONSUMER_KEY", default="")
SIASN_CONSUMER_SECRET = env("SIASN_CONSUMER_SECRET", default="")
SIASN_SSO_TOKEN = env("SIASN_SSO_TOKEN", default="")
SIASN_TIMEOUT = env.float("SIASN_TIMEOUT", default=20)
