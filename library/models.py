"""What editors upload: own models, so that fields can be added without moving anybody's files."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtailmedia.models import AbstractMedia


class Picture(AbstractImage):
    credit = models.CharField(_("credit"), max_length=200, blank=True, help_text=_("Who made the picture."))

    admin_form_fields = (*Image.admin_form_fields, "credit")

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")


class PictureRendition(AbstractRendition):
    image = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="picture_rendition_once")
        ]


class Attachment(AbstractDocument):
    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")


class Recording(AbstractMedia):
    """Sound or film. The transcript is the same lesson in words: it counts as much as watching."""

    captions_id = models.FileField(_("captions, Indonesian (.vtt)"), upload_to="captions", blank=True)
    captions_en = models.FileField(_("captions, English (.vtt)"), upload_to="captions", blank=True)
    transcript = models.TextField(
        _("transcript"), blank=True, help_text=_("Everything that is said, in words. It counts as much as watching.")
    )
    file_size = models.PositiveBigIntegerField(
        null=True,
        editable=False,
        help_text="Bytes, noted when saved: asking the store on each view would cost a request.",
    )

    admin_form_fields = (
        "title",
        "file",
        "collection",
        "duration",
        "width",
        "height",
        "thumbnail",
        "captions_id",
        "captions_en",
        "transcript",
        "tags",
    )

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")

    @property
    def tracks(self) -> list[dict]:
        """Return the captions as `{language, label, url}`, Indonesian first."""
        captions = [("id", "Bahasa Indonesia", self.captions_id), ("en", "English", self.captions_en)]
        return [{"language": code, "label": label, "url": file.url} for code, label, file in captions if file]
