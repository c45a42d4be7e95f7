"""Telling people: one message to the log and, where EDGAR_WEBHOOK_URL is set, to a chat.

The body is `{"text": "…"}`, which Slack, Mattermost, Rocket.Chat and Teams' workflows take as it is. A message that cannot be
delivered is said in the log and fails nothing: the work that it tells of is done, or has failed already.
"""

import logging

import httpx

from edgar_pipeline.settings import Settings

TIMEOUT_SECONDS = 10
#: Chats cut longer ones; the log and the report have it all.
LONGEST_TEXT = 3000

logger = logging.getLogger(__name__)


def tell(settings: Settings, text: str) -> None:
    """Send one message. The webhook's address is a secret, so it stands in no log, and a redirect is not followed."""
    logger.warning("%s", text)
    if settings.webhook_url is None:
        return
    # At INFO, which is Airflow's level, httpx logs the address of each request.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    body = {"text": text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"}
    try:
        status = httpx.post(settings.webhook_url, json=body, timeout=TIMEOUT_SECONDS).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        status = type(error).__name__
    if not isinstance(status, int) or status >= 300:
        logger.error("the webhook of EDGAR_WEBHOOK_URL did not take the message: %s", status)
