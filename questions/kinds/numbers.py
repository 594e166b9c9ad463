"""Numbers as people write them: `3,14`, `3.14`, `1.000.000`, `1 000`, `1,5e3`, `1,5×10^3`. Exact, none of them giant.

In Indonesian the comma parts the decimals and the point the thousands, in English the other way round: `1.000` is one
and a thousand. `readings` gives all that a text can mean.
"""

import re
from decimal import Context, Decimal
from fractions import Fraction

from ..wording import gettext

LONGEST = 60  # characters of a number
LARGEST_EXPONENT = 99
LONGEST_WRITTEN = 21  # characters; longer ones are written with an exponent
SPACES = re.compile("[\u00a0\u2007\u2009\u202f]")
SIGNS = str.maketrans("−–＋，．", "--+,.")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
SUPERSCRIPT = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
NUMBER = re.compile(
    r"""(?P<sign>[+-]?)\ ?
        (?P<digits>(?:[0-9]|[.,](?=[0-9]))(?:[0-9]|[.,' ](?=[0-9]))*[.,]?)
        (?:\ ?(?:[eE]|[x×*·⋅]\ ?10\ ?(?:\^|\*\*))\ ?\(?(?P<exponent>[+-]?[0-9]{1,4})\)?)?""",
    re.VERBOSE,
)
THOUSANDS = {mark: re.compile(rf"[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+") for mark in (".", ",", " ", "'")}
EXACT = Context(prec=400)


def readings(text: str) -> list[Fraction]:
    """Return every number that a text can mean, the English reading first; none for what is no number."""
    text = tidy(text)
    found = NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    return values_of(found) if found else []


def tidy(text: str) -> str:
    """Return a text with plain signs, spaces and powers of ten; anything longer than a number with a unit is cut."""
    text = SPACES.sub(" ", text[: 4 * LONGEST]).translate(SIGNS)
    text = re.sub(rf"(?<=10)({SUPERSCRIPT.pattern})", lambda power: "^" + power[0].translate(SUPERSCRIPTS), text)
    return " ".join(text.split())


def values_of(found: re.Match[str]) -> list[Fraction]:
    """Return what a match of NUMBER can mean."""
    exponent = int(found["exponent"] or 0)
    if abs(exponent) > LARGEST_EXPONENT or len(found[0]) > LONGEST:
        return []
    factor = Fraction(10) ** exponent * (-1 if found["sign"] == "-" else 1)
    numbers = [_with_marks(found["digits"], decimal, thousands) for decimal, thousands in ((".", ","), (",", "."))]
    return list(dict.fromkeys(number * factor for number in numbers if number is not None))


def _with_marks(digits: str, decimal: str, thousands: str) -> Fraction | None:
    """Read digits in one of the two ways of writing; None where they are not written so."""
    whole, _mark, rest = digits.partition(decimal)
    if rest and not rest.isdigit():
        return None
    if not (whole.isdigit() or not whole):
        if not any(THOUSANDS[mark].fullmatch(whole) for mark in (thousands, " ", "'")):
            return None
        whole = re.sub(r"[^0-9]", "", whole)
    return Fraction(int((whole or "0") + rest), 10 ** len(rest))


def write_number(number: Fraction) -> str | None:
    """Write a number exactly, with a decimal point; None for what has no end (1/3) or `readings` would not read."""
    twos = fives = 0
    rest = number.denominator
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1 or places > 2 * LARGEST_EXPONENT or abs(number) >= 10 ** (2 * LARGEST_EXPONENT):
        return None
    exact = Decimal(int(number * 10**places)).scaleb(-places, context=EXACT).normalize(context=EXACT)
    plain = f"{exact:f}"
    written = plain if len(plain) <= LONGEST_WRITTEN else f"{exact:e}"
    return written if number in readings(written) else None


def local_number(number: Fraction) -> str:
    """Write a number for people, with the decimal mark of their language; one without an end is cut off."""
    written = write_number(number)
    if written is None:
        written = f"{float(number):.10g}"
    # A number as people write it shows translators which mark is asked for.
    return written.replace(".", gettext("1.5")[1:2] or ".")


def between(low: Fraction, high: Fraction) -> Fraction | None:
    """Return the shortest decimal number in the middle between two others; None where only endless ones are."""
    middle = (low + high) / 2
    for places in range(-LARGEST_EXPONENT, LONGEST):
        factor = Fraction(10) ** places
        number = Fraction(round(middle * factor)) / factor
        if low < number < high and write_number(number) is not None:
            return number
    return None
