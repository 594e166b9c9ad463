"""News of what is taught, sent after the commit; apps above listen."""

from django.dispatch import Signal

# A course has a new latest edition (or an older one became the latest again). Sends course_id, edition_id.
edition_made = Signal()

# An activity left the live course: unpublished, moved away or in a withdrawn module. Sends course_id, activity_id.
activity_withdrawn = Signal()
