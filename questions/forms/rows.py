"""Rows of a question's form that an editor adds and removes: one `RowSet` for each table of the data."""

from dataclasses import dataclass
from typing import Any

from django import forms

from ..models import Question
from .base import QuestionForm

NEW_ROWS = 3


class RowForm(forms.Form):
    """One row. It counts when one of the fields named in `said` holds something."""

    said: tuple[str, ...] = ("text",)

    @property
    def counts(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.said)


@dataclass(frozen=True)
class RowSet:
    """The rows of one table with the words around them."""

    rows: forms.BaseFormSet
    title: str
    help: str
    add: str

    def kept(self) -> list[dict[str, Any]]:
        """Return what stands in the rows that count and are not struck out, in the order of their numbers."""
        kept = [row.cleaned_data for row in self.rows if row.counts and not row.cleaned_data.get("DELETE")]
        kept.sort(key=lambda row: (row["ORDER"] is None, row["ORDER"]))  # rows without a number come last
        return [{key: value for key, value in row.items() if key not in ("DELETE", "ORDER")} for row in kept]


class RowsForm(QuestionForm):
    """A question's form with tables of rows, in `row_sets` by the key of the data that each table fills."""

    rows_after = "text"  # the field after which the tables stand

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.row_sets: dict[str, RowSet] = {}

    def add_rows(
        self, key: str, form: type[RowForm], *, title: str, help: str, add: str, initial: list[dict] | None = None,
        most: int = 50,
    ) -> None:  # fmt: skip
        """Add a table; a new question begins with a few empty rows, an old one with its own and a few more."""
        known = self.version.data[key] if initial is None and self.version else (initial or [])
        factory = forms.formset_factory(
            form, extra=NEW_ROWS, can_delete=True, can_order=True, max_num=most, absolute_max=most + 50
        )
        rows = factory(self.data if self.is_bound else None, initial=known, prefix=key)
        self.row_sets[key] = RowSet(rows, title, help, add)

    @property
    def media(self):
        media = super().media
        for row_set in self.row_sets.values():
            media += row_set.rows.media
        return media

    def is_valid(self):
        return self.rows_are_valid() & super().is_valid()

    def kept(self, key: str) -> list[dict[str, Any]]:
        """Return the rows of a table that count."""
        return self.row_sets[key].kept()


def used_ids(question: Question | None, key: str) -> set[str]:
    """Return the ids that any version of a question has given to the things under a key of its data."""
    if question is None:
        return set()
    return {thing["id"] for data in question.versions.values_list("data", flat=True) for thing in data.get(key, [])}


def with_new_ids(form: QuestionForm, key: str, things: list[dict], make) -> list[dict]:
    """Give new things ids that no version of the question has used: an old answer must not come to mean them."""
    used = used_ids(form.question, key)
    known = {thing["id"] for thing in form.version.data[key]} if form.version else set()
    seen: set[str] = set()
    for thing in things:
        if thing["id"] not in known or thing["id"] in seen:
            thing["id"] = next(free for number in range(len(used) + 1) if (free := make(number)) not in used)
        used.add(thing["id"])
        seen.add(thing["id"])
    return things
