"""Why something cannot be done with work now, in words for the person who asked."""


class SubmissionRefused(Exception):
    """The message says what is in the way and what to do; what was written is kept. `code` is for callers."""

    def __init__(self, code: str, message: str = ""):
        super().__init__(message or code)
        self.code = code


class FileRefused(Exception):
    """The file cannot be part of the work; the message says why and what to do."""
