"""`GET /`: the page where a draft is written and commented on; `GET /demo`; and what both are built of, under `/static`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.responses import Response
from starlette.types import Scope

from api.auth.access import Access
from api.auth.sign_in import redirect_to
from api.deps import get_access
from nlp_quality.record import MAX_TEXT
from nlp_quality.scheme import DIMENSIONS, RECORD_TYPES, ROLES

HERE: Final = Path(__file__).parent.parent
COMPONENT: Final = "record-feedback.js"

router = APIRouter(include_in_schema=False)
templates = Jinja2Templates(directory=HERE / "templates")


class _Static(StaticFiles):
    """Static files that a browser asks for again after an update: they have no version in their name.

    The web component, which holds nothing of anybody's, may be loaded by pages of other origins.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        if path == COMPONENT:
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


@router.get("/")
async def page(request: Request, access: Annotated[Access, Depends(get_access)]) -> Response:
    """The page. It holds nothing of any record; the script talks to `/v1/score`.

    Where people sign in and this one has not, they do that first.
    """
    if await must_sign_in(request, access):
        return redirect_to("sign-in")
    signed_in = access.sign_in is not None
    data = {
        "dimensions": DIMENSIONS,
        "recordTypes": RECORD_TYPES,
        "roles": ROLES,
        "maxText": MAX_TEXT,
        "signedIn": signed_in,
    }
    values = {"page_data": json.dumps(data), "signed_in": signed_in}
    return templates.TemplateResponse(request, "page.html", values)


@router.get("/demo")
async def demo(request: Request, access: Annotated[Access, Depends(get_access)]) -> Response:
    """The web component beside a plain form and a rich-text editor, as a case system would hold it.

    It asks as the page does, so the same people are let in.
    """
    if await must_sign_in(request, access):
        return redirect_to("sign-in?next=/demo")
    return templates.TemplateResponse(request, "demo.html", {})


async def must_sign_in(request: Request, access: Access) -> bool:
    """Whether people sign in here, and this one has not."""
    return access.sign_in is not None and await access.person(request) is None


def mount_static(app: FastAPI) -> None:
    """Serve the stylesheet, the script and the icon under `/static`."""
    app.mount("/static", _Static(directory=HERE / "static"), name="static")
