"""What the answers say about a quiz and its questions: a table of marks in, figures out. Pure.

    collector = Collector(
        slots=[SlotInfo("1", max_mark=1), SlotInfo("2", max_mark=2)],
        versions={
            71: VersionInfo(question=7, guess=1 / 3, options={"a": 1, "b": 0, "c": 0}),
            82: VersionInfo(question=8, guess=1 / 2, options={"true": 0, "false": 1}),
        },
    )
    for attempt in attempts:
        collector.add(Attempt(shares=[1, Fraction(1, 2)], versions=[71, 82], responses=["a", "true"], seconds=312))
    figures = collector.figures()
    figures.alpha, figures.items[0].facility, findings(figures.items[0])
    kept = json.dumps(figures.as_dict())
    figures = QuizFigures.from_dict(json.loads(kept))

Every attempt has one entry for each slot, in the order of `slots`:

- `shares`: the part of the slot's mark that the answer earned: a number, or, quickest, numerator and denominator as
  `AttemptQuestion` keeps them, `(1, 3)`. Negative and above 1 where a behaviour gives such marks; an answer left out
  earned 0. None where there is no mark: not asked in this attempt, or a person has yet to give it.
- `versions`: which version was asked. A fixed slot has several when its question was edited, a random slot draws them;
  both are broken down in `parts`.
- `responses`: what was answered, as a class: the id of the chosen option, a tuple of ids where several may be chosen,
  the pattern an open answer matched, a word for all the rest; None for no answer.
- `seconds`: the time taken, or None.

Feed the first attempt of each learner, as the formulas ask for independent attempts; all attempts only on request.

The arithmetic is exact: marks are whole numbers of a common unit, figures are rounded once, when they are done. So the
order of attempts changes nothing, and what does not vary has the variance 0. A figure that is not defined (one attempt,
no variance) is None. Of each answer three numbers of four bytes are kept (24 MB for 100,000 attempts at 20 questions),
and once what they stand for: so give responses as classes, not as typed.

Sources. *Moodle*: the developer documentation "Quiz statistics calculations" (docs.moodle.org/dev), by which these
figures agree with those that organisers know. *Cronbach*: L. J. Cronbach, Coefficient alpha and the internal structure
of tests, Psychometrika 16 (1951), 297-334. *Joanes & Gill*: Comparing measures of sample skewness and kurtosis, The
Statistician 47 (1998), 183-189.
"""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from operator import add
from typing import Any, NamedTuple

Key = str | int | None
Number = int | float | Fraction
Share = Number | tuple[int, int] | None

BINS = 20  # of 5 % each, so that every usual pass mark lies between two
LARGEST_SHARE = 100
LARGEST_MARK = 10**6
LARGEST_UNIT = (
    2**256
)  # finer marks than this are rounded to 2^-64: absurd weights cost the twentieth digit, not the page

LOWEST, MIDDLE, BEST = range(3)

# Thresholds of the findings; docs/statistics.md says why.
LEAST_ATTEMPTS = 20
LEAST_IN_BEST_THIRD = 5


# --- what comes in ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SlotInfo:
    """A place in the quiz and the mark it can earn; a place of mark 0 takes no part in the totals."""

    key: Key
    max_mark: Number


