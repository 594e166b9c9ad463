"""News about people, sent on commit."""

from django.dispatch import Signal

#: A person's main post is in another unit from today: `person_id`, `unit_id`.
person_moved = Signal()
