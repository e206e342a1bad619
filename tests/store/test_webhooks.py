"""Messages of a batch's end: signed, to listed hosts at public addresses over verified TLS, tried again for two days."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select
from standardwebhooks import Webhook as Signer

from api.batches import webhooks
from api.batches.queue import end_if_complete
from api.batches.webhooks import PAUSES, Courier
from api.errors import Problem
from api.settings import Settings
from api.store.database import Store
from api.store.tables import Batch, Webhook

SECRET = "whsec_" + base64.b64encode(b"s" * 24).decode()
HOST = "hooks.example"


class Receiver(HTTPServer):
    """Takes what is sent to it over TLS, under a certificate for `HOST`.

    Attributes:
        taken: headers and body of each message.
        status: what it answers.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[tuple[dict[str, str], str]] = []
        self.status = 204
        self.ca = folder / "ca.pem"
        key, certificate = _certificate()
        (folder / "key.pem").write_bytes(key)
        self.ca.write_bytes(certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, folder / "key.pem")
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.port = self.server_address[1]

    def handle_error(self, *_: Any) -> None:
        """A client that refuses the certificate is no error of a test."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Location", "https://elsewhere.example/")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def _certificate() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return private, made.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    server = Receiver(tmp_path)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def settings(receiver: Receiver, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        webhook_hosts=f"{HOST}:{receiver.port}, plain.example",
        webhook_secret=SECRET,  # type: ignore[arg-type]
        webhook_ca_file=receiver.ca,
    )


@pytest.fixture
def opened(settings: Settings) -> Iterator[Store]:
    store = Store(settings)
    store.open()
    yield store
    store.close()


def end_a_batch(store: Store, url: str) -> None:
    with store.session() as session:
        now = store.now(session)
        batch = Batch(id="b" * 32, tenant="north", state="running", total=2, done=1, failed=1, created=now,
                      expires=now + datetime.timedelta(days=1), options="{}")  # fmt: skip
        session.add(batch)
        session.flush()
        sealed = store.keys.seal(url.encode(), place=f"webhook {batch.id}")
        session.add(Webhook(batch_id=batch.id, url=sealed, message_id="msg_1"))
        session.flush()
        end_if_complete(store, session, batch)


def state_of(store: Store) -> tuple[str, int, bool]:
    with store.session(write=False) as session:
        row = session.scalars(select(Webhook)).one()
        return row.state, row.tries, row.due is not None


def courier(store: Store, settings: Settings, address: str = "127.0.0.1", **more: Any) -> Courier:
    return Courier(store, settings, resolve=lambda *_: [address], **({"allowed": lambda _: True} | more))


def test_a_message_is_signed_and_holds_ids_and_counts_alone(
    opened: Store, settings: Settings, receiver: Receiver
) -> None:
    end_a_batch(opened, f"https://{HOST}:{receiver.port}/a?b=c")
    assert courier(opened, settings).deliver_due() == 1
    ((headers, body),) = receiver.taken
    assert Signer(SECRET).verify(body, headers)["type"] == "batch.done"
    data = json.loads(body)["data"]
    assert data == {"id": "b" * 32, "state": "done", "total": 2, "done": 1, "failed": 1}
    assert headers["host"] == f"{HOST}:{receiver.port}"
    assert headers["webhook-id"] == "msg_1"
    assert state_of(opened) == ("delivered", 1, False)
    assert courier(opened, settings).deliver_due() == 0


@pytest.mark.parametrize("status", [301, 302, 307, 400, 410, 500])
def test_what_is_not_taken_is_tried_again_later_and_redirects_are_not_followed(
    opened: Store, settings: Settings, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    end_a_batch(opened, f"https://{HOST}:{receiver.port}/")
    assert courier(opened, settings).deliver_due() == 0
    assert len(receiver.taken) == 1
    assert state_of(opened) == ("waiting", 1, True)
    # The pause is in the database: another process finds the message due when it is over, with the same id.
    with opened.session() as session:
        session.scalars(select(Webhook)).one().due = opened.now(session)
    receiver.status = 200
    assert courier(opened, settings).deliver_due() == 1
    assert [headers["webhook-id"] for headers, _ in receiver.taken] == ["msg_1", "msg_1"]


def test_it_gives_up_in_the_end(opened: Store, settings: Settings) -> None:
    end_a_batch(opened, "https://plain.example/")
    for _ in range(len(PAUSES) + 1):
        with opened.session() as session:
            row = session.scalars(select(Webhook)).one()
            row.due = row.due and opened.now(session)
        courier(opened, settings, address="10.0.0.1", allowed=webhooks.is_public).deliver_due()
    assert state_of(opened) == ("given_up", len(PAUSES), False)


def test_a_certificate_of_another_name_is_refused(opened: Store, settings: Settings, receiver: Receiver) -> None:
    other = settings.model_copy(update={"webhook_hosts": f"other.example:{receiver.port}"})
    end_a_batch(opened, f"https://other.example:{receiver.port}/")
    assert courier(opened, other).deliver_due() == 0
    assert receiver.taken == []


def test_a_name_that_leads_to_a_private_address_is_not_called(
    opened: Store, settings: Settings, receiver: Receiver
) -> None:
    end_a_batch(opened, f"https://{HOST}:{receiver.port}/")
    assert courier(opened, settings, allowed=webhooks.is_public).deliver_due() == 0
    assert receiver.taken == []


def test_a_host_taken_off_the_list_is_not_called(opened: Store, settings: Settings, receiver: Receiver) -> None:
    end_a_batch(opened, f"https://{HOST}:{receiver.port}/")
    assert courier(opened, settings.model_copy(update={"webhook_hosts": ""})).deliver_due() == 0
    assert receiver.taken == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
     "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8",
     "64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1::", "nonsense"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not webhooks.is_public(address)


def test_addresses_that_are_public() -> None:
    assert all(map(webhooks.is_public, ("8.8.8.8", "2606:4700::1111")))
    assert ipaddress.ip_address("8.8.8.8").is_global


@pytest.mark.parametrize(
    "url",
    ["http://plain.example/", "https://elsewhere.example/", "https://plain.example:8443/", "https://a@plain.example/",
     "https://plain.example/#x", "https://plain.example.evil.example/", "https://127.0.0.1/", "//plain.example/",
     "https://plain.example\\@evil.example/", "https://plain.example/\r\nx: y", "https://plain.example:x/", "", "https://",
     "https://plain.example/" + "a" * 2000, "https://pla\u0131n.example/"],
)  # fmt: skip
def test_a_url_that_the_operator_did_not_allow_is_refused(settings: Settings, url: str) -> None:
    with pytest.raises(Problem) as caught:
        webhooks.check_url(settings, url)
    assert (caught.value.status, caught.value.code, caught.value.field) == (422, "webhook_not_allowed", "webhook")


@pytest.mark.parametrize("url", ["https://plain.example/", "https://PLAIN.example:443/a/b?c=d"])
def test_a_url_of_a_listed_host_is_taken(settings: Settings, url: str) -> None:
    assert webhooks.check_url(settings, url) == url
