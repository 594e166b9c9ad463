"""The PDF of a version: the typst template with the version's own facts, nothing of today."""

import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from core.typeset import TypesettingFailed, compile_pdf, draw_png

from . import facts
from .models import CertificateVersion

logger = logging.getLogger(__name__)

TEMPLATE = Path(__file__).resolve().parent / "typst" / "certificate.typ"
# What typst reads; a logo of another kind is left out.
LOGO_KINDS = ("png", "jpg", "jpeg", "gif", "webp", "svg")


def verification_url(code: str) -> str:
    """Return the absolute address that the QR carries."""
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}/sertifikat/{code}/"


def write(version: CertificateVersion, *, assurance: str) -> bytes:
    """Return the unsigned PDF: PDF/A-2a and PDF/UA-1, the same bytes for the same version."""
    data, files = drawn(version, assurance=assurance)
    try:
        return compile_pdf(TEMPLATE, data, files=files, made_at=version.made_at)
    except TypesettingFailed:
        if data["logo"] is None:
            raise
        logger.warning("The logo of certificate %s cannot be drawn and is left out", version.facts["number"])
        return compile_pdf(TEMPLATE, {**data, "logo": None}, files=files, made_at=version.made_at)


def preview(version: CertificateVersion, *, assurance: str, ppi: int = 96) -> bytes:
    """Return a picture of a version that need not be kept."""
    data, files = drawn(version, assurance=assurance)
    return draw_png(TEMPLATE, data, files=files, ppi=ppi)


def drawn(version: CertificateVersion, *, assurance: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return what the template is given, with the logo where its file still exists."""
    data, files = facts.printed(version, url=verification_url(version.facts["code"]), assurance_kind=assurance)
    logo = version.facts["look"]["logo"]
    if logo:
        kind = logo["file"].rpartition(".")[2].lower()
        content = _read(logo["file"]) if kind in LOGO_KINDS else None
        if content:
            data["logo"] = {"file": f"logo.{kind}", "alt": logo["alt"]}
            files[f"logo.{kind}"] = content
    return data, files


def _read(name: str) -> bytes | None:
    """A logo may have been deleted since; the certificate is written without it."""
    try:
        with default_storage.open(name) as file:
            return file.read()
    except OSError:
        return None
