"""The front door and plain pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from courses.blocks import LessonBody


class HomePage(Page):
    """What a visitor sees; signed in, the same address answers "what now?"."""

    max_count = 1
    lead = models.CharField(_("lead"), max_length=250, blank=True)
    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link", "ul", "ol"])

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["home.PlainPage", "courses.CataloguePage"]
    template = "home/home.html"
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("introduction")]

    class Meta:
        verbose_name = _("home page")


class PlainPage(Page):
    """Words that are no lesson: about, privacy, help."""

    body = StreamField(LessonBody(), verbose_name=_("body"), blank=True)

    parent_page_types = ["home.HomePage", "home.PlainPage"]
    subpage_types = ["home.PlainPage"]
    template = "home/plain.html"
    content_panels = [*Page.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("plain page")
