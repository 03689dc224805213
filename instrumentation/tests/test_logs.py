import json
import logging
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import agent_events

from agentpay_observability.logs import configure_logs
from agentpay_observability.redaction import _SHARED, _redact, redact, redact_text


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LOG_DIRECTORY", str(tmp_path))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    # As the command `uvicorn` does before it imports the application.
    uvicorn.Config("server:app")
    configure_logs("api")
    yield tmp_path / "api.log"
    for handler in root.handlers[:]:
        if handler not in handlers:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_lines_have_the_context_of_the_request_whoever_writes_them(log: Path) -> None:
    structlog.contextvars.bind_contextvars(trace_id="t1", conversation_id="c1", organisation_id="o1")
    structlog.get_logger().warning("conversation_started", endpoint="/v1/conversations/{id}", status=200)
    logging.getLogger("library").info("read %d rows", 3, extra={"duration_ms": 1.5})
    logging.getLogger("uvicorn.error").info("Started", extra={"color_message": "\x1b[36mStarted"})
    access = ("127.0.0.1:5000", "GET", "/v1/products?token=sentinel-query", "1.1", 200)
    logging.getLogger("uvicorn.access").info('%s - "%s %s HTTP/%s" %d', *access)
    logging.getLogger("library").debug("left out")
    first, library, started, request = lines(log)
    assert list(first)[:3] == ["timestamp", "level", "event"]
    assert (first["level"], first["event"], first["status"]) == ("warning", "conversation_started", 200)
    assert (library["event"], library["duration_ms"], library["level"]) == ("read 3 rows", 1.5, "info")
    assert "color_message" not in started
    assert request["event"].startswith("127.0.0.1:5000") and "sentinel" not in request["event"]
    for line in (first, library, started, request):
        assert (line["trace_id"], line["conversation_id"], line["organisation_id"]) == ("t1", "c1", "o1")


def test_every_line_is_an_event_to_the_agent_with_the_time_that_it_was_written(log: Path) -> None:
    structlog.get_logger().info("first\nsecond\u2028third, of 2001-01-01T00:00:00.000000Z")
    try:
        raise ValueError("several\nlines")
    except ValueError:
        logging.getLogger("library").exception("failed")
    assert len(agent_events(log)) == 2


@pytest.mark.parametrize("logger", [structlog.get_logger, logging.getLogger])
def test_an_exception_is_structured_without_local_variables(log: Path, logger: Callable[[str], Any]) -> None:
    said = "sentinel-local"
    try:
        raise KeyError(f"no account of sentinel@example.com, {len(said)}")
    except KeyError:
        logger("library").exception("failed")
    (line,) = lines(log)
    assert (line["level"], line["error_type"]) == ("error", "KeyError")
    assert line["exception"][0]["exc_type"] == "KeyError"
    assert line["exception"][0]["frames"][-1]["name"].startswith("test_an_exception")
    assert "sentinel" not in log.read_text()


@pytest.mark.parametrize("exc_info", [True, 1, (None, None, None)])
def test_a_line_that_asks_for_an_exception_where_there_is_none_is_written(log: Path, exc_info: Any) -> None:
    structlog.get_logger().error("failed", exc_info=exc_info)
    logging.getLogger("library").error("failed", exc_info=exc_info)
    assert [(line["event"], "exception" in line) for line in lines(log)] == [("failed", False)] * 2


def test_a_rotated_file_is_opened_anew(log: Path) -> None:
    structlog.get_logger().info("before")
    log.rename(log.with_suffix(".log.1"))
    structlog.get_logger().info("after")
    assert [line["event"] for line in lines(log.with_suffix(".log.1"))] == ["before"]
    assert [line["event"] for line in lines(log)] == ["after"]


def test_configured_twice_each_line_is_written_once(log: Path) -> None:
    configure_logs("api")
    structlog.get_logger().info("once")
    assert len(lines(log)) == 1


class Account:
    def __repr__(self) -> str:
        return "Account(email='sentinel@example.com')"


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("unprintable")


