"""Traces reach whoever collects them: requests as parts of the caller's trace, and no values."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.api.conftest import Place, Server, free_port, started

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def collected() -> Iterator[tuple[str, list[Any]]]:
    """Collect spans on a free port, as a collector does."""
    spans: list[Any] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in of_resource.scope_spans:
                    spans.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    receiver = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{receiver.server_port}", spans
    receiver.shutdown()
    receiver.server_close()


def attributes(span: Any) -> dict[str, Any]:
    """What a span says."""
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def test_a_request_and_its_statement_are_spans_of_the_callers_trace(
    server: Server, collected: tuple[str, list[Any]]
) -> None:
    address, spans = collected
    place = Place(server.place.data_dir, server.place.cache_dir, free_port())
    changes = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with started(place, "serve", **changes) as traced:
        traced.wait()
        traced.http.headers["traceparent"] = f"00-{TRACE}-{PARENT}-01"
        canary = "canary@example.org"
        query = "query ($e: String!) { customer(by: {email: $e}) { id } }"
        assert traced.ask(query, variables={"e": canary}).status_code == 200
        assert traced.ask("{ nothing }").status_code in (200, 400)
        deadline = time.monotonic() + 30
        while len([each for each in spans if each.trace_id.hex() == TRACE]) < 3:
            assert time.monotonic() < deadline, "the spans never came"
            time.sleep(0.05)
        traced.stop()

    ours = [each for each in spans if each.trace_id.hex() == TRACE]
    requests = [each for each in ours if each.name == "POST /graphql"]
    assert {each.parent_span_id.hex() for each in requests} == {PARENT}
    assert {attributes(each)["http.response.status_code"] for each in requests} <= {200, 400}
    (statement,) = [each for each in ours if each.name == "query.customer"]
    assert statement.parent_span_id in {each.span_id for each in requests}
    assert attributes(statement)["db.system.name"] == "neo4j"
    assert not any(canary in str(each) for each in spans)