@dataclass(frozen=True)
class VersionInfo:
    """A version of a question: what blind guessing earns on average (a share), and what each known response earns."""

    question: Key
    guess: float | None = None
    options: Mapping[Key, Number] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One ended attempt; see the module for its columns. `versions` and `responses` may be left out altogether."""

    shares: Sequence[Share]
    versions: Sequence[Key] = ()
    responses: Sequence[Key | tuple[Key, ...]] = ()
    seconds: float | None = None


# --- what comes out --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ResponseFigures:
    """A class of responses: who gave it. `earns` is its share of the mark where that is known.

    `thirds` counts it among the lowest, the middle and the best third of the learners; None where there are no thirds.
    """

    key: Key
    earns: float | None
    count: int
    share: float
    thirds: tuple[int, ...] | None

    @property
    def is_right(self) -> bool | None:
        """Say whether the response earns anything; None where that is not known."""
        return None if self.earns is None else self.earns > 0


@dataclass(frozen=True)
class ItemFigures:
    """What the answers say about a slot, a question drawn by it, or a version (`level`).

    Shares, weights, facility and correlations are parts of 1. Thirds are by the marks in the rest of the quiz.
    """

    level: str
    key: Key
    attempts: int
    marked: int
    facility: float | None
    deviation: float | None
    guess: float | None
    has_negative_covariance: bool
    discrimination: float | None
    efficiency: float | None
    thirds: tuple[int, ...] | None
    responses: tuple[ResponseFigures, ...]
    max_mark: float | None = None
    intended_weight: float | None = None
    effective_weight: float | None = None
    parts: tuple["ItemFigures", ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ItemFigures":
        responses = tuple(
            ResponseFigures(**{**response, "thirds": _as_tuple(response["thirds"])}) for response in data["responses"]
        )
        parts = tuple(cls.from_dict(part) for part in data["parts"])
        return cls(**{**data, "thirds": _as_tuple(data["thirds"]), "responses": responses, "parts": parts})


@dataclass(frozen=True)
class Times:
    """The time taken, in seconds, over the attempts whose time is known."""

    count: int
    mean: float
    least: float
    lower_quartile: float
    median: float
    upper_quartile: float
    most: float


@dataclass(frozen=True)
class QuizFigures:
    """What the answers say about the quiz. Marks are sums of marks, `alpha` and `error_ratio` parts of 1.

    All but `attempts` and `times` are over the `complete` attempts: those with a mark in every slot that has one to
    give. `bins` counts them by their part of the greatest total, in steps of 5 %; below 0 falls into the first bin and
    everything from 95 % on into the last. `drawn` are the questions of
    slots that asked several, each over all those slots.
    """

    attempts: int
    complete: int
    max_mark: float
    mean: float | None
    median: float | None
    deviation: float | None
    skewness: float | None
    kurtosis: float | None
    alpha: float | None
    error_ratio: float | None
    standard_error: float | None
    least: float | None
    most: float | None
    bins: tuple[int, ...]
    times: Times | None
    items: tuple[ItemFigures, ...]
    drawn: tuple[ItemFigures, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON can keep them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "QuizFigures":
        """Return the figures that `as_dict` gave away, also after a journey through JSON."""
        return cls(
            **{
                **data,
                "bins": tuple(data["bins"]),
                "times": data["times"] and Times(**data["times"]),
                "items": tuple(ItemFigures.from_dict(item) for item in data["items"]),
                "drawn": tuple(ItemFigures.from_dict(item) for item in data["drawn"]),
            }
        )


def _as_tuple(values):
    return None if values is None else tuple(values)


# --- collecting ------------------------------------------------------------------------------------------------------


class _Codes(dict):
    """Small numbers for things that repeat: `codes[thing]` gives a new thing the next number."""

    def __init__(self) -> None:
        super().__init__()
        self.things: list = []

    def __missing__(self, thing: Hashable) -> int:
        self[thing] = code = len(self.things)
        self.things.append(thing)
        return code


class _ShareCodes(_Codes):
    """The same for shares: only numbers within reason."""

    def __missing__(self, thing: Hashable) -> int:
        if thing is not None:
            _exact(thing, -LARGEST_SHARE, LARGEST_SHARE)
        return super().__missing__(thing)


def _exact(number: Any, least: int, most: int) -> Fraction:
    """Return the number without loss; raise ValueError for what is none (NaN) or lies outside."""
    try:
        exact = _fraction(number)
    except (ValueError, OverflowError, TypeError, ZeroDivisionError) as error:
        raise ValueError(f"not a number: {number!r}") from error
    if not least <= exact <= most:
        raise ValueError(f"a number between {least} and {most} is asked for, not {number!r}")
    return exact


def _fraction(number: Any) -> Fraction:
    return Fraction(*number) if isinstance(number, tuple) else Fraction(number)


class Collector:
    """Takes attempts one by one and keeps them small; `figures()` may be asked for at any time.

    `versions` tells what is known about versions, older ones of a question first. A version that is not among them is a
    question of its own.
    """

    def __init__(self, slots: Iterable[SlotInfo], versions: Mapping[Key, VersionInfo] | None = None):
        self.slots = tuple(slots)
        self.max_marks = [_exact(slot.max_mark, 0, LARGEST_MARK) for slot in self.slots]
        self.versions = dict(versions or {})
        for version in self.versions.values():
            for share in (version.guess or 0, *version.options.values()):
                _exact(share, -LARGEST_SHARE, LARGEST_SHARE)
        self.share_codes, self.version_codes, self.response_codes = _ShareCodes(), _Codes(), _Codes()
        self.shares, self.asked, self.responses = array("I"), array("I"), array("I")
        self.seconds: Counter[float] = Counter()
        self.attempts = 0
        self._unknown = (None,) * len(self.slots)

    def add(self, attempt: Attempt) -> None:
        """Take an attempt; raise ValueError, and count nothing of it, if it does not fit the slots."""
        versions, responses = attempt.versions or self._unknown, attempt.responses or self._unknown
        if not len(attempt.shares) == len(versions) == len(responses) == len(self.slots):
            raise ValueError(f"an attempt has one entry for each of the {len(self.slots)} slots")
        if attempt.seconds is not None and not 0 <= attempt.seconds < math.inf:
            raise ValueError(f"not a time: {attempt.seconds!r}")
        share_codes = [self.share_codes[share] for share in attempt.shares]
        version_codes = [self.version_codes[version] for version in versions]
        response_codes = [self.response_codes[response] for response in responses]
        self.shares.extend(share_codes)
        self.asked.extend(version_codes)
        self.responses.extend(response_codes)
        self.attempts += 1
        if attempt.seconds is not None:
            self.seconds[attempt.seconds] += 1

    def figures(self) -> QuizFigures:
        """Return every figure of the quiz and of its items."""
        return _Analysis(self).figures()


# --- breaking down ---------------------------------------------------------------------------------------------------


class _Cell(NamedTuple):
    """So many attempts that met the same version, gave the same response, and earned the same there and in all.

    `share` and `mark` are 0 where it is not marked, `total` where an attempt is not complete.
    """

    version: Key
    response: Key | tuple[Key, ...]
    is_marked: bool
    share: int
    mark: int
    is_complete: bool
    total: int
    times: int

    @property
    def rest(self) -> int:
        """The marks in the rest of the quiz."""
        return self.total - self.mark


class _Analysis:
    """What was collected, slot by slot: only the cells of one slot, and of the drawn questions, are held at a time."""

    def __init__(self, collected: Collector):
        self.collected = collected
        self.marks = _Marks(collected.share_codes.things, collected.max_marks)
        self.totals = self._totals()
        self._version_places = {version: place for place, version in enumerate(collected.versions)}
        self._question_places: dict[Key, int] = {}
        for version, info in collected.versions.items():
            self._question_places.setdefault(info.question, self._version_places[version])

    def figures(self) -> QuizFigures:
        whole = Counter(total for total in self.totals if total is not None)
        possible = sum(self.collected.max_marks)
        items: list[ItemFigures] = []
        roots: list[float | None] = []
        drawn: dict[Key, list[_Cell]] = defaultdict(list)
        variances = Fraction(0)
        for index in range(len(self.collected.slots)):
            cells = self._cells(index)
            items.append(self._slot_figures(index, cells))
            roots.append(_root_of_covariance(cells))
            variances += _variance(_counts((cell.mark, cell.times) for cell in cells if cell.is_complete))
            if items[-1].parts and items[-1].parts[0].level == "question":
                for cell in cells:
                    drawn[self._question(cell.version)].append(cell)
        return QuizFigures(
            attempts=self.collected.attempts,
            complete=whole.total(),
            max_mark=float(possible),
            **_whole_figures(whole, self.marks.unit, variances, sum(mark > 0 for mark in self.collected.max_marks)),
            bins=_bins(whole, Fraction(possible) * self.marks.unit),
            times=_times(self.collected.seconds),
            items=tuple(_weighted(items, roots)),
            drawn=self._question_parts(drawn, max_mark=None),
        )

    def _totals(self) -> list[int | None]:
        """Return the total of each attempt, None where a mark is missing."""
        totals: list[int | None] = [0] * self.collected.attempts
        missing: set[int] = set()
        nothing = self.collected.share_codes.get(None)
        for index, max_mark in enumerate(self.collected.max_marks):
            column = self.collected.shares[index :: len(self.collected.slots)]
            totals = list(map(add, totals, map(self.marks.of_slot(index).__getitem__, column)))
            if nothing is not None and max_mark:
                missing.update(place for place, code in enumerate(column) if code == nothing)
        for place in missing:
            totals[place] = None
        return totals

    def _cells(self, index: int) -> list[_Cell]:
        """Return what happened in a slot, equal answers of equal attempts together, without those not asked."""
        data, step = self.collected, len(self.collected.slots)
        columns = (data.asked[index::step], data.responses[index::step], data.shares[index::step], self.totals)
        marks, nothing = self.marks.of_slot(index), data.share_codes.get(None)
        cells = (
            _Cell(
                version=data.version_codes.things[version],
                response=data.response_codes.things[response],
                is_marked=share != nothing,
                share=self.marks.earned[share],
                mark=marks[share],
                is_complete=total is not None,
                total=total or 0,
                times=count,
            )
            for (version, response, share, total), count in Counter(zip(*columns, strict=True)).items()
        )
        return [cell for cell in cells if cell.is_marked or (cell.version, cell.response) != (None, None)]

    def _slot_figures(self, index: int, cells: list[_Cell]) -> ItemFigures:
        max_mark, possible = self.collected.max_marks[index], sum(self.collected.max_marks)
        questions = self._by_question(cells)
        parts = (
            self._question_parts(questions, float(max_mark))
            if len(questions) > 1
            else self._version_parts(cells, float(max_mark))
        )
        return self._item(
            "slot",
            self.collected.slots[index].key,
            cells,
            max_mark=float(max_mark),
            intended_weight=float(max_mark / possible) if possible else None,
            parts=parts,
        )

    def _by_question(self, cells: list[_Cell]) -> dict[Key, list[_Cell]]:
        questions = defaultdict(list)
        for cell in cells:
            questions[self._question(cell.version)].append(cell)
        return questions

    def _question_parts(self, questions: dict[Key, list[_Cell]], max_mark: float | None) -> tuple[ItemFigures, ...]:
        return tuple(
            self._item("question", key, cells, max_mark=max_mark, parts=self._version_parts(cells, max_mark))
            for key, cells in sorted(questions.items(), key=lambda item: self._question_place(item[0]))
        )

    def _version_parts(self, cells: list[_Cell], max_mark: float | None) -> tuple[ItemFigures, ...]:
        """Break a question down by version, where there are several."""
        versions = defaultdict(list)
        for cell in cells:
            versions[cell.version].append(cell)
        if len(versions) < 2:
            return ()
        return tuple(
            self._item("version", key, versions[key], max_mark=max_mark)
            for key in sorted(versions, key=self._version_place)
        )

    def _item(self, level: str, key: Key, cells: list[_Cell], **known: Any) -> ItemFigures:
        asked = sorted({cell.version for cell in cells}, key=self._version_place)
        is_one_question = len({self._question(version) for version in asked}) < 2
        thirds = _Thirds(cells)
        return ItemFigures(
            level=level,
            key=key,
            guess=self._guess(cells),
            thirds=thirds.sizes,
            responses=_responses(cells, self._options(asked), thirds) if is_one_question else (),
            **_item_figures(cells, self.marks.share_unit),
            **known,
        )

    def _options(self, versions: Iterable[Key]) -> dict[Key, Number]:
        """Return what each known response earns; the newest version that has it says so."""
        options: dict[Key, Number] = {}
        for version in versions:
            if version in self.collected.versions:
                options.update(self.collected.versions[version].options)
        return options

    def _guess(self, cells: list[_Cell]) -> float | None:
        """Return what guessing earns on average over what was asked; None unless it is known for all of it."""
        asked: Counter[Key] = Counter()
        for cell in cells:
            asked[cell.version] += cell.times
        guessed = Fraction(0)
        for version, count in asked.items():
            known = self.collected.versions.get(version)
            if known is None or known.guess is None:
                return None
            guessed += Fraction(known.guess) * count
        return float(guessed / asked.total()) if asked else None

    def _question(self, version: Key) -> Key:
        known = self.collected.versions.get(version)
        return known.question if known else version

    def _version_place(self, version: Key) -> tuple[float, str]:
        """Say where a version stands in the order given; strangers follow by name."""
        return self._version_places.get(version, math.inf), str(version)

    def _question_place(self, question: Key) -> tuple[float, str]:
        return self._question_places.get(question, math.inf), str(question)


class _Marks:
    """Shares and marks as whole numbers: a mark of 1 is `unit`, a share of 1 is `share_unit`."""

    def __init__(self, shares: Sequence[Share], max_marks: Sequence[Fraction]):
        exact = _with_small_unit([_fraction(share or 0) for share in shares])
        weights = _with_small_unit(max_marks)
        mark_unit = math.lcm(*(mark.denominator for mark in weights))
        self.share_unit = math.lcm(*(share.denominator for share in exact))
        self.unit = self.share_unit * mark_unit
        self._weights = [int(mark * mark_unit) for mark in weights]
        self.earned = [int(share * self.share_unit) for share in exact]

    def of_slot(self, index: int) -> list[int]:
        """Return the mark in this slot of each share, by its code; 0 where there is none."""
        return [earned * self._weights[index] for earned in self.earned]


def _with_small_unit(numbers: Sequence[Fraction]) -> list[Fraction]:
    """Return the numbers themselves, unless their common unit is absurdly small: then rounded to 2^-64."""
    unit = 1
    for number in numbers:
        unit = math.lcm(unit, number.denominator)
        if unit > LARGEST_UNIT:
            return [Fraction(round(number * 2**64), 2**64) for number in numbers]
    return list(numbers)


def _weighted(items: Iterable[ItemFigures], roots: Sequence[float | None]) -> Iterable[ItemFigures]:
    """Give each item its part of the sum of the roots of the covariances."""
    of_all = math.fsum(root or 0.0 for root in roots)
    for item, root in zip(items, roots, strict=True):
        yield replace(item, effective_weight=None if root is None or not of_all else root / of_all)


# --- figures of an item ----------------------------------------------------------------------------------------------


def _item_figures(cells: list[_Cell], unit: int) -> dict[str, Any]:
    """Return the classical figures of an item (Moodle, "Position statistics").

    Facility index: the mean share, Σx / n. Standard deviation: √(Σ(x - x̄)² / (n - 1)), of the shares.
    Discrimination index: the correlation of the item's marks x with the marks y in the rest of the quiz,
    Cov(x, y) / √(Var(x) Var(y)). Discriminative efficiency: Cov(x, y) / Cov_max(x, y), where Cov_max is what the
    covariance would be if the best in the rest had the best marks here: both sorted. With a question drawn at random we
    compare with the rest too; Moodle takes the whole, which the question itself is a part of.
    """
    marked = [cell for cell in cells if cell.is_marked]
    shares = _counts((cell.share, cell.times) for cell in marked)
    paired = [cell for cell in marked if cell.is_complete]
    here, rest = _counts((c.share, c.times) for c in paired), _counts((c.rest, c.times) for c in paired)
    covariance = _covariance((c.share, c.rest, c.times) for c in paired)
    variances = _product_sum(here) * _product_sum(rest)
    count = shares.total()
    return {
        "attempts": sum(cell.times for cell in cells),
        "marked": count,
        "facility": float(Fraction(_sum(shares), count * unit)) if count else None,
        "deviation": math.sqrt(_variance(shares) / unit**2) if count > 1 else None,
        "discrimination": _signed_root(Fraction(covariance * abs(covariance), variances)) if variances else None,
        "efficiency": float(Fraction(covariance, _greatest_covariance(here, rest))) if variances else None,
        "has_negative_covariance": _covariance((c.mark, c.total, c.times) for c in paired) < 0,
    }


def _root_of_covariance(cells: list[_Cell]) -> float | None:
    """Return √Cov(x, t) of the item's marks with the totals, in our unit; None where that is negative or undefined.

    Effective weight: this root over the sum of those of all items, leaving out items whose covariance is negative
    (Moodle, "Effective question weight"); compare it with the intended weight, the item's part of the greatest total.
    """
    pairs = [(cell.mark, cell.total, cell.times) for cell in cells if cell.is_complete]
    count, covariance = sum(pair[2] for pair in pairs), _covariance(pairs)
    if count < 2 or covariance < 0:
        return None
    return math.sqrt(Fraction(covariance, count * (count - 1)))


def _counts(pairs: Iterable[tuple[int, int]]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for value, count in pairs:
        counts[value] += count
    return counts


def _sum(counts: Mapping[int, int]) -> int:
    return sum(value * count for value, count in counts.items())


def _product_sum(counts: Counter[int]) -> int:
    """Return n Σx² - (Σx)², which is n² times the variance: a whole number, 0 exactly where nothing varies."""
    return counts.total() * sum(value * value * count for value, count in counts.items()) - _sum(counts) ** 2


def _variance(counts: Counter[int]) -> Fraction:
    """Return the unbiased variance, 0 where there are not two."""
    total = counts.total()
    return Fraction(_product_sum(counts), total * (total - 1)) if total > 1 else Fraction(0)


def _covariance(triples: Iterable[tuple[int, int, int]]) -> int:
    """Return n Σxy - Σx Σy of (x, y, how often): n² times the covariance."""
    count = of_x = of_y = of_both = 0
    for x, y, times in triples:
        count += times
        of_x += x * times
        of_y += y * times
        of_both += x * y * times
    return count * of_both - of_x * of_y


def _greatest_covariance(xs: Counter[int], ys: Counter[int]) -> int:
    """Return `_covariance` of the same values, each sorted: the greatest that they could have."""
    triples, pending = [], sorted(ys.items(), reverse=True)
    for x, count in sorted(xs.items()):
        while count:
            y, left = pending.pop()
            taken = min(count, left)
            triples.append((x, y, taken))
            count -= taken
            if left > taken:
                pending.append((y, left - taken))
    return _covariance(triples)


def _signed_root(square: Fraction) -> float:
    return math.copysign(math.sqrt(abs(square)), square)


# --- who answered what -----------------------------------------------------------------------------------------------


class _Thirds:
    """The lowest, middle and best third by the marks in the rest of the quiz, which a wrong key here cannot spoil.

    Equal marks fall into one third, so the outer ones may be larger than a third. Where too many are equal for the
    lowest and the best to differ, or there are fewer than three attempts, there are no thirds.
    """

    def __init__(self, cells: list[_Cell]):
        counts = _counts((cell.rest, cell.times) for cell in cells if cell.is_complete)
        self.sizes: tuple[int, ...] | None = None
        third = counts.total() // 3
        if not third:
            return
        self._low = _reached(sorted(counts.items()), third)
        self._high = _reached(sorted(counts.items(), reverse=True), third)
        if self._low < self._high:
            sizes = [0, 0, 0]
            for rest, count in counts.items():
                sizes[self._third(rest)] += count
            self.sizes = tuple(sizes)

    def of(self, cell: _Cell) -> int | None:
        """Return LOWEST, MIDDLE or BEST, None for attempts that have no total."""
        return None if not cell.is_complete or self.sizes is None else self._third(cell.rest)

    def _third(self, rest: int) -> int:
        return LOWEST if rest <= self._low else BEST if rest >= self._high else MIDDLE


def _reached(items: Iterable[tuple[int, int]], wanted: int) -> int:
    """Return the value at which so many have been counted."""
    for value, count in items:
        wanted -= count
        if wanted <= 0:
            return value
    raise ValueError("there are not so many")


def _responses(cells: list[_Cell], options: Mapping[Key, Number], groups: _Thirds) -> tuple[ResponseFigures, ...]:
    """Count the classes of responses: the known ones in their order, then others, most frequent first, then none.

    Where several options may be chosen, each counts for itself, and the shares may sum to more than 1.
    """
    counts: Counter[Key] = Counter(dict.fromkeys(options, 0))
    thirds: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for cell in cells:
        third = groups.of(cell)
        chosen = cell.response if isinstance(cell.response, tuple) else (cell.response,)
        for key in dict.fromkeys(chosen or (None,)):
            counts[key] += cell.times
            if third is not None:
                thirds[key][third] += cell.times
    others = sorted(counts.keys() - options.keys() - {None}, key=lambda key: (-counts[key], str(key)))
    attempts = sum(cell.times for cell in cells)
    return tuple(
        ResponseFigures(
            key=key,
            earns=float(options[key]) if key in options else None,
            count=counts[key],
            share=counts[key] / attempts if attempts else 0.0,
            thirds=tuple(thirds[key]) if groups.sizes else None,
        )
        for key in [*options, *others, *([None] if counts[None] else [])]
    )


# --- figures of the whole --------------------------------------------------------------------------------------------


def _whole_figures(totals: Counter[int], unit: int, variances: Fraction, items: int) -> dict[str, float | None]:
    """Return the figures of the totals (Moodle, "Test statistics").

    Mean, median, √Var with n - 1. Skewness k₃ / k₂^(3/2) and kurtosis k₄ / k₂², from the k-statistics (Joanes & Gill:
    G₁ and G₂; a normal distribution has 0). Coefficient of internal consistency, α = k / (k - 1) · (1 - Σ Var(x_i) /
    Var(t)) over the k items that have a mark (Cronbach). Error ratio √(1 - α): how much of the standard deviation is
    chance. Standard error: that part of the standard deviation, in marks.
    """
    count = totals.total()
    variance = _variance(totals)
    deviation = math.sqrt(variance / unit**2) if count > 1 else None
    alpha = Fraction(items, items - 1) * (1 - variances / variance) if items > 1 and variance else None
    error_ratio = None if alpha is None else math.sqrt(1 - alpha)
    return {
        "mean": float(Fraction(_sum(totals), count * unit)) if count else None,
        "median": float(_quantile(totals, Fraction(1, 2)) / unit) if count else None,
        "deviation": deviation,
        "skewness": _skewness(totals),
        "kurtosis": _kurtosis(totals),
        "alpha": None if alpha is None else float(alpha),
        "error_ratio": error_ratio,
        "standard_error": None if error_ratio is None or deviation is None else error_ratio * deviation,
        "least": min(totals) / unit if count else None,
        "most": max(totals) / unit if count else None,
    }


def _central(counts: Counter[int], power: int) -> int:
    """Return Σ(n x - Σx)^power: n^power times the sum of powers of the differences from the mean."""
    count, total = counts.total(), _sum(counts)
    return sum((count * value - total) ** power * times for value, times in counts.items())


def _skewness(counts: Counter[int]) -> float | None:
    """Return k₃ / k₂^(3/2) = √(n (n - 1)) / (n - 2) · m₃ / m₂^(3/2) (G₁); None for n < 3."""
    n, second = counts.total(), _central(counts, 2)
    if n < 3 or not second:
        return None
    third = _central(counts, 3)
    return _signed_root(Fraction(third * abs(third) * n * n * (n - 1), second**3 * (n - 2) ** 2))


def _kurtosis(counts: Counter[int]) -> float | None:
    """Return k₄ / k₂² = (n - 1) / ((n - 2)(n - 3)) · ((n + 1) m₄ / m₂² - 3 (n - 1)) (G₂); None for n < 4."""
    n, second = counts.total(), _central(counts, 2)
    if n < 4 or not second:
        return None
    ratio = Fraction(_central(counts, 4) * n, second**2)
    return float(Fraction(n - 1, (n - 2) * (n - 3)) * ((n + 1) * ratio - 3 * (n - 1)))


def _quantile(counts: Mapping[Any, int], part: Fraction) -> Fraction:
    """Return the value below which this part lies, between two values in proportion; the median is that of a half."""
    ordered = sorted(counts.items())
    place = part * (sum(counts.values()) - 1)
    low, high = (Fraction(_reached(ordered, index + 1)) for index in (math.floor(place), math.ceil(place)))
    return low + (high - low) * (place - math.floor(place))


def _bins(totals: Mapping[int, int], possible: Fraction) -> tuple[int, ...]:
    bins = [0] * BINS
    for total, count in totals.items():
        place = math.floor(total * BINS / possible) if possible else 0
        bins[min(max(place, 0), BINS - 1)] += count
    return tuple(bins)


def _times(seconds: Counter[float]) -> Times | None:
    if not seconds:
        return None
    count = seconds.total()
    lower, median, upper = (float(_quantile(seconds, Fraction(quarter, 4))) for quarter in (1, 2, 3))
    return Times(
        count=count,
        mean=float(sum(Fraction(value) * times for value, times in seconds.items()) / count),
        least=float(min(seconds)),
        lower_quartile=lower,
        median=median,
        upper_quartile=upper,
        most=float(max(seconds)),
    )


# --- findings --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """Something that looks faulty: a code, and the numbers and responses that show it. The words are elsewhere."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


