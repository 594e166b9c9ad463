"""What `manage.py check --deploy` says about certificates."""

from django.conf import settings
from django.core.checks import Info, Tags, register


@register(Tags.security, deploy=True)
def signed_with_a_key_of_the_platform(app_configs, **kwargs):
    if settings.CERTIFICATE_SIGNING_KEY:
        return []
    text = "Certificates and badges are signed with a key that this machine makes for development."
    return [Info(text, hint="Name a PKCS#12 file in CERTIFICATE_SIGNING_KEY.", id="certificates.I001")]
