"""Files on pages: who may read an attachment, and which files an editor may put on a page.

An attachment has no readers of its own. It opens for whoever may open a page that offers it, and for the editors of its
collection. Therefore nobody may put a file on a page that they may not choose: a page would open it to the world.
"""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignKey, Model
from django.http import Http404, HttpRequest, HttpResponse
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex
from wagtail.permissions import policy_registry

from library.models import Attachment, Recording

from .access import may_open
from .activities import ActivityMixin
from .models import CoursePage, ModulePage

KEEPING = {"add", "change", "delete", "choose"}


# --- reading ---------------------------------------------------------------------------------------------------------


def check_attachment(attachment: Attachment, request: HttpRequest) -> HttpResponse | None:
    """Hook `before_serve_document`: None lets the file go out; a visitor is asked to sign in, others get 404."""
    if may_read(request.user, attachment, request):
        return None
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), settings.WAGTAIL_FRONTEND_LOGIN_URL)
    raise Http404


def may_read(person, attachment: Attachment, request: HttpRequest) -> bool:
    """Say whether a person keeps the attachment's collection or may open a page that offers it."""
    if person.is_authenticated and _keeps(person, attachment):
        return True
    return any(_opens(person, page, request) for page in _pages_with(attachment))


def _keeps(person, attachment: Attachment) -> bool:
    policy = policy_registry.get_by_type(Attachment)
    return policy.user_has_any_permission_for_instance(person, KEEPING, attachment)


def _pages_with(attachment: Attachment):
    pages = ContentType.objects.get_for_model(Page)
    rows = ReferenceIndex.get_references_to(attachment).filter(base_content_type=pages)
    return Page.objects.filter(pk__in={int(key) for key in rows.values_list("object_id", flat=True)}).specific()


def _opens(person, page: Page, request: HttpRequest) -> bool:
    if isinstance(page, CoursePage | ModulePage | ActivityMixin):
        return may_open(person, page).allowed
    return page.live and all(rule.accept_request(request) for rule in page.get_view_restrictions())


# --- choosing --------------------------------------------------------------------------------------------------------


def files_on(page: Page) -> set[tuple[type[Model], str]]:
    """Return the files that a page object names, as (model, key): in its texts, blocks and fields."""
    return set(_files_on(page))


def _files_on(page: Page) -> Iterator[tuple[type[Model], str]]:
    kept = (Attachment, Recording, get_image_model())
    for field in page._meta.concrete_fields:
        if isinstance(field, ForeignKey):
            key = getattr(page, field.attname)
            if field.related_model in kept and key is not None:
                yield field.related_model, str(key)
        elif hasattr(field, "extract_references"):
            for model, key, *_path in field.extract_references(field.value_from_object(page)):
                if model in kept:
                    yield model, str(key)


def strange_files(person, files: set[tuple[type[Model], str]]) -> set[tuple[type[Model], str]]:
    """Return those of the files that a person may not choose: other agencies', or none at all."""
    known = set()
    for model in {model for model, _key in files}:
        keys = [key for of, key in files if of is model]
        own = policy_registry.get_by_type(model).instances_user_has_any_permission_for(person, KEEPING)
        known |= {(model, str(key)) for key in own.filter(pk__in=keys).values_list("pk", flat=True)}
    return files - known