def test_no_secret_reaches_the_file(log: Path) -> None:
    structlog.contextvars.bind_contextvars(session_token="sentinel-context")
    structlog.get_logger().error(
        "refused for sentinel@example.com",
        account=Account(),
        headers={"Authorization": "Bearer sentinel-header", "accept": "text/html"},
        nested=[{"deep": ({"api_key": "sentinel-nested"},)}],
        card=4242424242424242,
        raw=b"password=sentinel-bytes",
    )
    logging.getLogger("library").warning("body %s", {"password": "sentinel-repr", "to": "sentinel@example.com"})
    text = log.read_text()
    assert "sentinel" not in text and "4242" not in text
    assert lines(log)[0]["headers"]["accept"] == "text/html"


@pytest.mark.parametrize(
    "text",
    [
        "key sk-ant-api03-sentinel0000",
        "key sk_live_sentinel0000",
        "token ghp_sentinel000000000000",
        "hook xoxb-sentinel-000",
        "Authorization: Bearer sentinel.token-000",
        "jwt eyJhbGciOiJI.sentinel.sentinel",
        "postgresql://agentpay:sentinel@db/agentpay",
        "-----BEGIN PRIVATE KEY-----\nsentinel\n-----END PRIVATE KEY-----",
        '{"client_secret": "sentinel with spaces"}',
        "GET /login?email=sentinel%40example.com&password=sentinel",
        "GET /people?q=sentinel%40example.com",
        "key gsk_sentinel0000000000",
        "key hf_sentinel0000000000",
        "posted to https://hooks.slack.com/services/T0/B0/sentinel",
        "password='sent\\'inel with an escape sentinel', next",
        '{"client_secret": "a\\" sentinel"}',
        '"{\\"client_secret\\": \\"a sentinel\\", \\"next\\": 1}"',
        'cut short: {"password": "sentinel and then',
        "Authorization: Token sentinel",
        "Cookie: session=a; other=sentinel",
    ],
)
def test_what_looks_like_a_secret_is_redacted(text: str) -> None:
    assert "sentinel" not in redact_text(text)


@pytest.mark.parametrize("shape", _SHARED["shapes"], ids=lambda shape: shape["name"])
@given(data=st.data())
@settings(max_examples=20, deadline=None, derandomize=True, database=None)
def test_what_the_secret_scan_finds_is_redacted(shape: dict[str, str], data: st.DataObject) -> None:
    secret = data.draw(st.from_regex(re.compile(shape["pattern"], re.ASCII), fullmatch=True))
    assert secret not in redact_text(f"said {secret} and more")


