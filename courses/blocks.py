"""The blocks of a lesson, each with icon, description, preview and template of its own."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class LessonBody(blocks.StreamBlock):
    rich_text = blocks.RichTextBlock(label=_("Text"), icon="pilcrow")
