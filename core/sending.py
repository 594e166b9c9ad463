"""Files of the store that are for one person, sent so that no browser runs what is in them."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404


def send_file(
    stored: str, name: str, *, kind: str = "application/octet-stream", is_shown: bool = False
) -> FileResponse:
    """Send a stored file under a name: to be saved, or shown in a closed sandbox where its `kind` was checked by us.

    404 where the store has it no longer.
    """
    try:
        content = default_storage.open(stored)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=not is_shown, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
