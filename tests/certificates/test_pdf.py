"""The PDF: what it claims, that its signature holds, and that one file is one hash."""

import hashlib
import io

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.exceptions import ImproperlyConfigured
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from certificates import documents, services, signing
from certificates.models import CertificateVersion, Colour, Design, Pattern
from certificates.sample import sample_version


@pytest.fixture
def version(certificate):
    return services.ensure_pdf(version=certificate.versions.get())


@pytest.fixture
def pdf(version, settings):
    return (settings.MEDIA_ROOT / version.pdf).read_bytes()


def xmp_of(reader) -> str:
    return reader.root["/Metadata"].data.decode()


def test_signed_pdf_keeps_its_claims(pdf):
    reader = PdfFileReader(io.BytesIO(pdf))
    metadata = xmp_of(reader)
    for claim in (
        "<pdfaid:part>2<",
        "<pdfaid:conformance>A<",
        "<pdfuaid:part>1<",
        "Sertifikat: Melayani dengan Empati",
    ):
        assert claim in metadata
    page = reader.root["/Pages"]["/Kids"][0]
    assert (str(reader.root["/Lang"]), page["/Tabs"], bool(reader.root["/MarkInfo"]["/Marked"])) == ("id", "/S", True)
    assert reader.root["/Pages"]["/Count"] == 1
    field = reader.root["/AcroForm"]["/Fields"][0].get_object()
    assert field["/TU"]
    assert all(side < 0 for side in field["/Rect"])


def test_every_picture_is_described(pdf):
    reader = PdfFileReader(io.BytesIO(pdf))
    found = []

    def walk(node):
        if not hasattr(node, "get"):
            return
        if node.get("/S") == "/Figure":
            found.append(str(node["/Alt"]))
        below = node.get("/K", [])
        for child in below if isinstance(below, list) else [below]:
            walk(child.get_object() if hasattr(child, "get_object") else child)

    walk(reader.root["/StructTreeRoot"])
    url = documents.verification_url(CertificateVersion.objects.get().facts["code"])
    assert found == [f"Kode QR halaman pemeriksaan sertifikat ini: {url}"]


def test_signature_holds_and_a_change_breaks_it(pdf):
    root = x509.Certificate.load(signing.platform_key().certificate.public_bytes(Encoding.DER))
    trusted = ValidationContext(trust_roots=[root])
    status = validate_pdf_signature(PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0], trusted)
    assert (status.bottom_line, status.coverage.name) == (True, "ENTIRE_FILE")
    place = pdf.index(b"stream") + 40
    broken = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    status = validate_pdf_signature(PdfFileReader(io.BytesIO(broken), strict=False).embedded_signatures[0], trusted)
    assert not status.bottom_line


def test_file_is_written_once(version, pdf, settings):
    assert version.sha256 == hashlib.sha256(pdf).hexdigest()
    assert version.is_development
    assert signing.DEVELOPMENT in version.signed_by
    again = services.ensure_pdf(version=CertificateVersion.objects.get())
    assert again.pdf == version.pdf


def test_of_two_who_ask_at_once_the_first_file_is_kept(certificate, settings):
    first, second = certificate.versions.get(), certificate.versions.get()
    services.ensure_pdf(version=first)
    services.ensure_pdf(version=second)
    assert (second.pdf, second.sha256) == (first.pdf, first.sha256)
    assert len(list((settings.MEDIA_ROOT / "sertifikat" / certificate.code).iterdir())) == 1


def test_unsigned_pdf_is_the_same_each_time(certificate):
    version = certificate.versions.get()
    assert documents.write(version, assurance="platform") == documents.write(version, assurance="platform")
    assert documents.write(version, assurance="platform") != documents.write(version, assurance="bsre")


def test_failing_signer_leaves_the_certificate_to_be_tried_again(certificate, monkeypatch):
    class Away:
        assurance = "bsre"

        def sign(self, pdf, *, reason):
            raise ConnectionError

    monkeypatch.setattr(signing, "signer", Away)
    with pytest.raises(ConnectionError):
        services.ensure_pdf(version=certificate.versions.get())
    assert certificate.versions.get().pdf == ""


@pytest.mark.parametrize("colour", Colour.values)
@pytest.mark.parametrize("pattern", Pattern.values)
def test_every_design_can_be_drawn(agency, pattern, colour):
    design = Design(agency=agency, pattern=pattern, colour=colour, signatory_name="A", second_name="B", second_post="C")
    assert documents.write(sample_version(design, language="en"), assurance="platform").startswith(b"%PDF")


def test_longest_facts_stay_on_one_page(agency):
    words = "Kesejahteraan Masyarakat "
    design = Design(
        agency=agency, heading_id="Surat Keterangan Penyelesaian Pelatihan", wording_id=words * 16,
        signatory_name=words * 6, signatory_post=words * 6, second_name=words * 6, second_post=words * 6,
    )  # fmt: skip
    agency.name = words * 8
    version = sample_version(design, language="id")
    version.facts.update(name=words * 6, title=(words * 11)[:255], unit=words * 8, number=words * 4)
    reader = PdfFileReader(io.BytesIO(documents.write(version, assurance="platform")))
    assert reader.root["/Pages"]["/Count"] == 1


def test_lost_logo_withholds_nothing(certificate):
    version = certificate.versions.get()
    version.facts["look"]["logo"] = {"file": "original_images/gone.png", "alt": "Lambang"}
    assert documents.write(version, assurance="platform").startswith(b"%PDF")


def test_key_of_the_settings_is_used(settings, tmp_path, certificate):
    path = tmp_path / "key.p12"
    path.write_bytes(signing.development_store("rahasia"))
    settings.CERTIFICATE_SIGNING_KEY, settings.CERTIFICATE_SIGNING_PASSWORD = str(path), "rahasia"
    assert signing.platform_key().kid
    settings.CERTIFICATE_SIGNING_PASSWORD = "keliru"
    with pytest.raises(ImproperlyConfigured):
        signing.platform_key()


def test_development_key_is_made_once_and_is_nobody_elses(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    assert signing.platform_key().kid == signing.platform_key().kid
    (made,) = (tmp_path / "kunci").iterdir()
    assert made.stat().st_mode & 0o077 == 0
