"""A reader agrees or disagrees: what may be said, how it is kept, and what annotators may learn from it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.errors import Problem
from api.schemas import REASONS
from api.store.database import Store
from api.store.events import keyed_text_digest, text_digest
from api.store.keys import SealBroken
from api.store.tables import Feedback
from nlp_quality.record import Record
from nlp_quality.scheme import DIMENSIONS, MAX_LEVEL

FIELDS: Final = ("record_id", "text_digest", "dimension", "code", "agree", "reason_code", "level")
MAX_ID: Final = 128
PAGE: Final = 500
# Codes of prompts, findings and labels, as in `voice.daily_life` and `child_words`.
_CODE: Final = re.compile(r"[a-z][a-z_]{0,31}(?:\.[a-z][a-z_]{0,31})?")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_FIELD_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reader said of one dimension, or of one prompt, finding or piece of evidence in it.

    Attributes:
        record_id: the caller's id of the record.
        text_digest: SHA-256 of the record's text in UTF-8, hexadecimal.
        code: of the prompt, the finding or the evidence's label.
        level: what the reader says the level should be.
    """

    dimension: str
    agree: bool
    record_id: str | None = None
    text_digest: str | None = None
    code: str | None = None
    reason_code: str | None = None
    level: int | None = None


def parse(fields: Mapping[str, Any]) -> Opinion:
    """What a request says, every field checked; there is none for free text.

    Raises:
        Problem: 422, naming the field.
    """
    for name in fields:
        if name not in FIELDS:
            raise _unknown_field(name)
    dimension = _one_of(fields, "dimension", tuple(DIMENSIONS))
    if dimension is None:
        raise Problem(422, "missing", "dimension is missing.", field="dimension")
    agree = fields.get("agree")
    if not isinstance(agree, bool):
        raise Problem(422, "not_a_boolean", "agree must be true or false.", field="agree")
    level = fields.get("level")
    if isinstance(level, float) and level.is_integer():  # JSON knows no difference between 3 and 3.0
        level = int(level)
    if level is not None and (isinstance(level, bool) or not isinstance(level, int) or not 0 <= level <= MAX_LEVEL):
        raise Problem(422, "out_of_range", f"level must be a whole number, 0 to {MAX_LEVEL}.", field="level")
    return Opinion(
        dimension=dimension,
        agree=agree,
        record_id=_record_id(fields.get("record_id")),
        text_digest=_matching(fields, "text_digest", _DIGEST, "64 hexadecimal digits, the SHA-256 of the text"),
        code=_matching(fields, "code", _CODE, "the code of a prompt or finding, or a label"),
        reason_code=_one_of(fields, "reason_code", REASONS),
        level=level,
    )


def keep(store: Store, session: Session, opinion: Opinion, *, tenant: str, who: str) -> Feedback:
    """Write an opinion; the record's id is sealed, its digest keyed, and who gave it is a pseudonym."""
    secret = store.tenant(session, tenant)
    feedback_id = uuid4().hex
    sealed = None
    if opinion.record_id is not None:
        sealed = store.keys.seal(opinion.record_id.encode(), place=f"feedback {feedback_id}")
    digest = opinion.text_digest
    row = Feedback(
        id=feedback_id,
        tenant=tenant,
        at=store.now(session),
        who=secret.pseudonym("who", who),
        record_id=sealed,
        text_digest=None if digest is None else keyed_text_digest(secret, digest),
        dimension=opinion.dimension,
        code=opinion.code,
        agree=opinion.agree,
        reason_code=opinion.reason_code,
        level=opinion.level,
    )
    session.add(row)
    return row


def read(store: Store, *, tenant: str) -> Iterator[dict[str, Any]]:
    """Every opinion of a tenant, the oldest first."""
    last: Feedback | None = None
    while True:
        with store.session(write=False) as session:
            wanted = select(Feedback).where(Feedback.tenant == tenant).order_by(Feedback.at, Feedback.id).limit(PAGE)
            if last is not None:
                wanted = wanted.where((Feedback.at > last.at) | ((Feedback.at == last.at) & (Feedback.id > last.id)))
            found = session.scalars(wanted).all()
        if not found:
            return
        for row in found:
            yield _as_dict(store, row)
        last = found[-1]


def summary(store: Store, *, tenant: str) -> dict[str, dict[str, int]]:
    """How often readers agreed and disagreed, a dimension, for a report."""
    counts = Counter((item["dimension"], item["agree"]) for item in read(store, tenant=tenant))
    return {name: {"agree": counts[name, True], "disagree": counts[name, False]} for name in DIMENSIONS}


def candidates(store: Store, records: Sequence[Record], *, tenant: str) -> list[Record]:
    """Those of a council's own records that a reader disagreed about, the most disagreed first, to be annotated.

    A record is known by its id or by the digest of its text: the store holds no text to give.
    """
    with store.session() as session:
        secret = store.tenant(session, tenant)
    against = [item for item in read(store, tenant=tenant) if not item["agree"]]
    by_id = Counter(item["record_id"] for item in against if item["record_id"] is not None)
    by_digest = Counter(item["text_digest"] for item in against if item["text_digest"] is not None)

    def weight(record: Record) -> int:
        keyed = keyed_text_digest(secret, text_digest(record.text))
        return max(by_id[record.id] if record.id is not None else 0, by_digest[keyed])

    weighed = [(weight(record), record) for record in records]
    return [record for count, record in sorted(weighed, key=lambda pair: -pair[0]) if count]


def _as_dict(store: Store, row: Feedback) -> dict[str, Any]:
    record_id = None
    if row.record_id is not None:
        try:
            record_id = store.keys.open(row.record_id, place=f"feedback {row.id}").decode()
        except SealBroken:
            record_id = None
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "record_id": record_id,
        "text_digest": row.text_digest,
        "dimension": row.dimension,
        "code": row.code,
        "agree": row.agree,
        "reason_code": row.reason_code,
        "level": row.level,
        "who": row.who,
    }


def _record_id(value: object) -> str | None:
    if value is None:
        return None
    # An id is one short line: a sentence has no business in it.
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_ID or not value.isprintable():
        message = f"record_id must be a string of 1 to {MAX_ID} printable characters."
        raise Problem(422, "invalid_value", message, field="record_id")
    return value


def _matching(fields: Mapping[str, Any], name: str, pattern: re.Pattern[str], what: str) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Problem(422, "invalid_value", f"{name} must be {what}.", field=name)
    return value


def _one_of(fields: Mapping[str, Any], name: str, allowed: Sequence[str]) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if value not in allowed:
        raise Problem(422, "unknown_value", f"{name} must be one of: {', '.join(allowed)}.", field=name)
    return str(value)


def _unknown_field(name: str) -> Problem:
    # Only what looks like the name of a field is repeated: a key may be narrative too.
    shown = name if _FIELD_NAME.fullmatch(name) else "a field"
    problem = Problem(422, "unknown_field", f"{shown} is none of: {', '.join(FIELDS)}; feedback holds no free text.")
    problem.field = name if shown == name else None
    return problem
