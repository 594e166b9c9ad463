"""News this app announces, on commit."""

from functools import partial

from django.db import transaction
from django.dispatch import Signal

# An activity became complete. Sends enrolment_id, person_id, activity_id.
activity_completed = Signal()

# A course became complete. Sends enrolment_id, person_id, course_id.
course_completed = Signal()

# People were assigned a course, by hand, by a duty or by a path. Sends assignment_ids: those that are new.
assigned = Signal()

# Somebody got more time, in one course or in all of a path by one decision. Sends extension_ids, person_id.
extended = Signal()

# Somebody need not take a course. Sends enrolment_id, exemption_id, person_id.
exempted = Signal()

# Somebody asks to be let into a course. Sends request_id, person_id, course_id; whom to tell: `entry.deciders_of`.
request_made = Signal()

# A request was approved or refused (not: taken back). Sends request_id, person_id, course_id, approved.
request_decided = Signal()

# A learning path became complete. Sends path_enrolment_id, person_id, path_id.
path_completed = Signal()

# Somebody has achieved something, or achieves it again after it was undone. Sends achievement_id, person_id.
achievement_made = Signal()

# Staff took the completion behind an achievement back. Sends achievement_id, person_id.
achievement_undone = Signal()

# The same news of both kinds for whoever works in batches: once for all that one call made or undid. Sends
# achievement_ids.
achievements_changed = Signal()


def announce(signal: Signal, sender, **news) -> None:
    """Send news once the transaction has committed; a receiver that fails stops no other."""
    transaction.on_commit(partial(signal.send_robust, sender=sender, **news))
