"""What can go wrong, on one page.

    NlpQualityError
    ├── InvalidRecord        a record breaks a limit of the contract (code, field, limit)
    ├── UnreadableInput      a file or stream cannot be read as the format it claims (code)
    ├── InvalidWording       an organisation's wording file breaks a rule (line)
    └── ModelError
        ├── ModelNotFound    no model of that name or version is installed
        └── ModelAltered     a file of the model is not the one its digest names

Every message names the field and the limit and never holds text, a name or an identifier of a record.
"""

from __future__ import annotations


class NlpQualityError(Exception):
    """Root of every error this package raises on purpose.

    Attributes:
        code: a stable word for programs (`too_long`, `invalid_json`).
        message: one plain sentence for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class InvalidRecord(NlpQualityError):
    """A field of a record is missing, of the wrong type, or beyond its limit.

    Attributes:
        field: the path of the field, as in `people.2.role`.
    """

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(code, message)
        self.field = field


class UnreadableInput(NlpQualityError):
    """A file or stream is not what it claims to be, or cannot be opened."""


class InvalidWording(NlpQualityError):
    """An organisation's wording file cannot be used.

    Attributes:
        line: where in the file, from 1; None where it is of the whole file.
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        where = "The wording file" if line is None else f"The wording file, line {line}"
        super().__init__("invalid_wording", f"{where}: {message}")
        self.line = line


class ModelError(NlpQualityError):
    """A model cannot be used; nothing falls back in silence."""


class ModelNotFound(ModelError):
    """No model of that name and version is installed."""


class ModelAltered(ModelError):
    """A file of a model is missing or its sha256 is not the recorded one."""
