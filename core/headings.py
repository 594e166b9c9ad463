"""What names a page of the admin at its top, in its path and in the browser's tab."""


def heading(title: str, icon: str, *above: tuple[str, str]) -> dict:
    """Return the title of a page and the path to it, from pairs (address, label) above it, as Wagtail's header asks."""
    crumbs = [{"url": url, "label": label} for url, label in above]
    return {"header_title": title, "header_icon": icon, "breadcrumbs_items": [*crumbs, {"url": "", "label": title}]}
