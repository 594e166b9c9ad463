"""What comes in: the editor's form of a quiz and the fields that accompany every answer."""

import uuid
from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.forms import ActivityForm
from questions.queries import bank_access, latest_ready, questions_visible

MOST_OWN_STEPS = 50  # a device that sent more without hearing back has been offline for a whole quiz


class QuizPageForm(ActivityForm):
    """A draft may be unfinished; what is published or sent to review must be a quiz that can be taken."""

    def clean(self):
        cleaned = super().clean()
        if "slots" in self.formsets:
            slots = self._kept_slots()
            self._refuse_foreign_questions(slots)
            if not self.is_deferred_validation:
                self._require_questions_that_are_ready(slots)
        return cleaned

    def _kept_slots(self) -> list:
        formset = self.formsets["slots"]
        formset.is_valid()  # so that its forms are cleaned
        return [form for form in formset.forms if form.is_valid() and not formset._should_delete_form(form)]

    def _refuse_foreign_questions(self, slots) -> None:
        """A question of another agency's bank cannot be taken by its number; one that stands here already may stay."""
        chosen = [form for form in slots if "question" in form.changed_data]
        if not chosen or self.for_user is None:
            return
        visible = set(questions_visible(bank_access(self.for_user)).values_list("pk", flat=True))
        for form in chosen:
            if form.cleaned_data["question"].pk not in visible:
                form.add_error("question", _("This question belongs to another agency."))

    def _require_questions_that_are_ready(self, slots) -> None:
        if not slots:
            self.add_error(None, _("A quiz needs at least one question before it can be published."))
        questions = [form.cleaned_data.get("question") for form in slots]
        ready = latest_ready([question.pk for question in questions if question])
        for form, question in zip(slots, questions, strict=True):
            if question and question.pk not in ready:
                form.add_error("question", _("This question has no version that is ready. Finish it first."))


class StepForm(forms.Form):
    """What a device says about an answer it sends. Junk is refused field by field and never costs the answer."""

    client_id = forms.UUIDField(required=False)
    based_on = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    own = forms.CharField(required=False, max_length=MOST_OWN_STEPS * 40)
    device_at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"])

    def clean_own(self) -> frozenset[uuid.UUID]:
        """Return the client ids of steps the device sent without hearing back; what is no id is left out."""
        return frozenset(filter(None, map(_uuid_or_none, self.cleaned_data["own"].split(","))))

    def clean_device_at(self) -> datetime | None:
        """Leave out the time of a clock that is centuries wrong: no database could keep it."""
        told = self.cleaned_data["device_at"]
        return told if told and 2000 <= told.year <= 2999 else None

    def as_arguments(self) -> dict:
        """Return the arguments of `save_answer` that are sound; a missing client id is made here."""
        self.is_valid()
        sound = self.cleaned_data
        return {
            "client_id": sound.get("client_id") or uuid.uuid4(),
            "based_on": sound.get("based_on"),
            "own": sound.get("own") or frozenset(),
            "device_at": sound.get("device_at"),
        }


def _uuid_or_none(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None
