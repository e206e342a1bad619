"""OAuth2 tokens: the issuer's own, for this service, now; and an issuer that changes keys, floods or falls silent."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time

import pytest
from issuers import AUDIENCE, Issuer, new_key, serve_forever
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from api.auth import jwks as jwks_module
from api.auth.jwks import Jwks, usable_keys
from api.auth.tokens import LEEWAY_SECONDS, MAX_TOKEN, TokenRules, caller_of
from api.errors import Problem


def scored(service, token):
    return service.score(token).status_code


# --- good ones ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"aud": ["api://other", "api://nlp-quality"]},
        {"roles": None, "scp": "score batch"},
        {"roles": None, "scope": "openid score"},
        {"roles": ["Other.Role", "admin"]},
    ],
)
def test_a_good_token_opens(token_service, issuer, claims):
    assert scored(token_service, issuer.token(**claims)) == 200


def test_keys_are_fetched_once_for_many_tokens(token_service, issuer):
    for _ in range(5):
        assert scored(token_service, issuer.token()) == 200
    assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]


def test_a_token_signed_on_an_elliptic_curve_opens(token_service, issuer):
    issuer.key = ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"}, auto_kid=False)
    issuer.published = [issuer.key]
    from joserfc.jws import JWSRegistry

    claims = {"iss": issuer.url, "aud": "api://nlp-quality", "sub": "a", "roles": ["score"], "exp": time.time() + 60}
    header = {"alg": "ES256", "kid": "curve"}
    assert (
        scored(token_service, jwt.encode(header, claims, issuer.key, registry=JWSRegistry(algorithms=["ES256"]))) == 200
    )


def test_scopes_are_those_of_the_token(token_service, issuer):
    refused = token_service.score(issuer.token(roles=["read"]))
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert 'scope="score"' in refused.headers["www-authenticate"]
    assert scored(token_service, issuer.token(roles=[])) == 403
    assert scored(token_service, issuer.token(roles=["Score", "score "])) == 403


def test_the_issuers_prefix_is_taken_off(service_with, issuer):
    service = service_with(token_issuer=issuer.url, token_audience=AUDIENCE, scope_prefix="Quality.")
    assert scored(service, issuer.token(roles=["Quality.score"])) == 200
    assert scored(service, issuer.token(roles=["score"])) == 403


def test_the_tenant_is_the_claims(service_with, issuer):
    service = service_with(token_issuer=issuer.url, token_audience=AUDIENCE, tenant_claim="tid")
    assert scored(service, issuer.token(tid="north")) == 200
    for bad in (None, "", "a/b", 7, "x" * 65, ["north"]):
        assert scored(service, issuer.token(tid=bad)) == 401


# --- bad ones -------------------------------------------------------------------------------------------------------


def unsigned(token: str, **header: str) -> str:
    _, payload, _ = token.split(".")
    start = base64.urlsafe_b64encode(json.dumps({"typ": "JWT"} | header).encode()).rstrip(b"=").decode()
    return f"{start}.{payload}."


def forged(issuer: Issuer):
    """Tokens that must not open, by what is wrong with them."""
    now = int(time.time())
    good = issuer.token()
    start, payload, signature = good.split(".")
    stranger = new_key("first")  # another key under the issuer's key id
    public = issuer.key.as_pem(private=False)
    yield "expired", issuer.token(exp=now - LEEWAY_SECONDS - 5)
    yield "never expires", issuer.token(without="exp")
    yield "expiry is a word", issuer.token(exp="never")
    yield "expiry is not a number", issuer.token(exp=float("nan"))
    yield "not yet", issuer.token(nbf=now + LEEWAY_SECONDS + 60)
    yield "issued in the future", issuer.token(iat=now + LEEWAY_SECONDS + 60)
    yield "wrong audience", issuer.token(aud="api://other")
    yield "no audience", issuer.token(without="aud")
    yield "empty audience", issuer.token(aud=[])
    yield "wrong issuer", issuer.token(iss="https://login.example")
    yield "issuer with a slash", issuer.token(iss=issuer.url + "/")
    yield "no issuer", issuer.token(without="iss")
    yield "nobody", issuer.token(sub=None)
    yield "another's key", issuer.token(key=stranger)
    yield "changed", f"{start}.{payload[:-2]}{'AA' if payload[-2:] != 'AA' else 'BB'}.{signature}"
    yield "unsigned", unsigned(good, alg="none", kid="first")
    yield "unsigned, in capitals", unsigned(good, alg="NONE", kid="first")
    yield "no algorithm", unsigned(good, kid="first")
    yield "the public key as a secret", with_secret(good, public)
    yield "no key id", issuer.token(header={"kid": ""})
    yield "critical header", f"{start_with(good, crit=['x'], x=1)}.{payload}.{signature}"
    yield "key in the header", issuer.token(key=stranger, header={"jwk": stranger.as_dict(private=False), "kid": "x"})
    yield "key by URL", issuer.token(key=stranger, header={"jku": "http://127.0.0.1:9/keys", "kid": "x"})
    yield "an ID token", issuer.token(nonce="n")
    yield "an ID token by its hash", issuer.token(at_hash="n")
    yield "another type", issuer.token(header={"typ": "logout+jwt"})
    yield "too long", issuer.token(filler="x" * MAX_TOKEN)
    yield "encrypted", "a.b.c.d.e"
    yield "two dots", ".."
    yield "a list", f"{start}.{base64.urlsafe_b64encode(b'[]').decode()}.{signature}"


def with_secret(token: str, secret: bytes) -> str:
    """The token under a MAC whose secret everybody knows; by hand, since the library refuses to."""
    signed = f"{start_with(token, alg='HS256')}.{token.split('.')[1]}"
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def start_with(token: str, **members) -> str:
    start = token.split(".", maxsplit=1)[0]
    header = json.loads(base64.urlsafe_b64decode(start + "=="))
    return base64.urlsafe_b64encode(json.dumps(header | members).encode()).rstrip(b"=").decode()


def test_no_forged_token_opens_and_none_says_why(service_with, issuer):
    service = service_with(token_issuer=issuer.url, token_audience=AUDIENCE, failure_limit="1000/minute")
    assert scored(service, issuer.token()) == 200
    replies = {name: service.score(token) for name, token in forged(issuer)}
    assert {name: reply.status_code for name, reply in replies.items()} == dict.fromkeys(replies, 401)
    assert len({reply.text for reply in replies.values()}) == 1


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"exp": -LEEWAY_SECONDS + 10}, 200),
        ({"exp": -LEEWAY_SECONDS - 10}, 401),
        ({"nbf": LEEWAY_SECONDS - 10, "iat": LEEWAY_SECONDS - 10}, 200),
        ({"nbf": LEEWAY_SECONDS + 30}, 401),
    ],
)
def test_clocks_may_differ_by_a_minute(token_service, issuer, claims, status):
    now = int(time.time())
    assert scored(token_service, issuer.token(**{name: now + by for name, by in claims.items()})) == status


# --- Entra ID -------------------------------------------------------------------------------------------------------

DIRECTORY = "8f3b2a10-0000-4000-8000-1234567890ab"
ENTRA = TokenRules(f"https://login.microsoftonline.com/{DIRECTORY}/v2.0", ("api",))
APPLICATION = {"tid": DIRECTORY, "oid": "o-1", "sub": "o-1", "azp": "client", "ver": "2.0", "roles": ["score", "batch"]}


def test_entras_application_and_delegated_tokens_are_understood():
    application = caller_of(APPLICATION, ENTRA)
    assert (application.who, application.tenant, application.scopes) == ("o-1", "local", {"score", "batch"})
    person = caller_of({"tid": DIRECTORY, "sub": "pairwise", "scp": "score feedback"}, ENTRA)
    assert (person.who, person.scopes) == ("pairwise", {"score", "feedback"})


@pytest.mark.parametrize("tid", ["8f3b2a10-0000-4000-8000-1234567890ff", None, ""])
def test_entras_token_of_another_directory_is_refused(tid):
    assert caller_of(APPLICATION | {"tid": tid}, ENTRA) is None


def test_a_long_or_strange_subject_is_logged_by_its_digest():
    for subject in ("x" * 129, "Zéphyrine", "two words", "line\nbreak"):
        who = caller_of(APPLICATION | {"sub": subject}, ENTRA).who
        assert who.startswith("sha256:")
        assert len(who) <= 128


def test_forgeries_are_slowed_and_good_tokens_from_the_same_address_go_on(service_with, issuer):
    service = service_with(token_issuer=issuer.url, token_audience=AUDIENCE, failure_limit="3/hour")
    statuses = [scored(service, issuer.token(aud="other")) for _ in range(5)]
    assert statuses == [401] * 3 + [429] * 2
    assert scored(service, issuer.token()) == 200


# --- the issuer's keys ----------------------------------------------------------------------------------------------


@pytest.fixture
def clock():
    return [1000.0]


@pytest.fixture
def keys(issuer, clock):
    return Jwks(issuer=issuer.url, url=f"{issuer.url}/keys", clock=lambda: clock[0])


def asked_for(keys, *key_ids):
    async def ask():
        return [await keys.key(key_id) for key_id in key_ids]

    return [None if key is None else key.kid for key in asyncio.run(ask())]


def test_a_new_key_is_found_at_once(keys, issuer, clock):
    assert asked_for(keys, "first") == ["first"]
    issuer.rotate("second")
    clock[0] += jwks_module.REFETCH_SECONDS
    assert asked_for(keys, "second", "first") == ["second", None]
    assert keys.fetches == 2


def test_a_flood_of_unknown_keys_makes_one_fetch_a_minute(keys, issuer, clock):
    assert asked_for(keys, "first") == ["first"]
    clock[0] += jwks_module.REFETCH_SECONDS

    async def flood():
        return await asyncio.gather(*(keys.key(f"unknown-{number}") for number in range(200)))

    assert set(asyncio.run(flood())) == {None}
    assert keys.fetches == 2
    assert asked_for(keys, "first", "unknown") == ["first", None]
    clock[0] += jwks_module.REFETCH_SECONDS
    assert asked_for(keys, "unknown") == [None]
    assert keys.fetches == 3


def test_a_withdrawn_key_stops_within_the_hour(keys, issuer, clock):
    assert asked_for(keys, "first") == ["first"]
    issuer.rotate("second")
    clock[0] += jwks_module.FRESH_SECONDS
    assert asked_for(keys, "first") == [None]


def unavailable(keys, key_id):
    with pytest.raises(Problem) as caught:
        asked_for(keys, key_id)
    assert (caught.value.status, caught.value.code) == (503, "token_keys_unavailable")
    assert int(caught.value.headers["Retry-After"]) > 0


def test_known_keys_go_on_while_the_issuer_is_down_and_end_after_a_day(keys, issuer, clock):
    assert asked_for(keys, "first") == ["first"]
    issuer.answers = False
    clock[0] += jwks_module.FRESH_SECONDS
    assert asked_for(keys, "first") == ["first"]
    assert asked_for(keys, "first") == ["first"]
    assert keys.fetches == 2  # not once a request
    unavailable(keys, "new")
    clock[0] += jwks_module.USABLE_SECONDS
    unavailable(keys, "first")
    issuer.answers = True
    clock[0] += jwks_module.RETRY_SECONDS
    assert asked_for(keys, "first") == ["first"]


def test_an_issuer_that_never_answered_is_503_and_is_asked_again_soon(keys, issuer, clock):
    issuer.answers = False
    unavailable(keys, "first")
    unavailable(keys, "first")
    assert keys.fetches == 1
    issuer.answers = True
    clock[0] += jwks_module.RETRY_SECONDS
    assert asked_for(keys, "first") == ["first"]


def test_the_reply_while_the_issuer_is_down_is_clear(token_service, issuer):
    issuer.answers = False
    reply = token_service.score(issuer.token())
    assert (reply.status_code, reply.json()["code"]) == (503, "token_keys_unavailable")
    assert reply.headers["content-type"] == "application/problem+json"
    _, key = token_service.make_key()
    assert token_service.score(key).status_code == 200


def test_another_issuers_configuration_is_not_taken(token_service, issuer):
    issuer.metadata = {"issuer": "https://login.example"}
    assert token_service.score(issuer.token()).status_code == 503
    assert "/keys" not in issuer.asked


@pytest.mark.parametrize("answer", [[], {"keys": []}, {"keys": "x"}, {"other": 1}])
def test_an_issuer_that_answers_nonsense_is_as_one_that_is_down(answer):
    class Nonsense(Issuer):
        def get(self, path, query):
            return 200, {}, answer

    issuer = Nonsense()
    with serve_forever(issuer):
        unavailable(Jwks(issuer=issuer.url, url=f"{issuer.url}/keys"), "first")


def test_a_redirect_is_not_followed(issuer):
    class Elsewhere(Issuer):
        def get(self, path, query):
            return 302, {"Location": f"{issuer.url}/keys"}, {}

    away = Elsewhere()
    with serve_forever(away):
        unavailable(Jwks(issuer=away.url, url=f"{away.url}/keys"), "first")
    assert issuer.asked == []


def test_keys_that_must_not_verify_are_left_out():
    good = new_key("good").as_dict(private=False)
    with pytest.warns(match="."):
        small = RSAKey.generate_key(1024, {"kid": "small"}, auto_kid=False).as_dict(private=False)
    encryption = new_key("enc").as_dict(private=False) | {"use": "enc"}
    secret = {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"}
    nameless = {key: value for key, value in new_key("x").as_dict(private=False).items() if key != "kid"}
    strange = {"kty": "PQ", "kid": "strange"}
    broken = {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"}
    assert set(usable_keys({"keys": [secret, small, encryption, nameless, strange, broken, good]})) == {"good"}
