"""What people fill in about their account: signing in, a forgotten password, language and time zone."""

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.utils import set_form_field_order
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .identifiers import looks_like_nip, strip_nip
from .models import Person
from .tasks import send_reset_link


class LoginForm(allauth_forms.LoginForm):
    """One field for NIP or e-mail, and a box for devices that others use too."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["remember"]
        self.fields["login"] = forms.CharField(
            label=_("NIP or e-mail"),
            max_length=254,
            help_text=_("18 digits; spaces do not matter."),
            widget=forms.TextInput(
                attrs={
                    "autocomplete": "username",
                    "autocapitalize": "none",
                    "spellcheck": "false",
                    "inputmode": "email",
                }
            ),
        )
        self.fields["shared_device"] = forms.BooleanField(
            label=_("This is a shared device"),
            required=False,
            help_text=_("You are signed out when the browser is closed."),
        )
        password = self.fields["password"]
        password.help_text = ""
        password.widget.attrs.pop("placeholder", None)
        set_form_field_order(self, ["login", "password", "shared_device"])

    def clean_login(self) -> str:
        """Return one spelling of each identifier, so that attempts are counted together."""
        login = self.cleaned_data["login"].strip()
        return strip_nip(login) if looks_like_nip(login) else login.lower()

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned["remember"] = not cleaned.get("shared_device")
        return cleaned


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """Ask for a link. Whether the address is known is looked up by the worker, so that no answer tells it."""

    def clean_email(self) -> str:
        return get_adapter().clean_email(self.cleaned_data["email"].strip().lower())

    def save(self, request, **kwargs) -> str:
        email = self.cleaned_data["email"]
        send_reset_link.enqueue(email)
        return email


class PreferencesForm(forms.ModelForm):
    class Meta:
        model = Person
        fields = ["language", "time_zone"]


class LanguageForm(forms.Form):
    """The language of a visitor who has not signed in."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
