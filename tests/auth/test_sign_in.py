"""Signing in to the page with a made-up provider, and every way it is tried without one."""

from __future__ import annotations

import asyncio
import json
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from issuers import new_key
from sqlalchemy import func, select, update

from api.auth.sign_in import safe_next
from api.store.tables import AuditEntry, SignedIn

HERE = "https://quality.example"
DRAFT = {"text": "I saw Ottilie on her own in the kitchen.", "draft": True}
OWN = {"Sec-Fetch-Site": "same-origin", "Origin": HERE}


class Browser:
    """Keeps cookies, goes where it is sent, and reaches both the service and the provider."""

    def __init__(self, service) -> None:
        self.service = service
        self.cookies = httpx.Cookies()
        self.visited = []

    def send(self, method, url, *, follow=False, **options):
        async def call():
            inside = httpx.ASGITransport(app=self.service.app, client=("192.0.2.1", 1))
            mounts = {HERE: inside}
            # The provider speaks plain HTTP here; reading certificates would take longer than a test.
            outside = httpx.AsyncHTTPTransport(verify=False)
            async with httpx.AsyncClient(
                mounts=mounts, transport=outside, base_url=HERE, cookies=self.cookies
            ) as client:
                reply = await client.request(method, url, follow_redirects=follow, **options)
                self.cookies = client.cookies
                self.visited += [str(step.url) for step in [*reply.history, reply]]
                return reply

        return asyncio.run(call())

    def sign_in(self, then="/"):
        return self.send("GET", "/sign-in", params={"next": then}, follow=True)

    def score(self, **headers):
        return self.send("POST", "/v1/score", json=DRAFT, headers=headers or OWN)

    def at_provider(self):
        """Begin, stop at the provider, and give the address it would send the browser back to."""
        begun = self.send("GET", "/sign-in")
        return self.send("GET", begun.headers["location"]).headers["location"]


@pytest.fixture
def service(service_with, issuer):
    return service_with(
        oidc_issuer=issuer.url,
        oidc_client_id="quality",
        oidc_client_secret="shared",  # noqa: S106
        public_url=HERE,
    )


@pytest.fixture
def browser(service):
    return Browser(service)


def signed_in(service):
    with service.store.session(write=False) as session:
        return session.scalar(select(func.count()).select_from(SignedIn))


# --- the way in -----------------------------------------------------------------------------------------------------


def test_the_page_sends_people_to_the_provider_and_they_come_back_to_it(browser, issuer):
    page = browser.send("GET", "/", follow=True)
    assert page.status_code == 200
    assert "Check a draft record" in page.text
    assert "Sign out" in page.text
    assert [urlsplit(url).path for url in browser.visited] == ["/", "/sign-in", "/authorize", "/sign-in/callback", "/"]
    assert browser.score().status_code == 200


def test_the_demonstration_asks_as_the_page_does_so_people_sign_in_to_it_too(browser):
    shown = browser.send("GET", "/demo", follow=True)
    assert shown.status_code == 200
    assert "<record-feedback" in shown.text
    assert str(shown.url) == f"{HERE}/demo"
    assert "/authorize" in [urlsplit(url).path for url in browser.visited]


def test_who_signs_in_beside_a_draft_is_told_so_and_only_once_it_is_true(browser, issuer):
    shown = browser.send("GET", "/signed-in", follow=True)
    assert "You are signed in" in shown.text
    assert "/authorize" in [urlsplit(url).path for url in browser.visited]
    assert str(shown.url) == f"{HERE}/signed-in"
    assert browser.score().status_code == 200


def test_the_provider_is_asked_for_a_code_with_pkce_state_and_nonce_and_for_nothing_but_openid(browser):
    location = browser.send("GET", "/sign-in").headers["location"]
    asked = {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid"
    assert asked["redirect_uri"] == f"{HERE}/sign-in/callback"
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    assert "client_secret" not in asked


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(browser):
    begun = browser.send("GET", "/sign-in").headers["set-cookie"]
    back = browser.send("GET", browser.send("GET", browser.visited and "/sign-in").headers["location"])
    ended = browser.send("GET", back.headers["location"])
    for cookie in [
        begun,
        *[c for c in ended.headers.get_list("set-cookie") if not c.startswith("__Host-nlpq-sign-in")],
    ]:
        words = {word.strip().lower() for word in cookie.split(";")[1:]}
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= words
        assert not any(word.startswith("domain") for word in words)
        assert cookie.startswith("__Host-nlpq")


def test_nothing_of_the_provider_reaches_the_page_or_the_store(browser, service, tmp_path):
    page = browser.sign_in()
    cookie = browser.cookies["__Host-nlpq"]
    assert cookie not in page.text
    assert "eyJ" not in page.text + json.dumps(dict(browser.cookies))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if cookie.encode() in path.read_bytes()]
    script = browser.send("GET", "/static/page.js").text + browser.send("GET", "/static/sign_out.js").text
    assert not [word for word in ("sessionStorage", "document.cookie", "indexedDB") if word in script]


