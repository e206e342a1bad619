"""A made-up issuer and provider, and a scorer that takes no time."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from nlp_quality.scheme import DIMENSIONS
from nlp_quality.types import DimensionScore, ModelInfo, NotApplicable, Scorecard
from nlp_quality.words import packaged

AUDIENCE = "api://nlp-quality"
EMPTY = DimensionScore(None, None, None, None, None, True, NotApplicable("out_of_domain", "Too short."), "Too short.")
ANY_HEADER = JWSRegistry(algorithms=["RS256"], strict_check_header=False)


class Quick:
    """Finds nothing, at once: who may call is what is tested."""

    model = ModelInfo(name="quick", version="1", sha256="0" * 64)
    words = packaged()

    def score(self, record: Any, **_: Any) -> Scorecard:
        return Scorecard(
            id=record.id,
            scheme="1.0",
            model=self.model,
            dimensions=dict.fromkeys(DIMENSIONS, EMPTY),
            sentences=(),
            findings=(),
            text=None,
            source_text=record.text,
            context=record.context,
        )

    def describe(self) -> dict[str, Any]:
        return {"name": "quick", "version": "1", "sha256": "0" * 64, "evaluation": {}, "limits": []}


def new_key(key_id: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": key_id, "use": "sig", "alg": "RS256"}, auto_kid=False)


def unsigned(claims: dict[str, Any], **header: str) -> str:
    """A token that nobody signed; by hand, since libraries warn of it."""
    parts = ({"alg": "none", "typ": "JWT"} | header, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


class Issuer:
    """Signs tokens, publishes its keys, and signs people in as an OpenID Connect provider does.

    Attributes:
        answers: false: every request gets 503, as from a provider that is down.
        asked: the paths that were asked for.
        signs_with: `none`: it does not sign.
        next_id_token: changes the claims of the next ID token before it is signed.
    """

    def __init__(self) -> None:
        self.key = new_key("first")
        self.published = [self.key]
        self.answers = True
        self.asked: list[str] = []
        self.url = ""
        self.metadata: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.next_id_token: dict[str, Any] = {}
        self.signs_with = "RS256"
        self.subject = "person-1"

    def token(self, *, key: Any = None, header: dict[str, Any] | None = None, without: str = "", **claims: Any) -> str:
        """A token that is good but for what is given."""
        now = int(time.time())
        whole = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "case-system",
            "roles": ["score"],
            "iat": now,
            "nbf": now,
            "exp": now + 600,
        } | claims
        whole.pop(without, None)
        key = key or self.key
        if self.signs_with == "none":
            return unsigned(whole, kid=key.kid)
        full = {"alg": "RS256", "kid": key.kid, "typ": "at+jwt"} | (header or {})
        return jwt.encode(full, whole, key, registry=ANY_HEADER, default_type=None)

    def rotate(self, key_id: str) -> None:
        """Another key, the only one from now on."""
        self.key = new_key(key_id)
        self.published = [self.key]

    # --- what it answers --------------------------------------------------------------------------------------------

    def get(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        if path == "/.well-known/openid-configuration":
            return (
                200,
                {},
                {
                    "issuer": self.url,
                    "jwks_uri": f"{self.url}/keys",
                    "authorization_endpoint": f"{self.url}/authorize",
                    "token_endpoint": f"{self.url}/token",
                    "end_session_endpoint": f"{self.url}/end",
                    "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
                }
                | self.metadata,
            )
        if path == "/keys":
            return 200, {}, {"keys": [key.as_dict(private=False) for key in self.published]}
        if path == "/authorize":
            code = secrets.token_hex(8)
            self.codes[code] = query
            return (
                302,
                {"Location": f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"},
                {},
            )
        return 404, {}, {}

    def post(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        asked = self.codes.pop(form.get("code", ""), None)
        if path != "/token" or asked is None:
            return 400, {}, {"error": "invalid_grant"}
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if proof != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {}, {"error": "invalid_grant"}
        claims = {"aud": asked["client_id"], "nonce": asked["nonce"], "sub": self.subject, "roles": []}
        claims |= self.next_id_token
        self.next_id_token = {}
        signed = self.token(header={"typ": "JWT"}, **claims)
        return 200, {}, {"access_token": "opaque", "token_type": "Bearer", "expires_in": 600, "id_token": signed}


@contextmanager
def serve_forever(issuer: Issuer) -> Iterator[None]:
    """The issuer answers on a free port until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._answer(lambda: issuer.get(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()}))

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._answer(lambda: issuer.post(self.path, {k: v[0] for k, v in form.items()}))

        def _answer(self, find: Any) -> None:
            issuer.asked.append(urlsplit(self.path).path)
            status, headers, body = find() if issuer.answers else (503, {}, {})
            sent = json.dumps(body).encode()
            self.send_response(status)
            for name, value in (
                {"Content-Type": "application/json", "Content-Length": str(len(sent))} | headers
            ).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
