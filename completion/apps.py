from django.apps import AppConfig


class CompletionConfig(AppConfig):
    name = "completion"

    def ready(self):
        from courses.access import register_access_policy
        from courses.catalogue import register_marks
        from courses.protection import register_history_check
        from courses.signals import course_changed
        from people.signals import person_moved

        from . import permissions, receivers
        from .access import needs_enrolment
        from .queries import course_marks, learners_with_history

        permissions.register()
        register_access_policy(needs_enrolment)
        register_history_check(learners_with_history)
        register_marks(course_marks)
        course_changed.connect(receivers.follow_course)
        person_moved.connect(receivers.follow_person)
