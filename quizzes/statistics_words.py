"""The figures and findings of `statistics` in plain words: what each one is, what it tells, and what to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .statistics import Finding, Key


@dataclass(frozen=True)
class Words:
    """The name of a figure and a sentence or two on how to read it."""

    label: str | Promise
    help: str | Promise


QUIZ_WORDS: Mapping[str, Words] = {
    "complete": Words(lazy("Attempts"), lazy("Ended attempts in which everything is marked.")),
    "mean": Words(lazy("Mean"), lazy("All marks together, divided by the number of attempts.")),
    "median": Words(lazy("Median"), lazy("Half of the attempts earned less than this, half more.")),
    "deviation": Words(
        lazy("Standard deviation"),
        lazy("How far marks usually lie from the mean. Close to 0: the quiz hardly tells learners apart."),
    ),
    "skewness": Words(
        lazy("Skewness"),
        lazy("Below 0: most marks are high, with a tail of low ones. Above 0: the other way round."),
    ),
    "kurtosis": Words(
        lazy("Kurtosis"),
        lazy("Above 0: marks crowd around the mean. Below 0: they are spread evenly."),
    ),
    "alpha": Words(
        lazy("Internal consistency (Cronbach's alpha)"),
        lazy(
            "How well the questions measure the same thing. From 75% on good; below 64% look at weak questions first."
        ),
    ),
    "error_ratio": Words(
        lazy("Error ratio"),
        lazy("How much of the differences between marks is chance. At 50% it is as good as most tests get."),
    ),
    "standard_error": Words(
        lazy("Standard error"),
        lazy("By so much a mark may be off by chance. Whoever missed the pass mark by less may well know enough."),
    ),
}

ITEM_WORDS: Mapping[str, Words] = {
    "attempts": Words(lazy("Attempts"), lazy("How often the question was asked.")),
    "facility": Words(
        lazy("Facility index"),
        lazy("The part of the mark that learners earn on average. Up to 35%: hard; from 80% on: easy."),
    ),
    "deviation": Words(
        lazy("Standard deviation"), lazy("How much the marks of this question differ. 0: everybody earned the same.")
    ),
    "guess": Words(lazy("Random guess score"), lazy("What somebody earns on average who knows nothing and guesses.")),
    "intended_weight": Words(lazy("Intended weight"), lazy("The question's part of all marks, as the quiz sets it.")),
    "effective_weight": Words(
        lazy("Effective weight"),
        lazy(
            "How much the question really decides the result. Empty: learners with better results earn less here, so "
            "it works against the quiz."
        ),
    ),
    "discrimination": Words(
        lazy("Discrimination index"),
        lazy(
            "Whether those who do well in the rest of the quiz do well here. From 50% on very good, from 30% on "
            "useful, from 20% on weak; below 0 something is wrong."
        ),
    ),
    "efficiency": Words(
        lazy("Discriminative efficiency"),
        lazy("Discrimination compared with the best that so easy or hard a question can reach."),
    ),
}


def finding_words(finding: Finding, name_of: Callable[[Key], str] = str) -> str:
    """Say what looks faulty and what to do about it; `name_of` turns the key of a response into its words."""
    return _SENTENCES[finding.code](finding.values, name_of)


def percent(share: float) -> str:
    """Write a part of 1 as whole percent."""
    return _("%(number)s%%") % {"number": str(round(share * 100)).replace("-", "−")}


def _check_key(values: Mapping[str, Any], name_of) -> str:
    return _(
        "Most good learners chose “%(response)s” (%(percent)s of the best third), which earns nothing: check the key."
    ) % {"response": name_of(values["response"]), "percent": percent(values["share"])}


def _negative_discrimination(values: Mapping[str, Any], name_of) -> str:
    return _(
        "Learners who do well in the rest of the quiz do worse here (discrimination %(percent)s): check the key and "
        "the wording."
    ) % {"percent": percent(values["discrimination"])}


def _below_guessing(values: Mapping[str, Any], name_of) -> str:
    return _(
        "Learners earn less (%(facility)s) than by guessing (%(guess)s): check the key, and whether the lessons teach "
        "this."
    ) % {"facility": percent(values["facility"]), "guess": percent(values["guess"])}


def _nobody_right(values: Mapping[str, Any], name_of) -> str:
    return _(
        "Nobody earned a mark (attempts: %(attempts)s): check the key, and whether the question can be understood."
    ) % {"attempts": values["attempts"]}


def _everybody_right(values: Mapping[str, Any], name_of) -> str:
    return _("Everybody is right (attempts: %(attempts)s): this is known, but the question tells nobody apart.") % {
        "attempts": values["attempts"]
    }


def _unused_options(values: Mapping[str, Any], name_of) -> str:
    names = ", ".join(_("“%(response)s”") % {"response": name_of(key)} for key in values["responses"])
    return _("Nobody chose %(responses)s: a more plausible wrong option makes guessing harder.") % {"responses": names}


def _too_few(values: Mapping[str, Any], name_of) -> str:
    return _("Too early to judge: %(attempts)s of the %(needed)s marked attempts that are needed.") % values


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any], Callable[[Key], str]], str]] = {
    "check_key": _check_key,
    "negative_discrimination": _negative_discrimination,
    "below_guessing": _below_guessing,
    "nobody_right": _nobody_right,
    "everybody_right": _everybody_right,
    "unused_options": _unused_options,
    "too_few": _too_few,
}
