"""The admin's screens of people: lists that hold one agency's rows, forms that call services, one page for a person."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Concat
from django.http import Http404
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from core.models import LegalParameter

from . import admin_forms as forms
from .audiences import members_by
from .identifiers import looks_like_nip, strip_nip
from .letters import reset_path
from .models import (
    Agency,
    AgencyRole,
    Audience,
    Competency,
    Delegation,
    Employment,
    Person,
    Post,
    Status,
    SupervisionOverride,
    Unit,
)
from .permissions import in_care, people_to_change
from .queries import with_main_posts


class CaredForIndex(generic.IndexView):
    """The rows in a person's care; an empty list says in `when_empty` what comes into it and how."""

    results_template_name = "people/admin/index_results.html"
    when_empty = ""

    def get_base_queryset(self):
        return in_care(self.request.user, self.model)


class ServiceMixin:
    """Run the form's service in `save_instance`; what the service refuses is shown at its field."""

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "viewer": self.request.user}

    def save_instance(self):
        instance = self.form.save()
        log(instance=instance, action=self.log_action, user=self.request.user, content_changed=True)
        return instance

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ValidationError as error:
            self._explain(form, error)
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)

    def _explain(self, form, error: ValidationError) -> None:
        if not hasattr(error, "error_dict"):
            form.add_error(None, error)
            return
        for field, errors in error.error_dict.items():
            form.add_error(field if field in form.fields else None, errors)


class ServiceCreate(ServiceMixin, generic.CreateView):
    log_action = "wagtail.create"

    def get_initial(self):
        """Take a person named in the address: the link on a person's page fills the field in."""
        key = self.request.GET.get("person", "")
        person = people_to_change(self.request.user).filter(key=key).first() if key else None
        initial = super().get_initial()
        return {**initial, "person": person, "from_person": person, "supervisor": person} if person else initial


class CaredForEdit(ServiceMixin, generic.EditView):
    log_action = "wagtail.edit"

    def get_queryset(self):
        return in_care(self.request.user, self.model)


class RowViewSet(ModelViewSet):
    """Dated rows: listed, begun by a service, ended by a day. No copy, no deletion, no reference index."""

    index_view_class = CaredForIndex
    add_view_class = ServiceCreate
    edit_view_class = CaredForEdit
    add_to_reference_index = False
    copy_view_enabled = False
    icon = "user"
    create_form = edit_form = None

    def get_form_class(self, for_update=False):
        return self.edit_form if for_update else self.create_form

    def get_common_view_kwargs(self, **kwargs):
        unused = {"history_url_name": None, "usage_url_name": None, "delete_url_name": None, "copy_url_name": None}
        return {**super().get_common_view_kwargs(**kwargs), **unused}

    def get_urlpatterns(self):
        used = {"index", "index_results", "add", "edit", "inspect"}
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in used]


def _search_people(queryset: models.QuerySet, text: str) -> models.QuerySet:
    """Find people by a part of the name or e-mail, or by a NIP they have or had."""
    if looks_like_nip(text):
        return queryset.filter(employments__nip=strip_nip(text)).distinct()
    whole = Concat("title_before", models.Value(" "), "name", models.Value(" "), "title_after")
    return queryset.annotate(whole=whole).filter(models.Q(whole__icontains=text) | models.Q(email__icontains=text))


class PersonIndex(CaredForIndex):
    page_title = gettext_lazy("People")
    add_item_label = gettext_lazy("Add a person")

    @cached_property
    def is_searchable(self):
        return True

    def search_queryset(self, queryset):
        return _search_people(queryset, self.search_query.strip()) if self.search_query else queryset

    def get_edit_url(self, instance):
        return reverse("wagtailusers_users:inspect", args=[instance.pk])

    def get_base_queryset(self):
        nips = models.Prefetch("employments", Employment.objects.current(), to_attr="current_employments")
        return super().get_base_queryset().prefetch_related(with_main_posts("posts"), nips)


class PersonEdit(CaredForEdit):
    def get_queryset(self):
        return people_to_change(self.request.user)

    def get_success_url(self):
        return reverse("wagtailusers_users:inspect", args=[self.object.pk])


class PersonCreate(ServiceCreate):
    page_title = gettext_lazy("Add a person")

    def get_success_url(self):
        return reverse("wagtailusers_users:inspect", args=[self.object.pk])