def test_a_person_may_do_what_the_settings_and_their_roles_say(browser, issuer):
    browser.sign_in()
    assert browser.send("GET", "/v1/batches", headers=OWN).status_code == 403
    issuer.next_id_token = {"roles": ["batch"]}
    browser.sign_in()
    assert browser.send("GET", "/v1/batches", headers=OWN).status_code == 200


def test_somebody_without_any_role_is_told_so(service_with, issuer):
    service = service_with(oidc_issuer=issuer.url, oidc_client_id="quality", public_url=HERE, sign_in_scopes="")
    reply = Browser(service).sign_in()
    assert reply.status_code == 403
    assert "no role" in reply.text
    assert signed_in(service) == 0


def test_a_sign_in_ends(browser, service):
    browser.sign_in()
    with service.store.session() as session:
        session.execute(update(SignedIn).values(expires=service.store.now(session)))
    assert browser.score().status_code == 401
    assert browser.send("GET", "/").headers["location"] == "sign-in"


# --- the way out ----------------------------------------------------------------------------------------------------


def test_signing_out_ends_every_copy_of_the_cookie_and_leads_to_the_providers_own(browser, service, issuer):
    browser.sign_in()
    copy = Browser(service)
    copy.cookies = httpx.Cookies(dict(browser.cookies))
    assert copy.score().status_code == 200
    reply = browser.send("POST", "/sign-out", headers=OWN)
    target = urlsplit(reply.json()["next"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == f"{issuer.url}/end"
    assert parse_qs(target.query) == {"client_id": ["quality"], "post_logout_redirect_uri": [f"{HERE}/signed-out"]}
    assert "__Host-nlpq" not in browser.cookies
    assert copy.score().status_code == 401
    assert browser.send("GET", "/signed-out").status_code == 200
    with service.store.session(write=False) as session:
        rows = session.execute(select(AuditEntry.what, AuditEntry.who).order_by(AuditEntry.number)).all()
    assert rows == [("signed_in", "person-1"), ("signed_out", "person-1")]


def test_without_the_providers_own_sign_out_people_land_on_ours(browser, issuer):
    issuer.metadata = {"end_session_endpoint": None}
    browser.sign_in()
    assert browser.send("POST", "/sign-out", headers=OWN).json()["next"] == f"{HERE}/signed-out"


# --- other sites ----------------------------------------------------------------------------------------------------

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": f"{HERE}.evil.example"},
    {"Origin": HERE.replace("https", "http")},
    {"Referer": f"{HERE}/"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_another_site_makes_the_browser_send_is_refused(browser, service, headers):
    browser.sign_in()
    refused = browser.score(**headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "cross_site")
    assert browser.send("POST", "/sign-out", headers=headers).status_code == 403
    assert signed_in(service) == 1


def test_a_browser_that_says_only_its_origin_is_believed(browser):
    browser.sign_in()
    assert browser.score(Origin=HERE).status_code == 200


def test_a_key_needs_no_origin_and_a_cookie_beside_it_changes_nothing(browser, service):
    browser.sign_in()
    _, key = service.make_key()
    assert browser.score(Authorization=f"Bearer {key}").status_code == 200
    assert browser.score(Authorization="Bearer wrong", **OWN).status_code == 401


# --- attacks on the way in ------------------------------------------------------------------------------------------


def test_a_cookie_planted_beforehand_is_not_the_one_that_is_signed_in(browser, service):
    browser.cookies.set("__Host-nlpq", "planted", domain="quality.example", path="/")
    browser.sign_in()
    assert browser.cookies["__Host-nlpq"] != "planted"
    attacker = Browser(service)
    attacker.cookies.set("__Host-nlpq", "planted", domain="quality.example", path="/")
    assert attacker.score().status_code == 401


def test_signing_in_again_ends_the_sign_in_before(browser, service):
    browser.sign_in()
    first = Browser(service)
    first.cookies = httpx.Cookies(dict(browser.cookies))
    browser.sign_in()
    assert first.score().status_code == 401
    assert browser.score().status_code == 200
    assert signed_in(service) == 1


def test_a_reply_meant_for_another_browser_is_refused(browser, service):
    back = browser.at_provider()
    victim = Browser(service)
    assert victim.send("GET", back).status_code == 400
    victim.at_provider()  # now it has begun something itself
    assert victim.send("GET", back).status_code == 400
    assert signed_in(service) == 0


@pytest.mark.parametrize(
    "query",
    ["", "code=x", "state=x", "code=x&state=x", "error=access_denied&state=x", "error=x&error_description=Zephyrine"],
)
def test_a_callback_out_of_nowhere_is_refused_and_says_nothing_of_what_it_brought(browser, service, query):
    assert browser.send("GET", f"/sign-in/callback?{query}").status_code == 400
    browser.at_provider()
    reply = browser.send("GET", f"/sign-in/callback?{query}")
    assert reply.status_code == 400
    assert "Zephyrine" not in reply.text
    assert signed_in(service) == 0


def test_a_code_serves_once(browser, service):
    back = browser.at_provider()
    before = httpx.Cookies(dict(browser.cookies))
    assert browser.send("GET", back).status_code == 303
    browser.cookies = before
    assert browser.send("GET", back).status_code == 400


def test_a_reply_of_another_issuer_is_refused(browser):
    assert browser.send("GET", f"{browser.at_provider()}&iss=https%3A%2F%2Fevil.example").status_code == 400


def test_what_was_begun_long_ago_is_over(browser, service, monkeypatch):
    back = browser.at_provider()
    from api.auth import sign_in

    later = time.time() + sign_in.BEGUN_SECONDS + 1
    monkeypatch.setattr(sign_in.time, "time", lambda: later)
    assert browser.send("GET", back).status_code == 400


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"aud": ["quality", "somebody-else"]},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 600},
        {"sub": None},
        {"sub": 7},
    ],
    ids=str,
)
def test_an_id_token_that_does_not_hold_signs_nobody_in(browser, service, issuer, claims):
    issuer.next_id_token = claims
    assert browser.sign_in().status_code == 400
    assert signed_in(service) == 0


