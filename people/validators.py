"""What a screen says about a NIP that is not one: what is wrong and what to do."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .identifiers import InvalidNip, parse_nip

NIP_PROBLEMS = {
    "characters": _("A NIP has digits only. Check for letters such as O or I in place of 0 or 1."),
    "old_form": _("This is an old NIP of 9 digits. Use the NIP of 18 digits."),
    "length": _("A NIP has 18 digits. Check whether one is missing or doubled."),
    "birth_date": _("The first 8 digits are not a date of birth (year, month, day). Check them."),
    "appointment": _("Digits 13 and 14 are a month (01–12) for PNS, or 20 and above for PPPK. Check them."),
    "sex": _("Digit 15 is 1 or 2. Check it."),
    "serial": _("The last 3 digits are 001 to 999. Check them."),
}


def clean_nip(text: str) -> str:
    """Return the 18 digits of a NIP; raise ValidationError on the field `nip` otherwise."""
    try:
        return parse_nip(text).digits
    except InvalidNip as error:
        raise ValidationError({"nip": NIP_PROBLEMS[error.problem]}) from error
