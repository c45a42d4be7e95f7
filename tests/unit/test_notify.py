"""One message to the log and to a webhook, whose address nobody else learns."""

import logging
from collections.abc import Iterator

import pytest
from edgar_pipeline.errors import InputError
from edgar_pipeline.notify import LONGEST_TEXT, tell
from edgar_pipeline.settings import Settings

from tests.chat import SECRET, Chat, open_chat


@pytest.fixture
def chat() -> Iterator[Chat]:
    with open_chat() as chat:
        yield chat


def settings_with(url: str) -> Settings:
    return Settings.from_environment({"EDGAR_WEBHOOK_URL": url})


def test_a_message_is_told_once_to_the_log_and_to_the_chat(chat, caplog):
    caplog.set_level(logging.INFO)
    tell(settings_with(chat.url), "2 of 58 expectations failed\nreport: /x/index.html")
    assert chat.taken == [(f"/services/{SECRET}", {"text": "2 of 58 expectations failed\nreport: /x/index.html"})]
    assert [record.getMessage() for record in caplog.records] == ["2 of 58 expectations failed\nreport: /x/index.html"]


def test_without_a_webhook_the_log_alone_is_told(caplog):
    tell(settings_with(""), "red")
    assert caplog.messages == ["red"]


@pytest.mark.parametrize("status", [302, 307, 404, 500])
def test_what_the_chat_does_not_take_is_said_without_its_address_and_fails_nothing(chat, caplog, status):
    # GIVEN a chat that answers otherwise, WHEN it is told THEN a redirect is not followed, and the log says what came
    caplog.set_level(logging.DEBUG, "edgar_pipeline")
    chat.answers = [status]
    tell(settings_with(chat.url), "red")
    assert [path for path, _ in chat.taken] == [f"/services/{SECRET}"]
    assert caplog.messages == ["red", f"the webhook of EDGAR_WEBHOOK_URL did not take the message: {status}"]


def test_a_chat_that_is_not_there_fails_nothing(caplog):
    tell(settings_with(f"http://127.0.0.1:1/{SECRET}"), "red")
    assert caplog.messages[1] == "the webhook of EDGAR_WEBHOOK_URL did not take the message: ConnectError"
    assert SECRET not in caplog.text


def test_a_long_message_is_cut_for_the_chat(chat):
    tell(settings_with(chat.url), "x" * 5000)
    (_, body) = chat.taken[0]
    assert (len(body["text"]), body["text"][-1]) == (LONGEST_TEXT, "…")


def test_the_address_is_no_part_of_the_settings_text_and_a_wrong_one_is_refused_unseen():
    assert SECRET not in repr(settings_with(f"https://chat.example.com/{SECRET}"))
    with pytest.raises(InputError, match="EDGAR_WEBHOOK_URL is not an http or https address") as caught:
        settings_with(f"ftp://chat.example.com/{SECRET}")
    assert SECRET not in str(caught.value)
