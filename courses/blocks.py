"""The blocks of a lesson. Each carries what an editor needs to choose it: icon, label, description, a preview
(`preview_value`, further `states`) and a template under `templates/blocks/`. Groups order the block picker."""

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import AbstractMediaChooserBlock

from library.models import Attachment, Recording
from questions.kinds import get_kind
from questions.rendering import self_check_context

from .embeds import player_address

INLINE = ["bold", "italic", "link"]
PROSE = [*INLINE, "ul", "ol"]
FULL = ["h2", "h3", *PROSE, "document-link"]

TEXT, MEDIA, PRACTICE = _("Text"), _("Media"), _("Practice")


def paragraph(text):
    """Return a lazily translated text as the HTML of one paragraph."""
    return format_lazy("<p>{}</p>", text)


def spoken(value):
    """Return a sample with every lazy text in it in the language of the moment."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, dict):
        return {name: spoken(part) for name, part in value.items()}
    if isinstance(value, list):
        return [spoken(part) for part in value]
    return value


class Sampled:
    """A block whose samples stand in its `Meta`: `preview_value`, and `states` as (label, value) beside it."""

    def get_preview_value(self):
        return self.sample(self.meta.preview_value)

    def get_states(self) -> list[tuple[str, object]]:
        """Return (label, value) of each further state in which the block is worth seeing."""
        return [(label, self.sample(value)) for label, value in getattr(self.meta, "states", [])]

    def sample(self, value):
        """Return a sample as the block's value; children it does not name get their default."""
        value = spoken(value)
        return self.normalize({**self.get_default(), **value} if isinstance(self, blocks.StructBlock) else value)


# --- text ------------------------------------------------------------------------------------------------------------


class RichText(Sampled, blocks.RichTextBlock):
    class Meta:
        icon = "pilcrow"
        group = TEXT
        label = _("Text")
        description = _("Paragraphs, headings, lists and links: the ordinary text of a lesson.")
        template = "blocks/rich_text.html"
        preview_value = format_lazy(
            "<h2>{}</h2><p>{}</p><ul><li>{}</li><li>{}</li></ul>",
            _("Citizens come with a right"),
            _("Write as you would speak to a colleague. One thought a paragraph, three or four sentences."),
            _("A list is quicker to read than a long sentence."),
            _("Three to five points are enough."),
        )


