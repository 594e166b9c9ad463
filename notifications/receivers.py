"""Reactions to news of the record of learning: each is told by the worker, not while somebody waits for a page."""

from . import tasks

BATCH = 500


def tell_assigned(sender, assignment_ids: list[int], **news) -> None:
    for start in range(0, len(assignment_ids), BATCH):
        tasks.tell_assigned.enqueue(list(assignment_ids[start : start + BATCH]))


def tell_extended(sender, extension_ids: list[int], **news) -> None:
    tasks.tell_extended.enqueue(extension_ids)


def tell_exempted(sender, exemption_id: int, **news) -> None:
    tasks.tell_exempted.enqueue(exemption_id)


def tell_asked(sender, request_id: int, **news) -> None:
    tasks.tell_asked.enqueue(request_id)


def tell_decided(sender, request_id: int, **news) -> None:
    tasks.tell_decided.enqueue(request_id)


def tell_finished(sender, enrolment_id: int, **news) -> None:
    tasks.tell_finished.enqueue(enrolment_id)
