"""News this app announces, on commit."""

from django.dispatch import Signal

# An activity became complete. Sends enrolment_id, person_id, activity_id.
activity_completed = Signal()

# A course became complete. Sends enrolment_id, person_id, course_id.
course_completed = Signal()