class KeyPoints(Sampled, blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    points = blocks.ListBlock(blocks.RichTextBlock(features=INLINE, label=_("Point")), label=_("Points"), min_num=1)

    class Meta:
        icon = "list-ul"
        group = TEXT
        label = _("Key points")
        description = _("Three to five sentences to remember. One lesson, one such list, near its end.")
        template = "blocks/key_points.html"
        preview_value = {
            "title": _("Worth remembering"),
            "points": [paragraph(_("Record the gift first.")), paragraph(_("Report it within 30 working days."))],
        }


class Callout(Sampled, blocks.StructBlock):
    KINDS = [("info", _("Information")), ("tip", _("Tip")), ("caution", _("Caution")), ("law", _("Law"))]

    kind = blocks.ChoiceBlock(choices=KINDS, default="info", label=_("Kind"), required_on_save=True)
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.RichTextBlock(features=PROSE, label=_("Text"))

    class Meta:
        icon = "info-circle"
        group = TEXT
        label = _("Callout")
        description = _("A short box beside the text: information, a tip, a caution, or what the law says.")
        template = "blocks/callout.html"
        label_format = "{kind} – {title}"
        preview_value = {
            "kind": "law",
            "title": _("What the law says"),
            "text": paragraph(_("Name the rule, its number and year, and the day on which you checked it.")),
        }
        states = [
            (
                _("Information"),
                {"kind": "info", "title": _("Good to know"), "text": paragraph(_("A fact that helps to understand."))},
            ),
            (
                _("Tip"),
                {"kind": "tip", "title": _("A sentence to use"), "text": paragraph(_("Words that can be said today."))},
            ),
            (
                _("Caution"),
                {"kind": "caution", "title": _("Take care"), "text": paragraph(_("What often goes wrong, and why."))},
            ),
        ]

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["kind_label"] = dict(self.KINDS).get(value.get("kind"), "")
        return context


class Table(Sampled, TypedTableBlock):
    text = blocks.RichTextBlock(features=INLINE, label=_("Text"), required=False)

    class Meta:
        icon = "table"
        group = TEXT
        label = _("Table")
        description = _(
            "Rows and columns with a caption. The first column names its row; on a phone rows become cards."
        )
        template = "blocks/table.html"
        preview_value = {
            "caption": _("Three limits"),
            "columns": [{"type": "text", "heading": _("Gift")}, {"type": "text", "heading": _("Limit")}],
            "rows": [
                {"values": [paragraph(_("Wedding")), paragraph("Rp1.500.000")]},
                {"values": [paragraph(_("From a colleague")), paragraph("Rp500.000")]},
            ],
        }

    def clean(self, value):
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        if not cleaned.columns or not cleaned.row_data:
            raise ValidationError(_("A table needs at least one column and one row."))
        if not cleaned.caption.strip():
            raise ValidationError(_("Give the table a caption that says what it shows."))
        if any(not column["heading"].strip() for column in cleaned.columns):
            raise ValidationError(_("Every column needs a heading."))
        return cleaned

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        headings = [column["heading"] for column in value.columns]
        context["rows"] = [list(zip(headings, row, strict=False)) for row in value.rows]
        return context


class Quotation(Sampled, blocks.StructBlock):
    text = blocks.RichTextBlock(features=INLINE, label=_("Text"))
    source = blocks.CharBlock(label=_("Source"), max_length=200, help_text=_("For example: Law 25/2009, article 4"))

    class Meta:
        icon = "openquote"
        group = TEXT
        label = _("Quotation")
        description = _("The very words of a law or a person, with the source.")
        template = "blocks/quotation.html"
        preview_value = {
            "text": paragraph(_("Facilities and special treatment for vulnerable groups.")),
            "source": _("Law 25/2009, article 4"),
        }


class Step(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Short title"), max_length=80, required=False)
    text = blocks.RichTextBlock(features=INLINE, label=_("What to do"))


class Steps(Sampled, blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    steps = blocks.ListBlock(Step(label=_("Step")), label=_("Steps"), min_num=1)

    class Meta:
        icon = "list-ol"
        group = TEXT
        label = _("Steps")
        description = _("What to do, in order. The steps are numbered for you.")
        template = "blocks/steps.html"
        preview_value = {
            "title": _("Refusing kindly"),
            "steps": [
                {"title": _("Thank."), "text": paragraph(_("Say that the service is free."))},
                {"title": _("Return."), "text": paragraph(_("Give the gift back while that is still possible."))},
            ],
        }


class AccordionPart(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=150)
    text = blocks.RichTextBlock(features=PROSE, label=_("Text"))


class Accordion(Sampled, blocks.StructBlock):
    parts = blocks.ListBlock(AccordionPart(label=_("Part")), label=_("Parts"), min_num=1)

    class Meta:
        icon = "collapse-down"
        group = TEXT
        label = _("Accordion")
        description = _("Parts that open one by one. For what only some readers need; never for the main point.")
        template = "blocks/accordion.html"
        preview_value = {
            "parts": [
                {"heading": _("What if it was left behind?"), "text": paragraph(_("Record it and report it."))},
                {"heading": _("What if it spoils?"), "text": paragraph(_("Ask the unit that handles gratuities."))},
            ]
        }


class Term(Sampled, blocks.StructBlock):
    name = blocks.CharBlock(label=_("Term"), max_length=120)
    definition = blocks.RichTextBlock(features=INLINE, label=_("Meaning"))

    class Meta:
        icon = "glasses"
        group = TEXT
        label = _("Term")
        description = _("A word of law or of the trade, explained where it first appears.")
        template = "blocks/term.html"
        preview_value = {
            "name": _("Gratuity"),
            "definition": paragraph(_("A gift in the wide sense: money, goods, discounts, tickets and the like.")),
        }


# --- media -----------------------------------------------------------------------------------------------------------


class Figure(Sampled, blocks.StructBlock):
    picture = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("Description for those who cannot see it"),
        max_length=250,
        help_text=_("For example: a queue of six people at counter 2, one of them in a wheelchair"),
    )
    caption = blocks.CharBlock(label=_("Caption"), max_length=250, required=False)
    credit = blocks.CharBlock(
        label=_("Credit"), max_length=150, required=False, help_text=_("Empty: the credit kept with the picture.")
    )
    words = blocks.RichTextBlock(
        features=PROSE,
        label=_("The same in words"),
        required=False,
        help_text=_("For a drawing that explains: everything it says. Readers open it below the picture."),
    )

    class Meta:
        icon = "image"
        group = MEDIA
        label = _("Picture")
        description = _("A picture that explains something words cannot, with its description, caption and credit.")
        template = "blocks/figure.html"
        form_layout = BlockGroup(children=["picture", "alt", "caption", "words"], settings=["credit"])
        preview_value = {
            "alt": _("A service counter with a priority lane beside it"),
            "caption": _("The priority lane is open and everybody knows about it."),
            "credit": _("Illustration: this project"),
            "words": paragraph(_("On the left are three counters, on the right a fourth for those who go first.")),
        }


class RecordingChooser(AbstractMediaChooserBlock):
    pass


class RecordingBlock(Sampled, blocks.StructBlock):
    recording = RecordingChooser(
        label=_("Recording"),
        help_text=_(
            "Captions and transcript are kept with the recording in the library. Without a transcript a learner "
            "with a bad connection misses the lesson."
        ),
    )
    caption = blocks.CharBlock(label=_("Caption"), max_length=250, required=False)

    class Meta:
        icon = "media"
        group = MEDIA
        label = _("Recording")
        description = _("Sound or film with captions. Its transcript counts as much as watching it.")
        template = "blocks/recording.html"

    def get_context(self, value, parent_context=None):
        """Add `sources` and `tracks` of the player; a recording without a file (the preview) has none."""
        context = super().get_context(value, parent_context)
        recording = value["recording"]
        context["sources"] = recording.sources if recording and recording.file else []
        tracks = (
            [("id", "Bahasa Indonesia", recording.captions_id), ("en", "English", recording.captions_en)]
            if recording
            else []
        )
        context["tracks"] = [
            {"language": language, "label": label, "url": file.url} for language, label, file in tracks if file
        ]
        return context

    def get_preview_value(self):
        return self.shown(type="video", transcript=str(_("Good morning, Madam. How may I help you?")))

    def get_states(self):
        return [(_("Sound, without a transcript"), self.shown(type="audio"))]

    def shown(self, **values):
        """Return a value with a recording that is in no library: it has no file to play."""
        recording = Recording(title=str(_("Two minutes at counter 2")), duration=125, file_size=3_400_000, **values)
        return self.sample({"recording": recording, "caption": _("A conversation at the counter.")})


class Download(Sampled, blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Attachment"))
    description = blocks.CharBlock(label=_("What it is for"), max_length=250, required=False)

    class Meta:
        icon = "download"
        group = MEDIA
        label = _("Download")
        description = _("A file to keep: a form, a checklist, the text of a rule. Its type and size are shown.")
        template = "blocks/download.html"

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        document = value["document"]
        context["url"] = document.url if document and document.pk else "#"
        return context

    def get_preview_value(self):
        attachment = Attachment(title=str(_("Checklist: gifts at the counter")), file="daftar.pdf", file_size=184_000)
        return self.sample({"document": attachment, "description": _("One page to print and hang up.")})


class Embed(Sampled, blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=150)
    url = blocks.URLBlock(label=_("Address"), help_text=_("For example: https://jdih.menpan.go.id/"))
    text = blocks.RichTextBlock(
        features=PROSE,
        label=_("The same in words"),
        help_text=_("What a learner who cannot open the address needs to know."),
    )

    class Meta:
        icon = "site"
        group = MEDIA
        label = _("Elsewhere on the web")
        description = _("A film, map or page of another site, with its content told in words beside it.")
        template = "blocks/embed.html"
        preview_value = {
            "title": _("How a complaint travels"),
            "url": "https://www.lapor.go.id/",
            "text": paragraph(_("A complaint is verified within three working days and then passed on.")),
        }

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["host"] = urlsplit(value["url"] or "").hostname or ""
        context["player"] = player_address(value["url"] or "", settings.EMBED_HOSTS)
        return context


# --- practice --------------------------------------------------------------------------------------------------------


class CaseStudy(Sampled, blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    place = blocks.CharBlock(
        label=_("Place"), max_length=120, required=False, help_text=_("For example: village office, Palu")
    )
    story = blocks.RichTextBlock(features=PROSE, label=_("Story"))
    questions = blocks.ListBlock(
        blocks.CharBlock(label=_("Question"), max_length=300), label=_("Guiding questions"), min_num=1
    )

    class Meta:
        icon = "group"
        group = PRACTICE
        label = _("Case study")
        description = _("A scene from the counter that ends where a decision is needed, and questions to weigh it.")
        template = "blocks/case_study.html"
        preview_value = {
            "title": _("A basket of fruit at the counter"),
            "place": _("Population office, Palembang"),
            "story": paragraph(_("A citizen leaves a basket of mangoes and hurries away before you can refuse.")),
            "questions": [_("What do you do first?"), _("Whom do you tell?")],
        }


class Try(Sampled, blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    minutes = blocks.IntegerBlock(label=_("Minutes"), min_value=1, max_value=120, default=10)
    text = blocks.RichTextBlock(features=PROSE, label=_("What to do"))

    class Meta:
        icon = "pick"
        group = PRACTICE
        label = _("Try it today")
        description = _("One small thing to do at work on the same day, with the minutes it takes.")
        template = "blocks/try.html"
        preview_value = {
            "title": _("Try it today"),
            "minutes": 10,
            "text": paragraph(_("Sit down in the waiting room and note one thing that confuses a newcomer.")),
        }


class Option(blocks.StructBlock):
    text = blocks.RichTextBlock(features=["bold", "italic"], label=_("Answer"))
    right = blocks.BooleanBlock(label=_("This is right"), required=False)
    feedback = blocks.RichTextBlock(
        features=INLINE, label=_("Feedback"), help_text=_("Why this is right, or what speaks against it.")
    )


class SelfCheck(Sampled, blocks.StructBlock):
    """A question of the bank's kinds inside a lesson; nothing is graded, so an option is right or it is not."""

    KINDS = [("single", _("One answer")), ("multiple", _("Several answers")), ("truefalse", _("True or false"))]
    ANSWERS = [("true", _("True")), ("false", _("False"))]

    kind = blocks.ChoiceBlock(choices=KINDS, default="single", label=_("Kind"), required_on_save=True)
    text = blocks.RichTextBlock(features=PROSE, label=_("Question"))
    options = blocks.ListBlock(
        Option(label=_("Option")),
        label=_("Options"),
        min_num=0,
        default=[],
        help_text=_("For one or several answers: two to five, each with feedback. Empty for true or false."),
    )
    answer = blocks.ChoiceBlock(choices=ANSWERS, default="true", label=_("The statement is"), required_on_save=True)
    feedback_true = blocks.RichTextBlock(features=INLINE, label=_("Feedback to “true”"), required=False)
    feedback_false = blocks.RichTextBlock(features=INLINE, label=_("Feedback to “false”"), required=False)
    general_feedback = blocks.RichTextBlock(features=INLINE, label=_("To everybody, after answering"), required=False)
    shuffle = blocks.BooleanBlock(label=_("Shuffle the options"), required=False, default=True)

    class Meta:
        icon = "help"
        group = PRACTICE
        label = _("Self-check")
        description = _("A question with feedback to every answer. It is not graded; it makes reading into thinking.")
        template = "blocks/self_check.html"
        label_format = "{kind}: {text}"
        form_layout = BlockGroup(
            children=[
                "kind",
                "text",
                "options",
                BlockGroup(
                    ["answer", "feedback_true", "feedback_false"],
                    heading=_("Only for true or false"),
                    classname="collapsed",
                ),
            ],
            settings=["general_feedback", "shuffle"],
        )
        preview_value = {
            "kind": "single",
            "text": paragraph(_("A citizen leaves fruit on the counter. What comes first?")),
            "options": [
                {"text": paragraph(_("Share it out")), "right": False, "feedback": paragraph(_("Shared is received."))},
                {"text": paragraph(_("Record it")), "right": True, "feedback": paragraph(_("Right: then report it."))},
            ],
        }
        states = [
            (
                _("Several answers"),
                {
                    "kind": "multiple",
                    "text": paragraph(_("Which two steps protect you?")),
                    "options": [
                        {"text": paragraph(_("Record")), "right": True, "feedback": paragraph(_("Yes, at once."))},
                        {"text": paragraph(_("Report")), "right": True, "feedback": paragraph(_("Yes, in time."))},
                        {"text": paragraph(_("Stay silent")), "right": False, "feedback": paragraph(_("It grows."))},
                    ],
                },
            ),
            (
                _("True or false"),
                {
                    "kind": "truefalse",
                    "text": paragraph(_("A gift below the limit never needs a thought.")),
                    "answer": "false",
                    "feedback_true": paragraph(_("Look again: what is it given for?")),
                    "feedback_false": paragraph(_("Right: what counts is what it is given for.")),
                },
            ),
        ]

    def clean(self, value):
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        problems = get_kind(cleaned["kind"]).validate(question_data(cleaned))
        if problems:
            raise StructBlockValidationError(non_block_errors=[str(problem) for problem in problems])
        return cleaned

    def get_context(self, value, parent_context=None):

        context = super().get_context(value, parent_context)
        data = question_data(value)
        name = "periksa-" + hashlib.sha256(data["text"].encode()).hexdigest()[:10]
        context["complete"] = not get_kind(value["kind"]).validate(data)
        if context["complete"]:
            context.update(self_check_context(value["kind"], data, name))
        return context


def _html(value) -> str:
    """Return the HTML of a rich text value, which is None in an unfinished draft."""
    return value.source if value else ""


def question_data(value) -> dict:
    """Return a self-check as `questions.kinds` keeps a question: right options share the mark, wrong ones lose it."""
    data = {"text": _html(value["text"]), "general_feedback": _html(value["general_feedback"])}
    if value["kind"] == "truefalse":
        return data | {
            "answer": value["answer"] == "true",
            "feedback_true": _html(value["feedback_true"]),
            "feedback_false": _html(value["feedback_false"]),
        }
    rights = sum(bool(option["right"]) for option in value["options"]) or 1
    share = "1" if value["kind"] == "single" or rights == 1 else f"1/{rights}"
    loss = "0" if value["kind"] == "single" else f"-{share}"
    options = [
        {
            "id": chr(ord("a") + number),
            "text": _html(option["text"]),
            "fraction": share if option["right"] else loss,
            "feedback": _html(option["feedback"]),
        }
        for number, option in enumerate(value["options"])
    ]
    return data | {"shuffle": bool(value["shuffle"]), "options": options}


# --- the streams -----------------------------------------------------------------------------------------------------


class LessonBody(blocks.StreamBlock):
    rich_text = RichText(features=FULL)
    key_points = KeyPoints()
    callout = Callout()
    table = Table()
    quotation = Quotation()
    steps = Steps()
    accordion = Accordion()
    term = Term()
    figure = Figure()
    recording = RecordingBlock()
    download = Download()
    embed = Embed()
    case_study = CaseStudy()
    self_check = SelfCheck()
    try_today = Try()


class Source(Sampled, blocks.StructBlock):
    CERTAINTIES = [
        ("verified", _("read in the official text")),
        ("secondary", _("from a secondary source")),
        ("unverified", _("not checked yet")),
    ]

    text = blocks.CharBlock(label=_("Source"), max_length=400, help_text=_("For example: Law 25/2009, article 4"))
    url = blocks.URLBlock(label=_("Address"), required=False)
    certainty = blocks.ChoiceBlock(
        choices=CERTAINTIES, default="unverified", label=_("How certain"), required_on_save=True
    )
    status_date = blocks.DateBlock(
        label=_("As the law stood on"), required=False, help_text=_("The day on which you checked it.")
    )

    class Meta:
        icon = "doc-full"
        label = _("Source")
        description = _("Where a statement comes from, and how certain that is.")
        template = "blocks/source.html"
        label_format = "{text}"
        preview_value = {
            "text": _("Law 25/2009 on public services, article 4"),
            "url": "https://peraturan.bpk.go.id/Details/38748/uu-no-25-tahun-2009",
            "certainty": "verified",
        }
        states = [
            (_("Not checked yet"), {"text": _("Good practice, not a rule"), "url": "", "certainty": "unverified"}),
        ]

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["certainty_label"] = dict(self.CERTAINTIES).get(value.get("certainty"), "")
        return context


class SourcesBody(blocks.StreamBlock):
    source = Source()
