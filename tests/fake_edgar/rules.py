"""What shall fail, and when: rules that tests hand to the server."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import Any

# Every action with the arguments that it knows; faults.py says what they do. An unknown one is refused at once, since a
# rule that silently does nothing would make a test pass that proves nothing.
ACTIONS: dict[str, frozenset[str]] = {
    "status": frozenset({"status", "body", "content_type", "headers"}),
    "body": frozenset({"body", "body_base64", "content_type", "headers"}),
    "headers": frozenset({"headers"}),
    "block_page": frozenset({"page", "status"}),
    "redirect": frozenset({"location", "status"}),
    "swap_body": frozenset({"accession_number"}),
    "empty": frozenset(),
    "gzip_cut": frozenset({"keep"}),
    "gzip_two_members": frozenset({"split"}),
    "cut_at": frozenset({"at", "identity"}),
    "chunk_early_end": frozenset({"at", "identity"}),
    "no_length_close": frozenset({"at", "identity"}),
    "drip": frozenset({"bytes_per_second", "identity"}),
    "stall": frozenset({"at", "seconds", "identity"}),
    "reset": frozenset({"at", "identity"}),
    "hold": frozenset(),
}
REQUIRED: dict[str, frozenset[str]] = {
    "status": frozenset({"status"}),
    "headers": frozenset({"headers"}),
    "redirect": frozenset({"location"}),
    "swap_body": frozenset({"accession_number"}),
}


@dataclass
class Rule:
    """Requests whose path (with query string) matches suffer ``action``.

    The first ``after_n`` matching requests are spared, the next ``times`` (None: all further ones) are hit.
    """

    match: str
    action: str
    after_n: int = 0
    times: int | None = None
    args: dict[str, Any] = field(default_factory=dict)
    seen: int = 0

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ValueError(f"unknown action {self.action!r}; known are {', '.join(sorted(ACTIONS))}")
        unknown = set(self.args) - ACTIONS[self.action]
        missing = REQUIRED.get(self.action, frozenset()) - set(self.args)
        if unknown or missing:
            raise ValueError(f"action {self.action!r}: unknown arguments {sorted(unknown)}, missing {sorted(missing)}")
        self._pattern = re.compile(self.match)

    def wants(self, target: str) -> bool:
        """Count the request if it matches, and say whether this rule takes it."""
        if not self._pattern.search(target) or (self.times is not None and self.seen >= self.after_n + self.times):
            return False
        self.seen += 1
        return self.seen > self.after_n


class RuleBook:
    """The rules in force, in the order they were given; safe to change while requests arrive.

    The first rule that takes a request decides; later rules neither see nor count it. So rules on one path play one
    after the other, like a script.
    """

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def add(self, rule: Rule) -> None:
        with self._lock:
            self._rules.append(rule)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def take(self, target: str) -> Rule | None:
        """The rule that decides about this request, if any."""
        with self._lock:
            return next((rule for rule in self._rules if rule.wants(target)), None)
