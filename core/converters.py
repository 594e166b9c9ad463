"""Parts of addresses."""

from django.urls import register_converter
from django.urls.converters import IntConverter


class IdConverter(IntConverter):
    """The id of a row. No row has one of twenty digits, and asking a database for that is an error, not a 404."""

    regex = "[0-9]{1,18}"


register_converter(IdConverter, "id")
