"""Signing in and out of the page. Where no provider is set up, nothing is at these paths."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from api.auth.access import Access
from api.auth.sign_in import CALLBACK, SIGNED_OUT, SignIn, redirect_to
from api.deps import StoreDep, get_access
from api.errors import Problem
from api.routes.page import must_sign_in, templates

SIGN_IN: Final = "/sign-in"
SIGNED_IN: Final = "/signed-in"

router = APIRouter(include_in_schema=False)
AccessDep = Annotated[Access, Depends(get_access)]
Next = Annotated[str, Query(alias="next")]


def get_sign_in(access: AccessDep) -> SignIn:
    """Where people sign in.

    Raises:
        Problem: 404 where no provider is set up.
    """
    if access.sign_in is None:
        raise Problem(404, "not_found", "There is nothing at this path.")
    return access.sign_in


SignInDep = Annotated[SignIn, Depends(get_sign_in)]


@router.get(SIGN_IN)
async def begin(
    request: Request, access: AccessDep, sign_in: SignInDep, store: StoreDep, wanted: Next = "/"
) -> Response:
    """To the provider."""
    try:
        access.limits.check_failures(request)
        return await sign_in.begin(request, store.keys, then=wanted)
    except Problem as problem:
        return _told(request, problem)


@router.get(CALLBACK)
async def finish(request: Request, access: AccessDep, sign_in: SignInDep, store: StoreDep) -> Response:
    """Back from the provider. Each sign-in gets a cookie of its own, whatever the browser brought."""
    try:
        access.limits.check_failures(request)
        caller, then = await sign_in.finish(request, store.keys)
    except Problem as problem:
        if problem.status == 400:
            access.limits.count_failure(request)
        reply = _told(request, problem)
    else:
        await access.leave(request)
        reply = redirect_to(f"{sign_in.public_url}{then}")
        sign_in.cookies.set(reply, sign_in.cookies.session, await access.enter(caller), seconds=access.session_seconds)
    sign_in.cookies.clear(reply, sign_in.cookies.begun)
    return reply


@router.post("/sign-out")
async def sign_out(request: Request, access: AccessDep, sign_in: SignInDep) -> Response:
    """Sign out here, and say where the browser should go to sign out at the provider too."""
    access.check_page(request)
    await access.leave(request)
    reply = JSONResponse({"next": await sign_in.after_sign_out()})
    sign_in.cookies.clear(reply, sign_in.cookies.session)
    return reply


@router.get(SIGNED_IN)
async def signed_in(request: Request, access: AccessDep, _: SignInDep) -> Response:
    """Where people end who sign in again in a window of its own, while their draft waits in the other."""
    if await must_sign_in(request, access):
        return redirect_to(f"{SIGN_IN[1:]}?next={SIGNED_IN}")
    message = "Close this window, and go on with your draft in the other."
    return _shown(request, 200, title="You are signed in", message=message, signed_in=True)


@router.get(SIGNED_OUT)
async def signed_out(request: Request, _: SignInDep) -> Response:
    """Where the provider sends people after signing out; the page itself would sign them in again."""
    return _shown(request, 200, title="You are signed out", message="Close this window if others use this computer.")


def _told(request: Request, problem: Problem) -> Response:
    reply = _shown(request, problem.status, title="You are not signed in", message=problem.detail)
    reply.headers.update({name: value for name, value in problem.headers.items() if name != "WWW-Authenticate"})
    return reply


def _shown(request: Request, status: int, **values: Any) -> Response:
    # Links are relative, so that the service may lie under a path of a proxy; the callback is one level down.
    values["root"] = "../" if request.url.path.endswith(CALLBACK) else ""
    return templates.TemplateResponse(request, "sign_in.html", values, status_code=status)
