"""The admin's screens of the numbers of JP: lists of dated rows; to change one is to begin the next."""

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.base import ViewSetGroup

from core.amounts import jp_exact
from people.viewsets import CaredForEdit, CaredForIndex, RowViewSet, ServiceCreate

from ..models import AgencyCreditSetting, IpLine, JpRule, TargetRule
from ..wording import worth
from . import forms


class EffectFirst:
    """Show what the change would have changed; save it when the same values are sent once more."""

    template_name = "credits/admin/rule.html"

    def form_valid(self, form):
        if form.effect_was_seen:
            return super().form_valid(form)
        self.form = form
        form.data = form.data.copy()
        form.data["seen"] = form.digest
        return self.render_to_response(self.get_context_data(form=form, effect=form.effect(), effect_is_shown=True))


class BeginRow(EffectFirst, ServiceCreate):
    success_message = gettext_lazy("Begun. Days that have passed keep what was decided.")


class FollowRow(EffectFirst, CaredForEdit):
    """Follow a row by a new one; the row itself stays and ends."""

    success_message = gettext_lazy("Begun. Days that have passed keep what was decided.")


def amount(name: str, model) -> Column:
    """Return a column of points or JP, without the zeros behind them."""
    label = capfirst(model._meta.get_field(name).verbose_name)
    return Column(name, label=label, sort_key=name, accessor=lambda row: jp_exact(getattr(row, name)))


class DatedViewSet(RowViewSet):
    index_view_class = CaredForIndex
    add_view_class = BeginRow
    edit_view_class = FollowRow
    icon = "date"


class JpRuleViewSet(DatedViewSet):
    model = JpRule
    url_prefix = "jp-rules"
    create_form = edit_form = forms.JpRuleForm
    list_display = [
        "form",
        "scope",
        Column("worth", label=gettext_lazy("Worth"), accessor=worth),
        "valid_from",
        "valid_to",
        "certainty",
        "source",
    ]
    list_filter = ["form", "scope"]


class TargetRuleViewSet(DatedViewSet):
    model = TargetRule
    url_prefix = "jp-targets"
    create_form = edit_form = forms.TargetRuleForm
    list_display = ["kind", amount("jp", TargetRule), "meaning", "year", "valid_from", "valid_to", "source"]


class AgencySettingViewSet(DatedViewSet):
    model = AgencyCreditSetting
    url_prefix = "jp-settings"
    create_form = edit_form = forms.AgencySettingForm
    list_display = ["agency", "pppk_meaning", "short_events", "cap_by", "valid_from", "valid_to"]


class IpLineViewSet(DatedViewSet):
    model = IpLine
    url_prefix = "ip-lines"
    create_form = edit_form = forms.IpLineForm
    list_display = [
        "line",
        amount("points", IpLine),
        amount("minimum_jp", IpLine),
        "months",
        "valid_from",
        "valid_to",
        "source",
    ]

    def get_common_view_kwargs(self, **kwargs):
        """No new lines: they would need positions and forms of their own, which a regulation brings with a release."""
        return {**super().get_common_view_kwargs(**kwargs), "add_url_name": None}

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "add"]


class JpMenu(ViewSetGroup):
    menu_label = gettext_lazy("JP")
    menu_icon = "date"
    menu_order = 310
    items = (JpRuleViewSet, TargetRuleViewSet, AgencySettingViewSet, IpLineViewSet)
