"""Who may call what: scopes, tenants, an open service on this machine, other origins, LanguageTool's clients."""

from __future__ import annotations

import asyncio
import base64

import pytest
from fastapi import Depends, Request

from api.auth.callers import SCOPES
from api.auth.configuration import AccessError
from api.deps import CallerDep, TenantDep, require_scope
from api.main import create_app
from api.settings import Settings

LOCAL_URL = "http://127.0.0.1:8000"
EXTENSION = "chrome-extension://oldceeleldhonbafppcapldpdifcinji"

# A call of every route that needs a caller, and the scopes that open it.
CALLS = {
    ("POST", "/v1/score"): ({"json": {"text": "I saw Ottilie alone."}}, {"score"}),
    ("GET", "/v1/scheme"): ({}, set(SCOPES)),
    ("GET", "/v1/model"): ({}, set(SCOPES)),
    ("GET", "/metrics"): ({}, {"read"}),
    ("POST", "/v1/batches"): (
        {"content": b'{"text": "x"}\n', "headers": {"Content-Type": "application/x-ndjson"}},
        {"batch"},
    ),
    ("GET", "/v1/batches"): ({}, {"batch"}),
    ("GET", "/v1/batches/{batch_id}"): ({}, {"batch"}),
    ("DELETE", "/v1/batches/{batch_id}"): ({}, {"batch"}),
    ("POST", "/v1/batches/{batch_id}/cancel"): ({}, {"batch"}),
    ("GET", "/v1/batches/{batch_id}/results"): ({}, {"batch"}),
    ("POST", "/v1/feedback"): ({"json": {"dimension": "analysis", "agree": True}}, {"feedback"}),
    ("POST", "/v2/check"): ({"data": {"text": "I saw Ottilie alone.", "language": "en-GB"}}, {"score"}),
}
OPEN = {
    *("/", "/demo", "/healthz", "/readyz", "/openapi.json", "/v2/languages"),
    *("/sign-in", "/sign-in/callback", "/sign-out", "/signed-in", "/signed-out"),
}


def routes(service):
    return {(method, route.path) for route in service.app.routes for method in getattr(route, "methods", None) or ()}


def call(service, method, path, options, key):
    return service(method, path.replace("{batch_id}", "0" * 32), key=key, **options)


def test_every_route_needs_the_scope_that_is_written_here_or_is_open_on_purpose(service_with):
    service = service_with()
    keys = {scope: service.make_key(scope)[1] for scope in SCOPES}
    closed = {found for found in routes(service) if found[1] not in OPEN and found[0] != "HEAD"}
    assert closed <= set(CALLS)
    for method, path in closed:
        options, scopes = CALLS[method, path]
        assert call(service, method, path, options, None).status_code == 401, path
        for scope, key in keys.items():
            status = call(service, method, path, options, key).status_code
            assert (status == 403) == (scope not in scopes | {"admin"}), (path, scope, status)
            assert status < 500, path


def test_what_is_open_stays_open(service_with):
    service = service_with()
    service.make_key()
    for path in ("/healthz", "/readyz", "/openapi.json", "/", "/static/page.js"):
        assert service("GET", path).status_code == 200


def test_the_api_says_how_to_be_known_and_what_each_call_needs(service_with):
    service = service_with()
    document = service("GET", "/openapi.json", base_url=LOCAL_URL).json()
    assert {} in document["paths"]["/v1/score"]["post"]["security"]  # nothing is set up yet
    service.make_key()
    service.score()
    document = service("GET", "/openapi.json", base_url=LOCAL_URL).json()
    assert {} not in document["paths"]["/v1/score"]["post"]["security"]
    schemes = document["components"]["securitySchemes"]
    assert (schemes["bearer"]["type"], schemes["bearer"]["scheme"]) == ("http", "bearer")
    assert (schemes["apiKey"]["in"], schemes["apiKey"]["name"]) == ("header", "X-API-Key")
    assert schemes["session"]["in"] == "cookie"
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if (method.upper(), path) in CALLS:
                named = {scope for scheme in operation["security"] for scopes in scheme.values() for scope in scopes}
                assert named == CALLS[method.upper(), path][1], path
                assert {"401", "403", "429"} <= set(operation["responses"])
            else:
                assert "security" not in operation


