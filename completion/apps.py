import datetime as dt

from django.apps import AppConfig


class CompletionConfig(AppConfig):
    name = "completion"

    def ready(self):
        from core.schedule import register_job
        from core.waiting import register_waiting
        from courses.access import register_access_policy
        from courses.catalogue import register_marks
        from courses.changes import register_touched
        from courses.protection import register_history_check
        from courses.signals import course_changed, edition_chosen
        from people.signals import audience_changed, person_moved, service_changed

        from . import permissions, receivers, services
        from .access import meets_conditions, needs_enrolment
        from .queries import course_marks, learners_with_history
        from .waiting import waiting

        permissions.register()
        register_access_policy(needs_enrolment)
        register_access_policy(meets_conditions)
        register_history_check(learners_with_history)
        register_marks(course_marks)
        register_waiting(waiting)
        register_job("complete_by_the_clock", every=dt.timedelta(minutes=1), run=services.follow_clock)
        register_touched(services.touched_by_change)
        course_changed.connect(receivers.follow_course)
        edition_chosen.connect(receivers.apply_change)
        person_moved.connect(receivers.follow_person)
        person_moved.connect(receivers.ask_person)
        service_changed.connect(receivers.ask_person)
        audience_changed.connect(receivers.ask_group)
        register_job("apply_duties", every=dt.timedelta(days=1), run=services.apply_duties)
