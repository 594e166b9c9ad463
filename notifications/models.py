"""Messages to people: notices in the site, letters by e-mail, and the log that says why each was sent or withheld."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

# --- messages --------------------------------------------------------------------------------------------------------


class Letter(models.Model):
    """One e-mail about one notice, or about many (a digest). It is written when it is sent, from what then is true."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        WITHHELD = "withheld", _("not sent")

    DIGEST = "digest"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=40, help_text="A kind of notice, or `digest`.")
    digest_on = models.DateField(null=True, help_text="Of a digest: its local day; one a day.")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=20, blank=True, help_text="Why it was not sent.")
    made_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, help_text="When a worker last began to send it.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often it was begun and its end is not known.")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "digest_on"], condition=Q(digest_on__isnull=False), name="letter_one_digest_a_day"
            )
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state__in=["waiting", "sending"]), name="letter_to_send")
        ]

    def __str__(self):
        return f"{self.kind} ({self.get_state_display()})"


class Notice(models.Model):
    """Something a person is told, once under each key, in the language they had then. `url` is a path of this site."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", db_index=False)
    key = models.CharField(max_length=150, help_text="What it is about, for this person: told twice is once.")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    # What a reminder is about, so that nobody is reminded of what is done.
    enrolment = models.ForeignKey("completion.Enrolment", models.PROTECT, null=True, related_name="notices")
    is_shown = models.BooleanField(default=True, help_text="False: the person wants this kind by e-mail only.")
    in_digest = models.BooleanField(default=False, help_text="Goes by e-mail with the next digest.")
    letter = models.ForeignKey(Letter, models.SET_NULL, null=True, related_name="notices")
    made_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["person", "-made_at"], name="notice_of_person"),
            models.Index(
                fields=["person"], condition=Q(read_at__isnull=True, is_shown=True), name="notice_unread_of_person"
            ),
            models.Index(fields=["person"], condition=Q(in_digest=True, letter__isnull=True), name="notice_for_digest"),
        ]

    def __str__(self):
        return self.title


# --- what people choose ----------------------------------------------------------------------------------------------


class Preference(models.Model):
    """How a person wants one kind of notice; without a row, as the kind says."""

    class Email(models.TextChoices):
        NOW = "now", _("At once")
        DIGEST = "digest", _("In the digest")
        NEVER = "never", _("Not by e-mail")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=40)
    in_app = models.BooleanField(default=True)
    email = models.CharField(max_length=6, choices=Email, default=Email.NOW)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="notice_preference_once")]


class DigestChoice(models.Model):
    """How often a person wants the digest; without a row, every day on which there is something to tell."""

    class Every(models.TextChoices):
        DAY = "day", _("Every day")
        WEEK = "week", _("Every Monday")
        NEVER = "never", _("Never")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="digest_choice"
    )
    every = models.CharField(max_length=5, choices=Every, default=Every.DAY)


# --- what administrators set -----------------------------------------------------------------------------------------


class MessageSettings(models.Model):
    """When nothing is sent and how much a day, for everybody; one row. Times are those of each person's own zone."""

    quiet_from = models.TimeField(_("quiet from"), default=dt.time(20))
    quiet_until = models.TimeField(_("quiet until"), default=dt.time(7))
    reminders_a_day = models.PositiveSmallIntegerField(
        _("reminders by e-mail a day"),
        default=3,
        help_text=_("For one person. What goes beyond comes in the digest."),
    )
    digest_at = models.TimeField(_("digest not before"), default=dt.time(15))
    team_weekday = models.PositiveSmallIntegerField(
        _("day of the summary for supervisors"),
        choices=WEEKDAYS.items(),
        null=True,
        blank=True,
        default=0,
        help_text=_("Who of the team is past due, once a week. Empty: no summary is sent."),
    )

    class Meta:
        verbose_name = _("settings of messages")
        verbose_name_plural = _("settings of messages")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="message_settings_one_row")]

    def __str__(self):
        return capfirst(str(self._meta.verbose_name))


class ReminderStep(models.Model):
    """Somebody is reminded so many days before (negative) or after (positive) the local day a course is due."""

    class Recipient(models.TextChoices):
        LEARNER = "learner", _("the learner")
        SUPERVISOR = "supervisor", _("the supervisor")

    days = models.SmallIntegerField(
        _("days from the due date"),
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_("-7: a week before. 0: on the day itself. 3: three days after."),
    )
    recipient = models.CharField(_("goes to"), max_length=10, choices=Recipient, default=Recipient.LEARNER)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("step of reminding")
        verbose_name_plural = _("steps of reminding")
        ordering = ["days", "recipient"]
        constraints = [models.UniqueConstraint(fields=["days", "recipient"], name="reminder_step_once")]

    def __str__(self):
        return f"{self.when()} · {self.get_recipient_display()}"

    def when(self) -> str:
        """Say the step in words: `7 days before`, `on the due date`, `3 days after`."""
        if not self.days:
            return gettext("on the due date")
        if self.days < 0:
            return ngettext("%(count)d day before", "%(count)d days before", -self.days) % {"count": -self.days}
        return ngettext("%(count)d day after", "%(count)d days after", self.days) % {"count": self.days}


# --- why ---------------------------------------------------------------------------------------------------------


class MessageLog(models.Model):
    """One decision about one step of one enrolment and its due moment: sent or withheld, and why. Never twice.

    The row is written in the transaction that makes the notice: what was decided once is not decided again, also when
    the command is killed or runs twice at a time. Another due moment (an extension, a new cycle) begins anew.
    """

    class Decision(models.TextChoices):
        SENT = "sent", _("sent")
        WITHHELD = "withheld", _("withheld")

    class Reason(models.TextChoices):
        ON_TIME = "on_time", _("its day had come")
        CAUGHT_UP = "caught_up", _("its day had passed while nothing was sent; it still held")
        OVER_CAP = "over_cap", _("the limit of the day was reached: in the site and in the digest, not by e-mail")
        SUPERSEDED = "superseded", _("a later step had come as well")
        STALE = "stale", _("it came too late to be of use")
        UNWANTED = "unwanted", _("the person has switched this kind off")
        AWAY = "away", _("the person is on leave or study, or has left the service")
        NOBODY = "nobody", _("no supervisor is known")

    enrolment = models.ForeignKey("completion.Enrolment", models.PROTECT, related_name="message_log", db_index=False)
    due_at = models.DateTimeField(_("due"))
    step = models.ForeignKey(ReminderStep, models.PROTECT, related_name="+", verbose_name=_("step"), db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="message_log",
        db_index=False,
        verbose_name=_("goes to"),
        help_text="NULL: there was nobody to send it to.",
    )
    decision = models.CharField(_("decision"), max_length=8, choices=Decision)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    notice = models.ForeignKey(Notice, models.SET_NULL, null=True, related_name="log")
    is_told = models.BooleanField(
        default=True, help_text="False: to be told to a supervisor with the others, in one notice."
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("message log entry")
        verbose_name_plural = _("message log")
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "due_at", "step"], name="message_log_once")]
        indexes = [
            models.Index(fields=["person", "at"], name="message_log_of_person"),
            # What supervisors are still to be told in one message.
            models.Index(
                fields=["person"],
                condition=Q(is_told=False),
                name="message_log_to_tell",
            ),
        ]

    def __str__(self):
        return f"{self.get_decision_display()}: {self.get_reason_display()}"


class ReminderRun(models.Model):
    """The reminders of one zone and local day, once they have all been decided: later runs of the day begin no more."""

    zone = models.CharField(max_length=40)
    day = models.DateField()
    finished_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zone", "day"], name="reminder_run_once_a_day")]
