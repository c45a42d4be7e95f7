"""What somebody might send in the hope that it is run."""

#: SQL, a template of Jinja, a command of the shell, a path, a line too many, and text of another kind than it looks.
HOSTILE = [
    "2024-01-01'; DROP TABLE dag; --",
    "10-K' OR 1=1",
    "{{ 7*7 }}",
    "{{ var.value.get('x') }}",
    "$(touch injected)",
    "`touch injected`",
    "../../etc/passwd",
    "2024-01-01\n",
    "2020Q1\n",
    "320193\n",
    "feed\n",
    "２０２４-０１-０１",
    "\x00",
]
