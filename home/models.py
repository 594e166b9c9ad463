"""The front door and plain pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index
from wagtail.url_routing import RouteResult

from courses.blocks import LessonBody
from courses.fields import BodyField

from .routing import find_page, read_anew


class HomePage(Page):
    """What a visitor sees; signed in, the same address answers "what now?"."""

    max_count = 1
    lead = models.CharField(
        _("lead"), max_length=250, blank=True, help_text=_("One sentence under the name: what this site is for.")
    )
    introduction = RichTextField(
        _("introduction"),
        blank=True,
        features=["bold", "italic", "link", "ul", "ol"],
        help_text=_("For visitors who are not signed in."),
    )

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["home.PlainPage", "courses.CataloguePage"]
    template = "home/home.html"
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("introduction")]

    class Meta:
        verbose_name = _("home page")

    def route(self, request, path_components):
        """Find any page of the site in one query; the front page itself is read anew, as processes keep this object."""
        if not path_components:
            return RouteResult(read_anew(self)) if self.live else super().route(request, [])
        page = find_page(self, path_components)
        return page.route(request, []) if page else super().route(request, path_components)


class PlainPage(Page):
    """Words that are no lesson: about, privacy, help."""

    body = BodyField(LessonBody(), verbose_name=_("body"), blank=True)

    parent_page_types = ["home.HomePage", "home.PlainPage"]
    subpage_types = ["home.PlainPage"]
    template = "home/plain.html"
    search_fields = [*Page.search_fields, index.SearchField("body")]
    content_panels = [*Page.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("plain page")