def findings(item: ItemFigures) -> list[Finding]:
    """Return what looks faulty in an item, the gravest first; with fewer than 20 marked attempts only that.

    A survey question, which has no mark and is never marked, cannot be faulty in this way.


    `check_key` (response, count, share): most of the best third gave a response that earns nothing.
    `negative_discrimination` (discrimination): below 0 by more than one standard error of a correlation, 1 / √n.
    `below_guessing` (facility, guess), `nobody_right`, `everybody_right` (attempts), `unused_options` (responses),
    `too_few` (attempts, needed).
    """
    if not item.max_mark and not item.marked:
        return []
    if item.facility is None or item.marked < LEAST_ATTEMPTS:
        return [Finding("too_few", {"attempts": item.marked, "needed": LEAST_ATTEMPTS})]
    found = [*_wrong_favourites(item)]
    if item.discrimination is not None and item.discrimination < -1 / math.sqrt(item.marked):
        found.append(Finding("negative_discrimination", {"discrimination": item.discrimination}))
    if item.facility <= 0 and not item.deviation:
        found.append(Finding("nobody_right", {"attempts": item.marked}))
    elif item.guess is not None and item.facility < item.guess:
        found.append(Finding("below_guessing", {"facility": item.facility, "guess": item.guess}))
    if item.facility == 1 and not item.deviation:
        found.append(Finding("everybody_right", {"attempts": item.marked}))
    unused = [response.key for response in item.responses if response.is_right is False and not response.count]
    if unused:
        found.append(Finding("unused_options", {"responses": unused}))
    return found


def _wrong_favourites(item: ItemFigures) -> Iterable[Finding]:
    best = item.thirds[BEST] if item.thirds else 0
    if best < LEAST_IN_BEST_THIRD:
        return
    for response in item.responses:
        chosen = response.thirds[BEST] if response.thirds else 0
        if response.is_right is False and chosen * 2 > best:
            yield Finding("check_key", {"response": response.key, "count": chosen, "share": chosen / best})