# --- tenants --------------------------------------------------------------------------------------------------------


def send_batch(service, key):
    options, _ = CALLS["POST", "/v1/batches"]
    reply = call(service, "POST", "/v1/batches", options, key)
    assert reply.status_code == 202, reply.text
    return reply.json()["id"]


def test_tenants_do_not_see_each_others_batches(service_with):
    service = service_with()
    _, north = service.make_key("batch", tenant="north")
    _, also_north = service.make_key("batch", tenant="north")
    _, south = service.make_key("admin", tenant="south")
    batch = send_batch(service, north)
    ids = {
        key: [row["id"] for row in service("GET", "/v1/batches", key=key).json()["batches"]] for key in (north, south)
    }
    assert ids == {north: [batch], south: []}
    assert service("GET", f"/v1/batches/{batch}", key=also_north).status_code == 200
    absent = service("GET", f"/v1/batches/{'0' * 32}", key=south)
    for method, path in [("GET", ""), ("GET", "/results"), ("POST", "/cancel"), ("DELETE", "")]:
        reply = service(method, f"/v1/batches/{batch}{path}", key=south)
        assert (reply.status_code, reply.json()) == (absent.status_code, absent.json())
    assert service("GET", f"/v1/batches/{batch}", key=north).json()["state"] != "cancelled"


def test_the_same_idempotency_key_of_two_tenants_makes_two_batches(service_with):
    service = service_with()
    ids = []
    for tenant in ("north", "south"):
        _, key = service.make_key("batch", tenant=tenant)
        options = {"content": b'{"text": "x"}\n', "headers": {"Content-Type": "application/x-ndjson"}}
        options["headers"]["Idempotency-Key"] = "one"
        ids.append(service("POST", "/v1/batches", key=key, **options).json()["id"])
    assert len(set(ids)) == 2


def test_feedback_and_batches_are_told_with_the_keys_id(service_with):
    from sqlalchemy import select

    from api.store.tables import AuditEntry, Feedback

    service = service_with()
    key_id, key = service.make_key("batch", "feedback", tenant="north")
    send_batch(service, key)
    options, _ = CALLS["POST", "/v1/feedback"]
    assert call(service, "POST", "/v1/feedback", options, key).status_code < 300
    with service.store.session(write=False) as session:
        rows = session.execute(
            select(AuditEntry.tenant, AuditEntry.who).where(AuditEntry.what == "batch.created")
        ).all()
        assert rows == [("north", key_id)]
        assert session.scalars(select(Feedback.tenant)).all() == ["north"]


# --- nothing set up -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base_url", [LOCAL_URL, "http://localhost", "http://[::1]:8000", "http://service"])
def test_where_nothing_is_set_up_this_machine_may_do_everything(service_with, base_url):
    service = service_with()
    assert service.score(base_url=base_url).status_code == 200
    assert service.score("nlpq_whatever", base_url=base_url).status_code == 200
    assert service("GET", "/v1/batches", base_url=base_url).status_code == 200


def test_where_nothing_is_set_up_another_machine_may_do_nothing(service_with):
    service = service_with()
    for client in ("192.0.2.1", "2001:db8::1", "10.0.0.1"):
        reply = service.score(base_url=LOCAL_URL, client=client)
        assert (reply.status_code, reply.json()["code"]) == (403, "not_local")


@pytest.mark.parametrize("host", ["rebound.example", "rebound.example:8000", "127.0.0.1.rebound.example", "a.b", "[x"])
def test_a_public_name_that_points_here_opens_nothing(service_with, host):
    service = service_with()
    for method, path in [("POST", "/v1/score"), ("GET", "/v1/batches")]:
        reply = service(method, path, base_url=LOCAL_URL, headers={"Host": host}, json={"text": "x"})
        assert (reply.status_code, reply.json()["code"]) == (421, "wrong_host")


def test_the_operators_own_name_is_taken(service_with):
    service = service_with(public_url="https://quality.example.gov.uk")
    assert service.score(base_url="https://quality.example.gov.uk").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": EXTENSION, "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_another_site_in_the_same_browser_may_do_nothing(service_with, headers):
    service = service_with()
    reply = service.score(base_url=LOCAL_URL, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "cross_site")


