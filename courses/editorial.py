"""Where an agency writes: its shelf, its collection of files, its groups' rights, and the way from draft to published.

Rights hang on the shelf and the collection alone, so that one agency's editors cannot touch another's pages or files.
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.text import slugify
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from people.models import Agency, AgencyRole
from people.services import agency_group

from .models import CataloguePage, ShelfPage

SHARED_TITLE = "Kurikulum bersama"
SHARED_SLUG = "bersama"

Role = AgencyRole.Role
PAGE_RIGHTS = {
    Role.EDITOR: ("add", "change"),
    Role.REVIEWER: ("change", "publish", "lock", "unlock"),
    Role.ORGANISER: ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
}
# Wagtail keeps rights on files with its own models, whatever ours are called. Who may add recordings may choose them.
FILE_RIGHTS = {
    "wagtailimages": ("add_image", "change_image", "choose_image"),
    "wagtaildocs": ("add_document", "change_document", "choose_document"),
    "wagtailmedia": ("add_media", "change_media"),
}


@transaction.atomic
def prepare_shelf(agency: Agency | None) -> ShelfPage:
    """Return an agency's shelf with everything an editor needs, making what is missing; None means the shelf of all.

    Running it again changes nothing; only an administrator has rights on the shelf of all.
    """
    if agency is None:
        shared = ShelfPage.objects.filter(agency=None)
        return shared.filter(slug=SHARED_SLUG).first() or shared.first() or _make_shelf(None)
    shelf = ShelfPage.objects.filter(agency=agency).first() or _make_shelf(agency)
    groups = {role: agency_group(agency=agency, role=role) for role in PAGE_RIGHTS}
    collection = _collection_of(agency, groups)
    for role, group in groups.items():
        _grant(group, role, shelf, collection)
    _prepare_workflow(agency, shelf, [groups[Role.REVIEWER], groups[Role.ORGANISER]])
    return shelf


def _make_shelf(agency: Agency | None) -> ShelfPage:
    title, slug = (agency.short_name, agency.slug) if agency else (SHARED_TITLE, SHARED_SLUG)
    catalogue = CataloguePage.objects.get()
    taken = set(Page.objects.child_of(catalogue).values_list("slug", flat=True))
    free = next(name for name in (slug, f"{slug}-{slugify(title)}", f"{slug}-rak") if name not in taken)
    shelf = ShelfPage(title=title, slug=free, agency=agency, show_in_menus=True)
    catalogue.add_child(instance=shelf)
    shelf.save_revision().publish()
    return shelf


def _collection_of(agency: Agency, groups: dict[str, Group]) -> Collection:
    """Return the collection that the agency's editors have rights on: a name may change, the rights stay."""
    known = Collection.objects.filter(group_permissions__group=groups[Role.EDITOR], depth=2).first()
    return known or Collection.get_first_root_node().add_child(name=agency.short_name)


def _grant(group: Group, role: str, shelf: ShelfPage, collection: Collection) -> None:
    """Give a group what its role needs; rights an administrator added are left."""
    for codename in PAGE_RIGHTS[role]:
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=f"{codename}_page")
        GroupPagePermission.objects.get_or_create(group=group, page_id=shelf.pk, permission=permission)
    for app, codenames in FILE_RIGHTS.items():
        for permission in Permission.objects.filter(content_type__app_label=app, codename__in=codenames):
            GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)


def _prepare_workflow(agency: Agency, shelf: ShelfPage, approvers: list[Group]) -> None:
    """Let reviewers approve what is sent to review from this shelf; a workflow somebody chose for it is left.

    The names are data, as those of groups, and stand on editors' buttons: "Ajukan ke Peninjauan — Kota Palu".
    """
    if WorkflowPage.objects.filter(page_id=shelf.pk).exists():
        return
    task = GroupApprovalTask.objects.create(name=f"Peninjau — {agency.short_name}")
    task.groups.set(approvers)
    workflow = Workflow.objects.create(name=f"Peninjauan — {agency.short_name}")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(page_id=shelf.pk, workflow=workflow)


def prepare_shelf_of_new_agency(sender, instance: Agency, created: bool, raw: bool = False, **kwargs) -> None:
    """Receiver: a new agency can write as soon as it exists, where there is a catalogue to write in."""
    if created and not raw and CataloguePage.objects.exists():
        transaction.on_commit(lambda: prepare_shelf(instance))
