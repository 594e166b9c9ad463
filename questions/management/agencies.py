"""What commands about questions share: the agency that `--agency` names."""

from django.core.management.base import CommandError

from people.models import Agency


def agency_with(slug: str | None) -> Agency | None:
    """Return the agency with this slug, None for no slug; raises CommandError naming the agencies there are."""
    if slug is None:
        return None
    try:
        return Agency.objects.get(slug=slug)
    except Agency.DoesNotExist:
        known = ", ".join(Agency.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no agency “{slug}”. Known: {known}.") from None
