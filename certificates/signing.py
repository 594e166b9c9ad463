"""Who signs: the interface behind which a platform key or BSrE's service stands (CERT-4), and the platform's own key.

`CERTIFICATE_SIGNER` names a class without arguments that keeps this protocol; see docs/certificates.md for BSrE. The
platform's key is a PKCS#12 file (`CERTIFICATE_SIGNING_KEY`, `CERTIFICATE_SIGNING_PASSWORD`) with an RSA key. Where none
is named, this machine makes one for development, says so in its subject, and every page that checks says so too.
"""

import asyncio
import base64
import datetime as dt
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

DEVELOPMENT = "PENGEMBANGAN"
FIELD = "Tanda-tangan"
RESERVED = 16_384  # hexadecimal digits: room for the signature with a chain of certificates


@dataclass(frozen=True)
class Signed:
    """A signed PDF and who signed it."""

    pdf: bytes
    signed_by: str
    is_development: bool


class Signer(Protocol):
    """What puts an electronic signature into a finished PDF."""

    # "platform" or "bsre": decides the class of wording that is printed and shown (CERT-3).
    assurance: str

    def sign(self, pdf: bytes, *, reason: str) -> Signed:
        """Return the PDF with an incremental update that holds one signature over all of it.

        Raise any exception where signing is not possible now: the certificate stays issued, and its PDF is tried again.
        """


def signer() -> Signer:
    """Return the signer that the settings name."""
    return import_string(settings.CERTIFICATE_SIGNER)()


# --- the platform's key ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlatformKey:
    """The key that signs badges, and PDFs where no other signer is named."""

    private: rsa.RSAPrivateKey
    certificate: x509.Certificate
    others: tuple[asn1_x509.Certificate, ...] = ()  # the chain above it

    @property
    def subject(self) -> str:
        return self.certificate.subject.rfc4514_string()

    @property
    def is_development(self) -> bool:
        return DEVELOPMENT in self.subject

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key as RFC 7517 has it, with the certificate behind it."""
        numbers = self.private.public_key().public_numbers()
        der = self.certificate.public_bytes(Encoding.DER)
        return {
            "kty": "RSA",
            "n": _base64url(numbers.n),
            "e": _base64url(numbers.e),
            "alg": "RS256",
            "use": "sig",
            "kid": self.kid,
            "x5c": [base64.b64encode(der).decode()],
        }

    @property
    def kid(self) -> str:
        """The thumbprint of RFC 7638."""
        numbers = self.private.public_key().public_numbers()
        members = {"e": _base64url(numbers.e), "kty": "RSA", "n": _base64url(numbers.n)}
        digest = hashlib.sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _base64url(number: int) -> str:
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def platform_key() -> PlatformKey:
    """Return the key of the settings, else the development key of this machine, made on the first wish for it.

    Raise ImproperlyConfigured where the settings name a file that cannot be used.
    """
    named = settings.CERTIFICATE_SIGNING_KEY
    if named:
        return _load(Path(named), settings.CERTIFICATE_SIGNING_PASSWORD)
    path = Path(settings.VAR_DIR) / "kunci" / "sertifikat-pengembangan.p12"
    if not path.exists():
        _keep_new(path)
    return _load(path, "")


@cache
def _load(path: Path, password: str) -> PlatformKey:
    try:
        private, certificate, others = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode() or None)
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"CERTIFICATE_SIGNING_KEY: {path.name} cannot be read: {error}") from error
    if not isinstance(private, rsa.RSAPrivateKey) or certificate is None or private.key_size < 2048:
        raise ImproperlyConfigured(f"CERTIFICATE_SIGNING_KEY: {path.name} must hold an RSA key of 2048 bits or more")
    chain = tuple(asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in others)
    return PlatformKey(private, certificate, chain)


def _keep_new(path: Path) -> None:
    """Write a new development key; of several processes that begin at once the first one's is kept."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(development_store())
    try:
        os.link(name, path)  # fails where another was quicker, and never shows half a file
    except FileExistsError:
        pass
    finally:
        os.unlink(name)


def development_store(password: str = "") -> bytes:
    """Return a PKCS#12 file with a new key and a certificate of its own that nobody vouches for, and that says so."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, settings.WAGTAIL_SITE_NAME),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEVELOPMENT),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Kunci sertifikat ({DEVELOPMENT})"),
        ]
    )
    now = dt.datetime.now(dt.UTC)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"sertifikat", key, certificate, None, encryption)


# --- the platform's signer -------------------------------------------------------------------------------------------


class PyHankoSigner:
    """Sign with the platform's key. The signature certifies the document: no change is allowed after it."""

    assurance = "platform"

    def sign(self, pdf: bytes, *, reason: str) -> Signed:
        key = platform_key()
        writer = _SameMetadata(io.BytesIO(pdf))
        # PDF/UA: what can be tabbed to comes in the order of the structure.
        page = writer.root["/Pages"]["/Kids"][0]
        page["/Tabs"] = generic.pdf_name("/S")
        writer.update_container(page)
        # No size and outside the page: nothing is seen or read aloud, so neither standard asks for more.
        unseen = fields.InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
        place = fields.SigFieldSpec(FIELD, on_page=0, invis_sig_settings=unseen, readable_field_name=reason)
        metadata = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            reason=reason,
            name=settings.WAGTAIL_SITE_NAME,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            subfilter=fields.SigSeedSubFilter.PADES,
        )
        by = _KeySigner(key)
        out = _outside_a_loop(
            lambda: signers.sign_pdf(writer, metadata, signer=by, new_field_spec=place, bytes_reserved=RESERVED)
        )
        return Signed(out.getvalue(), key.subject, key.is_development)


def _outside_a_loop(work: Callable[[], Any]) -> Any:
    """pyHanko runs an event loop of its own, which a running one forbids: then it gets a thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()


class _SameMetadata(IncrementalPdfFileWriter):
    """pyHanko would write the XMP metadata in another form; what typst wrote carries the claims to PDF/A and UA."""

    def _update_meta(self):
        pass


class _KeySigner(signers.Signer):
    """pyHanko's own signer reads (and checks) the private key anew for each signature, which takes a quarter second."""

    def __init__(self, key: PlatformKey):
        certificate = asn1_x509.Certificate.load(key.certificate.public_bytes(Encoding.DER))
        super().__init__(signing_cert=certificate, cert_registry=SimpleCertificateStore.from_certs(key.others))
        self.private = key.private

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(self.private.key_size // 8)
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
