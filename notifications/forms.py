"""How a person wants to be told: a row of fields for each kind."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from . import services
from .kinds import NoticeKind, all_kinds
from .models import DigestChoice, Preference


@dataclass(frozen=True)
class Row:
    """A kind with its two fields; a mandatory kind has none."""

    kind: NoticeKind
    in_app: forms.BoundField | None
    email: forms.BoundField | None


class PreferencesForm(forms.Form):
    every = forms.ChoiceField(
        label=_("How often the digest comes"),
        choices=DigestChoice.Every,
        help_text=_("One e-mail with everything that you chose to get in the digest. It comes only if there is news."),
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        digest = DigestChoice.objects.filter(person=person).first() or DigestChoice()
        self.fields["every"].initial = digest.every
        rows = {row.kind: row for row in Preference.objects.filter(person=person)}
        self.kinds = all_kinds()
        for kind in self.kinds:
            if not kind.is_mandatory:
                wish = services.wish(kind, rows.get(kind.name))
                self.fields[f"{kind.name}-app"] = forms.BooleanField(
                    label=_("In the site"), required=False, initial=wish.in_app
                )
                self.fields[f"{kind.name}-email"] = forms.ChoiceField(
                    label=_("E-mail"), choices=Preference.Email, initial=wish.email
                )

    def rows(self) -> list[Row]:
        return [
            Row(kind, None, None)
            if kind.is_mandatory
            else Row(kind, self[f"{kind.name}-app"], self[f"{kind.name}-email"])
            for kind in self.kinds
        ]

    def save(self) -> None:
        cleaned = self.cleaned_data
        wishes = {
            kind.name: (cleaned[f"{kind.name}-app"], cleaned[f"{kind.name}-email"])
            for kind in self.kinds
            if not kind.is_mandatory
        }
        services.choose(person=self.person, wishes=wishes, every=cleaned["every"])