def test_an_unsigned_or_anothers_id_token_signs_nobody_in(browser, service, issuer):
    issuer.signs_with = "none"
    assert browser.sign_in().status_code == 400
    issuer.signs_with = "RS256"
    issuer.key = new_key("first")  # not the one that is published
    assert browser.sign_in().status_code == 400
    assert signed_in(service) == 0


def test_a_provider_that_changes_its_key_is_understood(browser, issuer):
    assert browser.sign_in().status_code == 200
    issuer.rotate("second")
    assert browser.sign_in().status_code == 200


def test_a_provider_that_is_down_is_a_page_that_says_so(browser, issuer):
    issuer.answers = False
    reply = browser.send("GET", "/sign-in")
    assert reply.status_code == 503
    assert int(reply.headers["retry-after"]) > 0
    assert "does not answer" in reply.text
    issuer.answers = True
    back = browser.at_provider()
    issuer.answers = False
    assert browser.send("GET", back).status_code in {400, 503}


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%0d%0aSet-Cookie:x=1\r\nX: y",
        "javascript:alert(1)",
        "evil.example",
        "/a@evil.example:80",
        "",
        "/ space",
        "/" + "a" * 600,
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(browser, path):
    assert safe_next(path) == "/"
    begun = browser.send("GET", "/sign-in", params={"next": path})
    back = browser.send("GET", begun.headers["location"])
    assert browser.send("GET", back.headers["location"]).headers["location"] == f"{HERE}/"


def test_people_come_back_to_where_they_were(browser):
    assert safe_next("/guide/voice?dimension=child_voice") == "/guide/voice?dimension=child_voice"
    begun = browser.send("GET", "/sign-in", params={"next": "/v1/scheme"})
    back = browser.send("GET", begun.headers["location"])
    assert browser.send("GET", back.headers["location"]).headers["location"] == f"{HERE}/v1/scheme"


def test_the_host_a_request_names_decides_nothing(browser):
    reply = browser.send("GET", "/sign-in", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert "evil" not in reply.headers["location"]


def test_tries_to_sign_in_are_limited(service_with, issuer):
    service = service_with(oidc_issuer=issuer.url, oidc_client_id="quality", public_url=HERE, failure_limit="3/hour")
    browser = Browser(service)
    statuses = [browser.send("GET", "/sign-in/callback?code=x&state=x").status_code for _ in range(5)]
    assert statuses == [400] * 3 + [429] * 2


def test_without_a_provider_there_is_nothing_there(service_with):
    service = service_with()
    for method, path in [
        ("GET", "/sign-in"),
        ("GET", "/sign-in/callback"),
        ("POST", "/sign-out"),
        ("GET", "/signed-out"),
    ]:
        assert service(method, path, base_url="http://127.0.0.1").status_code == 404
    page = service("GET", "/", base_url="http://127.0.0.1")
    assert page.status_code == 200
    assert "Sign out" not in page.text
