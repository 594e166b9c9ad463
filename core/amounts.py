"""JP in figures: the one place that says how they are cut. Never rounded up: nothing is shown that was not earned."""

import math
from decimal import Decimal
from fractions import Fraction

from django.utils import formats

HALF = Fraction(1, 2)


def jp_number(jp: Fraction) -> str:
    """Write JP to the half, cut: 2 2/3 is `2,5`. Less than a half has up to two decimals, so that it is not nothing."""
    return jp_exact(jp) if abs(jp) < HALF else _cut(jp, 2)


def jp_exact(jp: Fraction | Decimal) -> str:
    """Write JP with up to two decimals, cut: for lines whose sums must be seen to be right."""
    return _cut(Fraction(jp), 100)


def _cut(jp: Fraction, parts: int) -> str:
    """Write JP in whole parts of one (2: halves, 100: hundredths)."""
    amount = Decimal(math.floor(abs(jp) * parts)) / parts
    written = amount.normalize() if amount % 1 else int(amount)
    return ("−" if jp < 0 and amount else "") + formats.number_format(written, use_l10n=True)
