"""Learning paths for tests."""

from courses.models import PathPage


def make_path(*courses, **fields) -> PathPage:
    """Return a live path of courses, in their order, on the shelf of the first."""
    shelf = courses[0].get_parent()
    path = shelf.add_child(instance=PathPage(**{"title": "Lintasan contoh", "summary": "Lima kursus.", **fields}))
    for course in courses:
        path.steps.create(course=course)
    path.save()
    return path
