"""The forms of question authors: one a kind (`FORMS`), the tree of categories, the import of a file."""

from .bank import CategoryForm, ImportForm
from .base import QuestionForm
from .choice import ChoiceForm, MultipleForm, TrueFalseForm
from .gaps import ClozeForm, GapSelectForm
from .handed_in import EssayForm, UploadForm
from .hotspot import HotspotForm
from .likert import DescriptionForm, LikertForm
from .matched import MatchingForm, OrderingForm
from .typed import NumericalForm, ShortTextForm

FORMS: dict[str, type[QuestionForm]] = {
    "single": ChoiceForm,
    "multiple": MultipleForm,
    "truefalse": TrueFalseForm,
    "matching": MatchingForm,
    "ordering": OrderingForm,
    "shorttext": ShortTextForm,
    "numerical": NumericalForm,
    "cloze": ClozeForm,
    "gapselect": GapSelectForm,
    "hotspot": HotspotForm,
    "essay": EssayForm,
    "upload": UploadForm,
    "likert": LikertForm,
    "description": DescriptionForm,
}

__all__ = ["FORMS", "CategoryForm", "ImportForm", "QuestionForm"]