class PersonPage(generic.InspectView):
    """Everything dated about one person, with what may be done next."""

    template_name = "people/admin/person.html"
    page_title = gettext_lazy("Person")

    def get_object(self, queryset=None):
        person = in_care(self.request.user, Person).filter(pk=self.pk).first()
        if person is None:
            raise Http404
        return person

    def get_context_data(self, **kwargs):
        person, user = self.object, self.request.user
        mine = {"person": person, "may_change": people_to_change(user).filter(pk=person.pk).exists()}
        rows = {
            "employments": in_care(user, Employment).filter(person=person).select_related("agency"),
            "posts": in_care(user, Post).filter(person=person).select_related("unit__agency"),
            "statuses": person.statuses.all(),
            "roles": in_care(user, AgencyRole).filter(person=person).select_related("agency"),
            "overrides": in_care(user, SupervisionOverride)
            .filter(models.Q(person=person) | models.Q(supervisor=person))
            .select_related("person", "supervisor"),
            "delegations": in_care(user, Delegation)
            .filter(models.Q(from_person=person) | models.Q(to_person=person))
            .select_related("from_person", "to_person"),
        }
        return {**super().get_context_data(**kwargs), **mine, **rows}


@require_POST
@never_cache
def hand_over_link(request, pk: int):
    """Show, once, a link with which the person chooses a new password; the organiser hands it over."""
    # Not for oneself: whoever finds the browser open would not need the password to choose another.
    others = people_to_change(request.user).exclude(pk=request.user.pk)
    person = others.filter(pk=pk, is_active=True).first()
    if person is None or not policy_registry.get_by_type(Person).user_has_permission(request.user, "change"):
        raise Http404
    log(instance=person, action="people.reset_link", user=request.user)
    link = request.build_absolute_uri(reset_path(person))
    return render(request, "people/admin/link.html", {"person": person, "link": link})


class PersonViewSet(RowViewSet):
    """People; stands where Wagtail has its users."""

    model = Person
    icon = "user"
    ordering = ["name", "pk"]
    menu_label = gettext_lazy("People")
    menu_hook = "register_people_menu_item"
    menu_order = 0
    index_view_class = PersonIndex
    add_view_class = PersonCreate
    edit_view_class = PersonEdit
    inspect_view_class = PersonPage
    inspect_view_enabled = True
    inspect_template_name = "people/admin/person.html"
    create_form, edit_form = forms.NewPersonForm, forms.PersonForm
    search_fields = ["name"]
    list_display = [
        TitleColumn(
            "full_name",
            label=gettext_lazy("Name"),
            get_url=lambda p: reverse("wagtailusers_users:inspect", args=[p.pk]),
        ),
        Column("nip", label="NIP", accessor=lambda p: ", ".join(row.nip for row in p.current_employments)),
        Column("unit", label=gettext_lazy("Unit"), accessor=lambda p: p.main_posts[0].unit if p.main_posts else ""),
        Column("email", label=gettext_lazy("E-mail"), accessor="email"),
        Column("last_login", label=gettext_lazy("Last sign-in"), accessor="last_login"),
    ]

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("link/<int:pk>/", hand_over_link, name="link")]


class EmploymentViewSet(RowViewSet):
    model = Employment
    url_prefix = "employments"
    icon = "tag"
    create_form, edit_form = forms.EmploymentForm, forms.EndForm
    list_display = ["person", "kind", "nip", "agency", "valid_from", "valid_to"]
    list_filter = ["kind"]
    search_fields = ["nip", "person__name"]


def _marked(field: str, label) -> Column:
    """A column that says yes or nothing: Wagtail's own shows a red cross where nothing is wrong."""
    return Column(
        field, label=label, sort_key=field, accessor=lambda row: gettext("yes") if getattr(row, field) else ""
    )


class PostViewSet(RowViewSet):
    model = Post
    url_prefix = "posts"
    icon = "group"
    create_form, edit_form = forms.PostForm, forms.EndForm
    list_display = [
        "person",
        "title",
        "assignment",
        "unit",
        _marked("is_head", gettext_lazy("Heads the unit")),
        _marked("is_main", gettext_lazy("Main post")),
        "valid_from",
        "valid_to",
    ]
    list_filter = ["assignment", "is_head", "kind"]
    search_fields = ["title", "person__name", "unit__name"]


class StatusViewSet(RowViewSet):
    model = Status
    url_prefix = "statuses"
    icon = "check"
    create_form, edit_form = forms.StatusForm, forms.EndForm
    list_display = ["person", "kind", "valid_from", "valid_to"]
    list_filter = ["kind"]
    search_fields = ["person__name"]


class RoleViewSet(RowViewSet):
    model = AgencyRole
    url_prefix = "roles"
    icon = "key"
    create_form, edit_form = forms.RoleForm, forms.EndForm
    list_display = ["person", "role", "agency", "valid_from", "valid_to"]
    list_filter = ["role"]
    search_fields = ["person__name"]


