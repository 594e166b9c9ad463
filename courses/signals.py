"""News of what is taught, sent inside the transaction of the change: work that a receiver queues there is committed
with it or not at all, so a process that is killed between the two loses nothing."""

from django.dispatch import Signal

# What is asked of learners may be something else now: activities came or left, or there is another latest edition.
# Sends course_id.
course_changed = Signal()

# The editor chose whom a change touches, and there is another latest edition. Sends course_id, edition_id, change (a
# `changes.Change` against the edition before) and choice (a `changes.Choice`).
edition_chosen = Signal()
