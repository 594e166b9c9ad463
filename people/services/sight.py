"""Delegations and overrides: who else sees whom."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ..models import Delegation, Person, SupervisionOverride
from ..visibility import forget_navigation
from .dates import end, overlapping, require_order

LONGEST_DELEGATION = dt.timedelta(days=366)


@transaction.atomic
def delegate(
    *, from_person: Person, to_person: Person, valid_from: dt.date, valid_to: dt.date, reason: str
) -> Delegation:
    """Lend a supervisor's own sight to another person for some days, at most a year."""
    require_order(valid_from, valid_to)
    if valid_to - valid_from > LONGEST_DELEGATION:
        raise ValidationError({"valid_to": _("A delegation lasts a year at most. Choose an earlier last day.")})
    if not from_person.posts.filter(overlapping(valid_from, valid_to), is_head=True).exists():
        raise ValidationError({"from_person": _("Only someone who heads a unit in these days can delegate.")})
    delegation = Delegation(
        from_person=from_person, to_person=to_person, valid_from=valid_from, valid_to=valid_to, reason=reason
    )
    delegation.full_clean()
    delegation.save()
    forget_navigation(to_person)
    return delegation


@transaction.atomic
def override_supervision(
    *,
    person: Person,
    supervisor: Person,
    effect: str,
    valid_from: dt.date,
    reason: str,
    valid_to: dt.date | None = None,
) -> SupervisionOverride:
    """Decide that a supervisor does, or does not, see a person; one decision for a pair at a time."""
    require_order(valid_from, valid_to)
    if SupervisionOverride.objects.filter(
        overlapping(valid_from, valid_to), person=person, supervisor=supervisor
    ).exists():
        raise ValidationError({"valid_from": _("There is a decision on these two in these days. End it first.")})
    override = SupervisionOverride(
        person=person, supervisor=supervisor, effect=effect, valid_from=valid_from, valid_to=valid_to, reason=reason
    )
    override.full_clean()
    override.save()
    forget_navigation(supervisor)
    return override


@transaction.atomic
def end_sight(*, row: Delegation | SupervisionOverride, last_day: dt.date) -> None:
    """Let a delegation or an override end on a day."""
    end(row, last_day)
    forget_navigation(row.to_person if isinstance(row, Delegation) else row.supervisor)
