"""What the front door shows of the apps below."""

from django import template

from courses.models import CoursePage

register = template.Library()


@register.simple_tag
def front_courses(count: int = 6) -> list[CoursePage]:
    """Return the newest published courses that anyone who signs in may take."""
    courses = (
        CoursePage.objects.live()
        .filter(sharing=CoursePage.Sharing.EVERYONE, enrolment_mode=CoursePage.EnrolmentMode.OPEN)
        .defer_streamfields()
        .order_by("-first_published_at", "pk")[:count]
    )
    return list(courses)
