"""Reactions to news of achievements, after their commit: JP are credited in the moment something is achieved."""

from . import services, tasks

AT_ONCE = 20  # more come from a change for many people, whose worker need not wait


def settle(sender, achievement_ids: list[int], **news) -> None:
    if len(achievement_ids) <= AT_ONCE:
        services.settle(achievement_ids=achievement_ids)
        return
    for start in range(0, len(achievement_ids), services.BATCH):
        tasks.settle.enqueue(achievement_ids[start : start + services.BATCH])