@pytest.mark.parametrize(
    "unit",
    ["password", "eyJaaaaaaaaaa-", "://", "a@", "token:'", "api_key\\", "4-", "-----BEGIN ", "bearer ", "a.b@c."],
)
def test_no_text_stops_the_server(unit: str) -> None:
    def stuck(*_: object) -> None:
        raise AssertionError(f"a million characters of {unit!r} are never done")

    # A tenth of a second, where each character is read once; half an hour, where each beginning is read to the end.
    before = signal.signal(signal.SIGVTALRM, stuck)
    signal.setitimer(signal.ITIMER_VIRTUAL, 60)
    try:
        _redact(unit * (1_000_000 // len(unit)))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def test_what_is_huge_is_cut() -> None:
    assert len(redact_text("x" * 100_000)) < 40_000
    assert len(str(redact({"k" * 10_000: list(range(10_000))}))) < 20_000
    # Collections of the same ones again and again: 8,000,000,000 texts, were each of them read.
    shared: object = "x" * 200
    for _ in range(3):
        shared = [shared] * 2000
    assert len(str(redact({"event": "e", "shared": shared, "status": 200}))) < 1_000_000
    assert redact({"shared": ["y" * 30_000] * 2000, "endpoint": "/v1/chat"})["endpoint"] == "/v1/chat"  # type: ignore[index]


@pytest.mark.parametrize("card", ["4242424242424242", "4242 4242 4242 4242", "5555-5555-5555-4444", "378282246310005"])
def test_card_numbers_are_redacted(card: str) -> None:
    assert redact_text(f"paid with {card}.") == "paid with [redacted]."


@pytest.mark.parametrize("card", [4242424242424242, -4242424242424242, 4242424242424242.0])
def test_card_numbers_that_are_numbers_are_redacted(card: float) -> None:
    assert redact([card]) == ["[redacted]"]


@pytest.mark.parametrize("name", ["pass", "db_pwd", "auth", "Proxy-Authorization", "otp", "user.pass"])
def test_names_of_secrets_are_known_wherever_they_stand(name: str) -> None:
    assert redact({name: "hidden"}) == {name: "[redacted]"}
    assert redact([(name, "hidden"), (name.encode(), b"hidden")]) == [[name, "[redacted]"]] * 2
    for naming in ("name", "key"):
        assert redact({naming: name, "value": ["hidden"]}) == {naming: name, "value": "[redacted]"}


def test_what_is_no_secret_is_kept() -> None:
    kept: object = {"author": "x", "passed": 3, "pairs": [["host", "a"], [1, 2], []], "name": "auths", "value": 1}
    assert redact(kept) == kept
    kept = {"input_tokens": 12, "time_to_first_token": 0.4, "content_type": "text/html", "release": "agentpay@1.2.3"}
    assert redact(kept) == kept
    # Of digits alone, as one in some thousand is.
    kept = {"span_id": "4242424242424242", "trace_id": "4242424242424242aaaaaaaaaaaaaaaa"}
    assert redact(kept) == kept
    kept = {"order": "4242424242424241", "ns": 1764000000000000000, "id": "c-1", "none": None}
    assert redact(kept) == kept
    assert redact(Unprintable()) == "<Unprintable>"
    assert redact({"ratio": float("nan")}) == {"ratio": "nan"}


@pytest.mark.parametrize(
    "key", ["messages", "gen_ai.input.messages", "prompt", "content", "user_message", "request.body"]
)
def test_what_people_write_is_redacted_by_the_names_that_it_has(key: str) -> None:
    assert redact({key: [{"role": "user", "text": "I live in the yellow house"}]}) == {key: "[redacted]"}


def test_without_a_folder_lines_go_to_standard_error(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LOG_DIRECTORY")
    configure_logs("api")
    structlog.get_logger().info("said")
    assert '"event": "said"' in capsys.readouterr().err


def test_a_folder_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_DIRECTORY", str(tmp_path / "missing"))
    with pytest.raises(ValueError, match=r"LOG_DIRECTORY: .*missing/api\.log cannot be written .*create the folder"):
        configure_logs("api")


def test_a_line_is_no_longer_than_the_agent_takes(log: Path) -> None:
    many = {f"field-{number}": "x" * 20_000 for number in range(100)}
    structlog.get_logger().info("too much", endpoint="/v1/chat", status=200, **many)
    structlog.get_logger().info("\0" * 40_000, endpoint="/v1/chat")
    first, second = agent_events(log)
    assert (first["event"], first["endpoint"], first["status"]) == ("too much", "/v1/chat", 200)
    assert first["cut_from_characters"] > 400_000 and second["endpoint"] == "/v1/chat"
    assert all(len(line) <= 262_144 for line in log.read_bytes().splitlines())


@pytest.mark.parametrize("write", ["structlog", "stdlib"])
def test_a_secret_in_pieces_is_redacted_once_they_are_together(log: Path, write: str) -> None:
    key = "sk-ant-" + "a1" * 20
    try:
        raise RuntimeError(f"the key {key} was refused") from ValueError(f"password={key}")
    except RuntimeError:
        if write == "stdlib":
            extra = {"nested": {"api_key": key, "note": [key]}}
            logging.getLogger("x").exception("%s%s of %s", key[:9], key[9:], {"token": key}, extra=extra)
        else:
            structlog.get_logger().exception(f"{key}", nested={"api_key": key, "note": [key]}, pair=(key, 1))
    assert "a1a1" not in log.read_text()
    (event,) = lines(log)
    assert event["error_type"] == "RuntimeError"
