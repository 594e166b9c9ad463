"""News about people, sent on commit."""

from django.dispatch import Signal

#: A person's main post is in another unit from today: `person_id`, `unit_id`.
person_moved = Signal()

#: An employment of a person, or whether they serve at all, changed: `person_id`. What is true from a later day is told
#: on that day by the daily clock.
service_changed = Signal()

#: Whom a group of people names was changed: `audience_id`.
audience_changed = Signal()
