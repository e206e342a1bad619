"""The store's own secrets, sealed by the operator's key: one for each tenant, one for the audit log.

They stay when the operator's key changes, so that a digest or a pseudonym means the same before and after.
"""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.store.keys import KEY_BYTES, KeyRing, SealBroken, TenantSecret, key_id_of, wrong_key
from api.store.tables import Meta, TenantKey

KEY_CHECK: Final = "key_check"
AUDIT_KEY: Final = "audit_key"
_CHECKED: Final = b"the key of this store"


def check_key(session: Session, keys: KeyRing) -> None:
    """Whether the keys at hand are this store's; an empty store takes them as its own.

    Raises:
        SealBroken: they are not.
    """
    made = sealed_meta(session, keys, KEY_CHECK, _CHECKED)
    if made != _CHECKED:
        raise SealBroken
    audit_key(session, keys)


def audit_key(session: Session, keys: KeyRing) -> bytes:
    """What the rows of the audit log are keyed with."""
    return sealed_meta(session, keys, AUDIT_KEY, secrets.token_bytes(KEY_BYTES))


def tenant_secret(session: Session, keys: KeyRing, tenant: str) -> tuple[TenantSecret, bool]:
    """The tenant's secret, and whether it was made just now and is gone if the transaction is undone.

    Raises:
        StoreError: `wrong_key`.
    """
    place = _tenant_place(tenant)
    wanted = select(TenantKey.sealed).where(TenantKey.tenant == tenant)
    sealed = session.scalars(wanted).one_or_none()
    made = sealed is None
    if sealed is None:
        new = keys.seal(secrets.token_bytes(KEY_BYTES), place=place)
        # Two processes may meet a tenant at the same time: the first to write decides.
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(insert(TenantKey).values(tenant=tenant, sealed=new).on_conflict_do_nothing())
        sealed = session.scalars(wanted).one()
    try:
        return TenantSecret(keys.open(sealed, place=place)), made
    except SealBroken:
        raise wrong_key() from None


def sealed_meta(session: Session, keys: KeyRing, name: str, default: bytes) -> bytes:
    """A sealed value of `store_meta`; `default` is kept where there is none."""
    row = session.get(Meta, name)
    if row is None:
        session.add(Meta(name=name, value=keys.seal(default, place=name)))
        session.flush()
        return default
    return keys.open(row.value, place=name)


def seal_anew(session: Session, keys: KeyRing) -> int:
    """Seal every secret under the first key, after a new one was put in front; returns how many were."""
    changed = 0
    for row in session.scalars(select(Meta).where(Meta.name.in_((KEY_CHECK, AUDIT_KEY)))):
        if key_id_of(row.value) != keys.current:
            row.value = keys.seal(keys.open(row.value, place=row.name), place=row.name)
            changed += 1
    for tenant in session.scalars(select(TenantKey)):
        if key_id_of(tenant.sealed) != keys.current:
            place = _tenant_place(tenant.tenant)
            tenant.sealed = keys.seal(keys.open(tenant.sealed, place=place), place=place)
            changed += 1
    return changed


def _tenant_place(tenant: str) -> str:
    return f"tenant {tenant}"
