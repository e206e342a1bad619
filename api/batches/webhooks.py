"""Telling an operator's host that a batch has ended: ids and counts, signed, over HTTPS, to public addresses alone.

The form is that of Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`). A message is sent until
the host takes it, with longer and longer pauses that outlive the process; the same message may arrive twice, with the
same `webhook-id`. The host's name is resolved once, and the connection goes to that address, so that a name which
changes between the check and the call gains nothing.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from sqlalchemy import select
from standardwebhooks import Webhook as Signer

from api.batches.catalogue import iso
from api.errors import Problem
from api.settings import Settings
from api.store.database import Store
from api.store.keys import SealBroken
from api.store.tables import Batch, Webhook

PORT: Final = 443
TIMEOUT_SECONDS: Final = 10.0
CLAIM_SECONDS: Final = 60.0
MAX_URL: Final = 2000
PAUSES: Final = (5, 60, 300, 1800, 7200, 21600, 43200, 86400)  # seconds between tries; two days altogether.
# Addresses that carry another address, which may be private, within them: IPv4 mapped, NAT64, 6to4, Teredo.
_CARRIERS: Final = tuple(
    ipaddress.ip_network(net) for net in ("::ffff:0:0/96", "64:ff9b::/32", "2002::/16", "2001::/32")
)

logger = logging.getLogger("api.batches")

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: `body` is signed as it stands."""

    id: str
    url: str
    body: str


class Refused(Exception):
    """The host may not be called, or did not take the message."""


def check_url(settings: Settings, url: str) -> str:
    """A caller's URL, where its host is one that the operator lists.

    Raises:
        Problem: 422.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port or PORT
    except ValueError:
        raise _not_allowed() from None
    plain = parts.username is None and parts.password is None and not parts.fragment and url.isascii()
    printable = url.isprintable() and " " not in url and "\\" not in url
    if len(url) > MAX_URL or parts.scheme != "https" or not plain or not printable:
        raise _not_allowed()
    if (host, port) not in _listed(settings):
        raise _not_allowed()
    return url


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Whether an address is out on the internet: not private, loopback, link-local, shared, reserved or multicast."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # with a zone, which only local addresses have
        return False
    carried = any(ip in network for network in _CARRIERS if network.version == ip.version)
    return ip.is_global and not ip.is_multicast and not carried


class Courier:
    """Delivers the messages that are due."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        resolve: Resolve = resolve,
        allowed: Callable[[str], bool] = is_public,
    ) -> None:
        self._store = store
        self._settings = settings
        self._resolve = resolve
        self._allowed = allowed

    def deliver_due(self) -> int:
        """Send every message that is due; returns how many were taken."""
        taken = 0
        while (message := self._next()) is not None:
            try:
                self._send(message)
            except (Refused, OSError, httpx.HTTPError, ValueError) as error:
                # The type alone: a message may hold the host, the path or the reply.
                logger.warning("a webhook was not taken: %s", type(error).__name__)
            else:
                self._delivered(message)
                taken += 1
        return taken

    def _next(self) -> Message | None:
        """The message that is due longest; the next try is written before this one, in case none comes back."""
        with self._store.session() as session:
            now = self._store.now(session)
            row = session.scalars(
                select(Webhook)
                .where(Webhook.due <= now, Webhook.state == "waiting")
                .order_by(Webhook.due)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).one_or_none()
            if row is None:
                return None
            if row.tries >= len(PAUSES):
                row.state, row.due = "given_up", None
                return None
            row.due = now + timedelta(seconds=PAUSES[row.tries])
            row.tries += 1
            batch = session.get_one(Batch, row.batch_id)
            try:
                url = self._store.keys.open(row.url, place=f"webhook {row.batch_id}").decode()
            except SealBroken:
                row.state, row.due = "given_up", None
                return None
            return Message(row.message_id, url, json.dumps(_payload(batch)))

    def _delivered(self, message: Message) -> None:
        with self._store.session() as session:
            row = session.scalars(select(Webhook).where(Webhook.message_id == message.id)).one_or_none()
            if row is not None:  # the batch may have been deleted meanwhile
                row.state, row.due = "delivered", None

    def _send(self, message: Message) -> None:
        secret = self._settings.webhook_secret
        try:
            url = check_url(self._settings, message.url)  # the operator may have taken the host off the list
        except Problem:
            raise Refused from None
        if secret is None:
            raise Refused
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORT
        addresses = self._resolve(host, port)
        # One public address among private ones is as suspect as none.
        if not addresses or not all(self._allowed(address) for address in addresses):
            raise Refused
        target = httpx.URL(url).copy_with(host=addresses[0])
        with httpx.Client(
            verify=self._tls(), trust_env=False, follow_redirects=False, timeout=TIMEOUT_SECONDS
        ) as client:
            request = client.build_request(
                "POST",
                target,
                content=message.body,
                headers=self._headers(message, parts.netloc, secret.get_secret_value()),
            )
            request.extensions["sni_hostname"] = host  # the certificate must be the name's, not the address's
            reply = client.send(request, stream=True)  # nothing of the reply's body is read
            reply.close()
        if not reply.is_success:
            raise Refused

    def _headers(self, message: Message, netloc: str, secret: str) -> dict[str, str]:
        with self._store.session(write=False) as session:
            now = self._store.now(session)
        return {
            "host": netloc,
            "content-type": "application/json",
            "user-agent": "nlp-quality",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Signer(secret).sign(message.id, now, message.body),
        }

    def _tls(self) -> ssl.SSLContext:
        file = self._settings.webhook_ca_file
        return ssl.create_default_context(cafile=None if file is None else str(file))


def _payload(batch: Batch) -> dict[str, Any]:
    counts = {"total": batch.total, "done": batch.done, "failed": batch.failed}
    ended = batch.finished or batch.created
    return {
        "type": f"batch.{batch.state}",
        "timestamp": iso(ended),
        "data": {"id": batch.id, "state": batch.state, **counts},
    }


def _listed(settings: Settings) -> set[tuple[str, int]]:
    found = set()
    for entry in settings.webhook_hosts.lower().split(","):
        host, _, port = entry.strip().partition(":")
        if host and (not port or port.isdigit()):
            found.add((host, int(port or PORT)))
    return found


def _not_allowed() -> Problem:
    message = "webhook must be an https URL whose host the operator of this service lists."
    return Problem(422, "webhook_not_allowed", message, field="webhook")
