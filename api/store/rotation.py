"""One key after another: everything sealed is sealed anew under the key in front, and only then may an old one go."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import select

from api.batches import rows
from api.store import audit_log
from api.store.database import Store
from api.store.keys import SealBroken, key_id_of, load_key_file, new_key, write_private
from api.store.secrets import seal_anew
from api.store.tables import BatchItem, Feedback, Webhook

PAGE: Final = 200


def put_new_key(path: Path) -> None:
    """A new key in front of those of the file; running services read the file again when they meet it."""
    _replace(path, f"{new_key()}\n{path.read_text(encoding='ascii')}")
    load_key_file(path)


def forget_old_keys(path: Path) -> None:
    """Leave the key in front alone in the file."""
    lines = path.read_text(encoding="ascii").splitlines()
    _replace(path, next(line for line in lines if line.partition("#")[0].strip()) + "\n")


def seal_everything_anew(store: Store) -> int:
    """Seal secrets, rows, webhooks and ids of feedback under the key in front; returns how many were.

    What no key at hand can open is left as it is.
    """
    with store.session() as session:
        changed = seal_anew(session, store.keys)
        for hook in session.scalars(select(Webhook)):
            changed += _anew(store, hook, "url", f"webhook {hook.batch_id}")
        audit_log.append(store, session, tenant="*", who="operator", what="key.rotated", subjects=[store.keys.current])
    changed += _feedback(store)
    return changed + _items(store)


def _feedback(store: Store) -> int:
    changed, last = 0, ""
    while True:
        with store.session() as session:
            found = session.scalars(select(Feedback).where(Feedback.id > last).order_by(Feedback.id).limit(PAGE)).all()
            for row in found:
                changed += _anew(store, row, "record_id", f"feedback {row.id}")
        if not found:
            return changed
        last = found[-1].id


def _items(store: Store) -> int:
    changed, last = 0, ("", 0)
    while True:
        with store.session() as session:
            after = (BatchItem.batch_id > last[0]) | ((BatchItem.batch_id == last[0]) & (BatchItem.row > last[1]))
            wanted = select(BatchItem).where(after).order_by(BatchItem.batch_id, BatchItem.row).limit(PAGE)
            found = session.scalars(wanted.with_for_update()).all()
            for item in found:
                for what in ("record", "result"):
                    changed += _anew(store, item, what, rows.place_of(item.batch_id, item.row, what))
        if not found:
            return changed
        last = (found[-1].batch_id, found[-1].row)


def _anew(store: Store, row: object, column: str, place: str) -> int:
    sealed: bytes | None = getattr(row, column)
    if sealed is None or key_id_of(sealed) == store.keys.current:
        return 0
    try:
        setattr(row, column, store.keys.seal(store.keys.open(sealed, place=place), place=place))
    except SealBroken:
        return 0
    return 1


def _replace(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    write_private(part, text)
    part.replace(path)
