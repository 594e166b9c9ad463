"""The form of a picture with areas: the picture is uploaded, areas are drawn on it or given in numbers."""

from io import BytesIO

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image

from .. import markup, services
from ..files import NAME, file_address, names_in
from ..kinds.hotspot import MOST_AREAS
from ..kinds.ids import option_id
from .base import PercentField, SourceField
from .picture import kept_picture
from .rows import RowForm, RowsForm, with_new_ids


class CoordinatesField(forms.CharField):
    """Whole pixels, separated by anything: `10, 20, 110, 90`."""

    def prepare_value(self, value):
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value):
        parts = (super().to_python(value) or "").replace(";", " ").replace(",", " ").split()
        try:
            return [int(part) for part in parts]
        except ValueError:
            raise ValidationError(_("Write whole numbers, separated by commas.")) from None

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True


class AreaRow(RowForm):
    id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
    text = SourceField(make_safe=markup.inline, label=_("Name of the area"), required=False)
    shape = forms.ChoiceField(
        label=_("Shape"), required=False,
        choices=[("rect", _("Rectangle")), ("circle", _("Circle")), ("polygon", _("Polygon"))],
        widget=forms.Select(attrs={"data-shape": ""}),
    )  # fmt: skip
    coords = CoordinatesField(
        label=_("Pixels"), required=False, max_length=1500, widget=forms.TextInput(attrs={"data-coords": ""})
    )
    fraction = PercentField(
        label=_("Mark (%)"), required=False, max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8}),
    )  # fmt: skip
    feedback = SourceField(make_safe=markup.block, label=_("Feedback"), required=False)
    said = ("text", "coords", "feedback")


class HotspotForm(RowsForm):
    purpose = _("The learner shows a place on a picture.")
    picture_file = forms.FileField(
        label=_("Picture"), required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp", "data-picture": ""}),
        help_text=_("PNG, JPEG, GIF or WebP, at most 5 MB. A new one takes the place of the old one."),
    )  # fmt: skip
    # The picture that is stored, so that it is not lost when something else in the form is wrong.
    picture = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    alt = forms.CharField(
        label=_("What the picture shows"), max_length=500, required=False,
        help_text=_("For those who cannot see it; without giving the answer away."),
    )  # fmt: skip
    several = forms.BooleanField(label=_("Several areas can be chosen"), required=False)
    field_order = [
        "name", "category", "text", "picture_file", "alt", "several", "general_feedback", "state", "tags",
    ]  # fmt: skip

    rows_after = "several"

    class Media:
        js = ["js/hotspot-form.js"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_rows(
            "areas", AreaRow, title=_("Areas"), add=_("Add an area"), most=MOST_AREAS,
            help=_(
                "Draw on the picture, or give pixels from its left upper corner. Rectangle: left, top, right, bottom. "
                "Circle: middle from the left, from the top, radius. Polygon: each corner from the left, from the top."
            ),
        )  # fmt: skip

    def clean_picture_file(self):
        """Keep the picture as soon as it is known to be one: it stays when something else in the form is wrong."""
        file = self.cleaned_data["picture_file"]
        if file:
            (name,) = names_in(kept_picture(file))
            self.data = self.data.copy()
            self.data[self.add_prefix("picture")] = name
        return file

    def clean_picture(self) -> str:
        """Take a picture that is stored; anything else is none."""
        name = self.data.get(self.add_prefix("picture")) or ""
        return name if _stored_size(name) else ""

    @property
    def picture_shown(self) -> str:
        """Return the address of the picture to draw on."""
        name = self["picture"].value() or ""
        return file_address(name) if _stored_size(name) else ""

    def kind_data(self, cleaned: dict) -> dict:
        width, height = _stored_size(cleaned["picture"]) or (0, 0)
        return {
            "text": cleaned["text"],
            "general_feedback": cleaned["general_feedback"],
            "picture": cleaned["picture"],
            "alt": cleaned["alt"],
            "width": width,
            "height": height,
            "several": cleaned["several"],
            "areas": with_new_ids(self, "areas", self.kept("areas"), option_id),
        }


def _stored_size(name: str) -> tuple[int, int] | None:
    """Return the width and height of a stored picture in pixels; None for a name that is none of ours."""
    if not NAME.fullmatch(name):
        return None
    try:
        with Image.open(BytesIO(services.read_file(name))) as picture:
            return picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