def test_our_own_page_may(service_with):
    service = service_with()
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": LOCAL_URL}):
        assert service.score(base_url=LOCAL_URL, headers=headers).status_code == 200


# --- other origins --------------------------------------------------------------------------------------------------

CASES = "https://cases.example.gov.uk"


def preflight(service, origin):
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return service("OPTIONS", "/v1/score", headers=headers)


def shown_to(reply):
    return reply.headers.get("access-control-allow-origin")


def test_no_other_origin_is_answered_unless_listed(service_with):
    service = service_with()
    _, key = service.make_key()
    assert shown_to(preflight(service, CASES)) is None
    assert shown_to(service.score(key, headers={"Origin": CASES})) is None


def test_a_listed_origin_is_answered_without_cookies(service_with):
    service = service_with(cors_origins=f"{CASES}, {EXTENSION}")
    _, key = service.make_key()
    asked = preflight(service, CASES)
    assert (asked.status_code, shown_to(asked)) == (200, CASES)
    assert "access-control-allow-credentials" not in asked.headers
    reply = service.score(key, headers={"Origin": CASES})
    assert (reply.status_code, shown_to(reply)) == (200, CASES)
    assert "content-security-policy" in reply.headers
    refused = service.score(headers={"Origin": CASES})
    assert (refused.status_code, shown_to(refused)) == (401, CASES)
    for other in ("https://evil.example", f"{CASES}.evil.example", "null", CASES.replace("https", "http")):
        assert shown_to(preflight(service, other)) is None
        assert shown_to(service.score(key, headers={"Origin": other})) is None


# --- LanguageTool ---------------------------------------------------------------------------------------------------


@pytest.fixture
def check(service_with):
    """A service with a `/v2/check` that reads its form as that route may."""
    service = service_with()

    @service.app.post("/v2/check", dependencies=[Depends(require_scope("score"))])
    async def check(request: Request, tenant: TenantDep, who: CallerDep) -> dict[str, str]:
        return {"tenant": tenant, "who": who, "text": (await request.body()).decode()}

    service.app.router.routes.insert(0, service.app.router.routes.pop())
    return service


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


def test_languagetools_clients_are_known_by_form_field_or_password(check):
    key_id, key = check.make_key("score", tenant="north")
    form = {"text": "I saw her.", "language": "en-GB", "username": "anybody"}
    ways = [
        check("POST", "/v2/check", data=form | {"apiKey": key}),
        check("POST", "/v2/check", data=form, headers=basic("anybody", key)),
        check("POST", "/v2/check", data=form, key=key),
        check("POST", "/v2/check", data=form, headers={"X-API-Key": key}),
        check("POST", "/v2/check", data=form | {"apiKey": ""}, key=key),
    ]
    assert [reply.status_code for reply in ways] == [200] * 5
    assert {(reply.json()["tenant"], reply.json()["who"]) for reply in ways} == {("north", key_id)}
    assert "I+saw+her." in ways[0].json()["text"]


def test_languagetools_clients_without_a_good_key_are_refused(check):
    _, key = check.make_key("score")
    _, other = check.make_key("batch")
    form = {"text": "x"}
    refused = [
        check("POST", "/v2/check", data=form),
        check("POST", "/v2/check", data=form | {"apiKey": key[:-1]}),
        check("POST", "/v2/check", data=form, headers=basic(key, "")),
        check("POST", "/v2/check", data=form, headers={"Authorization": "Basic !"}),
        check("POST", f"/v2/check?apiKey={key}", data=form),
        check("POST", "/v2/check", data=form, headers={"Authorization": f"Digest {key}"}),
    ]
    assert [reply.status_code for reply in refused] == [401] * 6
    assert check("POST", "/v2/check", data=form | {"apiKey": other}).status_code == 403
    assert check.score(headers=basic("anybody", key)).status_code == 401


