"""Traces by OpenTelemetry: a span for each request and each statement, when somebody collects them.

On as soon as the standard variable OTEL_EXPORTER_OTLP_ENDPOINT (or its form for traces) is set; the
library reads the other OTEL_ variables itself, such as OTEL_TRACES_SAMPLER. Off, it is not even
imported. No span holds a value, a text or an id of anybody: names of ours and figures only.
"""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from typing import Any

from starlette.types import Message, Send

from graph.database import Graph

SERVICE = "customer360"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Tracing:
    """Makes spans and sends them in the background."""

    def __init__(self) -> None:
        """Begin to collect."""
        # The packages weigh a third of a second, which a server without traces need not wait for.
        api, sdk = import_module("opentelemetry.trace"), import_module("opentelemetry.sdk.trace")
        export: Any = import_module("opentelemetry.sdk.trace.export")
        sender: Any = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        resources: Any = import_module("opentelemetry.sdk.resources")
        propagation: Any = import_module("opentelemetry.trace.propagation.tracecontext")
        named = os.environ.get("OTEL_SERVICE_NAME", SERVICE)
        resource = resources.Resource.create({"service.name": named})
        self._provider: Any = sdk.TracerProvider(resource=resource)
        self._provider.add_span_processor(export.BatchSpanProcessor(sender.OTLPSpanExporter()))
        self._tracer: Any = self._provider.get_tracer(SERVICE)
        self._kinds: Any = api.SpanKind
        self._failed: Any = api.Status(api.StatusCode.ERROR)
        self._propagator: Any = propagation.TraceContextTextMapPropagator()

    @contextmanager
    def request(self, carrier: Mapping[str, str]) -> Generator["Answering"]:
        """A request, as part of the trace that its `traceparent` header names."""
        context = self._propagator.extract(dict(carrier))
        with self._tracer.start_as_current_span(
            "POST /graphql",
            context=context,
            kind=self._kinds.SERVER,
            attributes={"http.request.method": "POST", "url.path": "/graphql"},
            record_exception=False,  # its message may quote a value
        ) as span:
            yield Answering(span, self._failed)

    def statement(self, name: str, seconds: float) -> None:
        """A statement that was answered just now; one that requests share is a trace of its own."""
        end = time.time_ns()
        span = self._tracer.start_span(
            name,
            kind=self._kinds.CLIENT,
            start_time=end - int(seconds * 1e9),
            attributes={"db.system.name": "neo4j", "db.operation.name": name},
        )
        span.end(end)

    def close(self) -> None:
        """Send what is left; waits for a few seconds at most."""
        self._provider.shutdown()


class Answering:
    """The span of one request."""

    def __init__(self, span: Any, failed: Any) -> None:
        self._span = span
        self._failed = failed

    def watching(self, send: Send) -> Send:
        """Return `send` that notes the status of the answer."""

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._span.set_attribute("http.response.status_code", message["status"])
                if message["status"] >= 500:
                    self._span.set_status(self._failed)
            await send(message)

        return noting


def tracing() -> Tracing | None:
    """Begin to collect if there is somewhere to send it to; None otherwise."""
    return Tracing() if any(os.environ.get(each) for each in _ENDPOINTS) else None


@asynccontextmanager
async def collecting(traces: Tracing | None, graph: Graph) -> AsyncGenerator[None]:
    """Make a span of each statement of a graph meanwhile, and send what is left at the end."""
    if traces is None:
        yield
        return
    others = graph.observe

    def observe(name: str, seconds: float) -> None:
        if others is not None:
            others(name, seconds)
        traces.statement(name, seconds)

    graph.observe = observe
    yield
    await asyncio.to_thread(traces.close)
