"""The code of a certificate: what a QR carries and a person types. Pure: text in, text out."""

import re
import secrets

# Base 30: digits and letters that nobody mistakes for another, in print or by telephone (no 0 O, 1 I L, no U).
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10  # 30^10 = 5.9 × 10^14: with limited tries, no use guessing
SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212.]+")
CODE = re.compile(rf"^[{ALPHABET}]{{{LENGTH}}}$")
MASK = "•"


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(text: str) -> str:
    """Return the code as it is kept, from what somebody typed or scanned (an address too); empty where it is none."""
    last = text.strip().rstrip("/").rpartition("/")[2]
    code = SEPARATORS.sub("", last).upper()
    return code if CODE.match(code) else ""


def grouped(code: str) -> str:
    """Return the code as it is printed, in two groups: `7KQ2M-X4TBN`."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def masked_nip(nip: str) -> str:
    """Return a NIP of which only the serial is read: birth, appointment and sex are nobody else's business (CERT-5)."""
    if len(nip) != 18:
        return ""
    return f"{MASK * 8} {MASK * 6} {MASK} {nip[-3:]}"