def test_a_password_the_browser_remembers_does_not_serve_another_site(check):
    _, key = check.make_key("score")
    headers = basic("anybody", key) | {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert check("POST", "/v2/check", data={"text": "x"}, headers=headers).status_code == 403


def test_a_form_that_the_route_has_had_read_is_read_from_there(service_with):
    pytest.importorskip("python_multipart")
    from fastapi import Form

    service = service_with()
    _, key = service.make_key("score")

    @service.app.post("/v2/form", dependencies=[Depends(require_scope("score"))])
    async def form(text: str = Form()) -> dict[str, str]:
        return {"text": text}

    service.app.router.routes.insert(0, service.app.router.routes.pop())
    assert service("POST", "/v2/form", data={"text": "x", "apiKey": key}).json() == {"text": "x"}
    assert service("POST", "/v2/form", data={"text": "x"}).status_code == 401


# --- what is written down -------------------------------------------------------------------------------------------


def test_no_key_token_or_other_part_of_a_request_is_logged_or_repeated(token_service, issuer, caplog):
    canary = "Zephyrine"
    _, key = token_service.make_key("score")
    token = issuer.token(sub=canary, preferred_username=canary, aud="other")
    good = issuer.token(sub=canary, preferred_username=canary)
    tries = [
        {"key": f"nlpq_{canary}"},
        {"key": token},
        {"key": token[:-5]},
        {"key": good},
        {"key": key, "headers": {"Origin": canary, "Cookie": f"__Host-nlpq={canary}"}},
        {"headers": {"Authorization": f"Basic {canary}"}},
        {"headers": {"X-API-Key": canary}},
    ]
    with caplog.at_level("INFO", logger="api"):
        replies = [token_service.score(**options) for options in tries]
    assert [reply.status_code for reply in replies] == [401, 401, 401, 200, 200, 401, 401]
    written = caplog.text + "".join(reply.text + str(reply.headers) for reply in replies)
    for secret in (canary, key, token[:40], token.split(".")[1]):
        assert secret not in written


def test_line_breaks_in_what_is_sent_reach_no_header(token_service):
    """A client library refuses to send them, so they are put into the request as a broken proxy would."""

    async def send(value: bytes):
        sent = []
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": "/v1/scheme", "raw_path": b"/v1/scheme", "query_string": b"", "root_path": "",
            "headers": [(b"host", b"x"), (b"authorization", value), (b"origin", value), (b"x-request-id", value)],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def keep(message):
            sent.append(message)

        await token_service.app(scope, receive, keep)
        return sent

    for value in (b"Bearer a\r\nSet-Cookie: x=1", b"Bearer \xff\xfe", b"Bearer " + b"x" * 100_000):
        start = asyncio.run(send(value))[0]
        assert start["status"] == 401
        assert b"set-cookie" not in dict(start["headers"])
        assert not [text for header in start["headers"] for text in header if b"\r" in text or b"\n" in text]


# --- settings -------------------------------------------------------------------------------------------------------

ISSUER = "https://login.example"


@pytest.mark.parametrize(
    "settings",
    [
        {"token_issuer": ISSUER},
        {"token_issuer": "http://login.example", "token_audience": "a"},
        {"token_issuer": "login.example", "token_audience": "a"},
        {"token_issuer": ISSUER, "token_audience": "a", "token_jwks_url": "http://login.example/keys"},
        {"oidc_issuer": ISSUER},
        {"oidc_issuer": ISSUER, "oidc_client_id": "a"},
        {"oidc_issuer": ISSUER, "oidc_client_id": "a", "public_url": "http://quality.example"},
        {"oidc_issuer": ISSUER, "oidc_client_id": "a", "public_url": "https://x", "sign_in_scopes": "everything"},
        {"cors_origins": "*"},
        {"cors_origins": "https://*.example"},
        {"cors_origins": "https://cases.example/"},
        {"cors_origins": "null"},
        {"rate_limit": "often"},
        {"failure_limit": ""},
        {"public_url": "https://quality.example/?a=1"},
        {"public_url": "https://user:secret@quality.example"},
    ],
    ids=str,
)
def test_settings_that_do_not_go_together_stop_the_start_and_are_named(tmp_path, settings):
    with pytest.raises(AccessError) as caught:
        create_app(Settings(data_dir=tmp_path, **settings))
    assert "NLP_QUALITY_" in caught.value.message
    assert "secret" not in caught.value.message.replace("client_secret", "")


def test_nothing_is_asked_of_an_issuer_before_there_is_a_token(token_service, issuer):
    _, key = token_service.make_key()
    assert token_service.score(key).status_code == 200
    assert token_service.score().status_code == 401
    assert token_service.score("nonsense").status_code == 401
    assert issuer.asked == []
