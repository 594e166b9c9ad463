"""The field of lessons' and pages' bodies."""

from wagtail.fields import StreamField


class BodyField(StreamField):
    """A StreamField whose blocks stay out of migrations: a new label or help text changes no table."""

    def deconstruct(self):
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs
