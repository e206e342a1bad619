"""A trace of each request by OpenTelemetry, where the operator asks for it: times and our own words, never a path as sent.

Where traces go is OpenTelemetry's own to be told (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME`); its packages are the extra
`otel`, imported only here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import CODE_KEY
from nlp_quality.errors import NlpQualityError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


class Tracing:
    """One span a request: method, route's template, status, and the code of a problem."""

    def __init__(self, app: ASGIApp, *, tracer: Tracer) -> None:
        self.app = app
        self.tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        # Neither is an exception put in the span: its message may quote the record.
        with self.tracer.start_as_current_span(
            "request", record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                await self.app(scope, receive, noting)
            finally:
                route = getattr(scope.get("route"), "path", "-")
                span.update_name(f"request {route}")
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                if scope.get(CODE_KEY) is not None:
                    span.set_attribute("nlp_quality.problem", scope[CODE_KEY])


def otlp_tracer() -> Tracer:
    """A tracer that sends over OTLP (HTTP) in the background.

    Raises:
        NlpQualityError: `no_otel` where the extra is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        raise NlpQualityError("no_otel", "OpenTelemetry is not installed: pip install nlp-quality[otel].") from None
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer("nlp-quality")