class DelegationViewSet(RowViewSet):
    model = Delegation
    url_prefix = "delegations"
    icon = "resubmit"
    create_form, edit_form = forms.DelegationForm, forms.EndForm
    list_display = ["from_person", "to_person", "valid_from", "valid_to", "reason"]
    search_fields = ["from_person__name", "to_person__name"]


class OverrideViewSet(RowViewSet):
    model = SupervisionOverride
    url_prefix = "overrides"
    icon = "view"
    create_form, edit_form = forms.OverrideForm, forms.EndForm
    list_display = ["supervisor", "effect", "person", "valid_from", "valid_to", "reason"]
    list_filter = ["effect"]
    search_fields = ["supervisor__name", "person__name"]


class UnitViewSet(RowViewSet):
    model = Unit
    url_prefix = "units"
    icon = "list-ul"
    create_form, edit_form = forms.UnitForm, forms.UnitEditForm
    list_display = ["name", "parent", "agency", "valid_from", "valid_to"]
    search_fields = ["name"]


class AudiencePreview:
    """Show, when asked, how many people the form as it stands fits and the first of them; nothing is saved then."""

    template_name = "people/admin/audience.html"
    SHOWN = 8
    preview = None

    def post(self, request, *args, **kwargs):
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.object = self.get_object() if kwargs else None
        form = self.get_form()
        if form.is_valid():
            people = self.fitting(form)
            names = [person.full_name for person in people.order_by("name")[: self.SHOWN]]
            self.preview = {"count": people.count(), "names": names}
        return self.render_to_response(self.get_context_data(form=form))

    def fitting(self, form) -> models.QuerySet[Person]:
        """Return whom a valid form fits."""
        return members_by(form.criteria())

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "preview": self.preview}


class AudienceCreate(AudiencePreview, ServiceCreate):
    page_title = gettext_lazy("Add a group of people")


class AudienceEdit(AudiencePreview, CaredForEdit):
    page_title = gettext_lazy("Group of people")


class AudienceIndex(CaredForIndex):
    page_title = gettext_lazy("Groups of people")
    when_empty = gettext_lazy(
        "A group is a rule, such as all heads of section: it follows people as they move. Duties are given to groups."
    )
    add_item_label = gettext_lazy("Add a group of people")

    def get_base_queryset(self):
        named = models.Count("people", distinct=True)
        return super().get_base_queryset().select_related("agency").prefetch_related("units").annotate(named=named)


def _told_criteria(group: Audience) -> str:
    """Say in a line what a group asks: `Sekretariat, Bidang A · Pengawas · PNS · III/a, III/b · 3 orang disebut`."""
    parts = [
        ", ".join(unit.name for unit in group.units.all()),
        ", ".join(str(Post.Kind(kind).label) for kind in group.post_kinds),
        ", ".join(Employment.Kind(kind).label for kind in group.employee_kinds),
        ", ".join(group.grades),
        ngettext("%(count)d by name", "%(count)d by name", group.named) % {"count": group.named} if group.named else "",
    ]
    return " · ".join(filter(None, parts)) or gettext("nobody yet")


class AudienceViewSet(RowViewSet):
    model = Audience
    name = "audiences"
    url_prefix = "audiences"
    icon = "group"
    menu_label = gettext_lazy("Groups of people")
    index_view_class = AudienceIndex
    add_view_class, edit_view_class = AudienceCreate, AudienceEdit
    create_form = edit_form = forms.AudienceForm
    list_display = ["name", "agency", Column("asks", label=gettext_lazy("Who belongs to it"), accessor=_told_criteria)]
    search_fields = ["name"]


class AgencyViewSet(RowViewSet):
    model = Agency
    url_prefix = "agencies"
    icon = "site"
    create_form = edit_form = forms.AgencyForm
    list_display = ["name", "short_name", "time_zone"]


class CompetencyViewSet(ModelViewSet):
    model = Competency
    icon = "tick"
    add_to_reference_index = False
    form_fields = ["name", "kind", "source"]
    list_display = ["name", "kind", "source"]
    list_filter = ["kind"]


class LegalParameterViewSet(ModelViewSet):
    model = LegalParameter
    icon = "doc-full"
    add_to_reference_index = False
    form_fields = ["name", "value", "valid_from", "valid_to", "source"]
    list_display = ["name", "value", "valid_from", "valid_to", "source"]


class PeopleMenu(ViewSetGroup):
    menu_label = gettext_lazy("People")
    menu_icon = "group"
    menu_order = 300
    submenu_hook = "register_people_menu_item"
    items = (
        PostViewSet,
        EmploymentViewSet,
        StatusViewSet,
        RoleViewSet,
        DelegationViewSet,
        OverrideViewSet,
        UnitViewSet,
        AudienceViewSet,
        AgencyViewSet,
        CompetencyViewSet,
        LegalParameterViewSet,
    )
