"""Every error that the pipeline raises, as one tree.

    EdgarError
    ├── InputError            an argument or a setting is wrong; nothing was requested
    ├── TransportError        we could not ask, or the answer cannot be used: *not* "there is no such thing"
    │   ├── Unavailable       network failure, timeout, 5xx, an answer to a question that we did not ask
    │   ├── Blocked           the SEC refuses us (rate, undeclared tool); everything must be silent for a while
    │   ├── Damaged           a body that is cut, empty or another one than was asked for
    │   │   └── Oversized     a body over the limit, or a decompression bomb
    │   ├── Redirected        an answer that points elsewhere; never followed
    │   └── Stopped           the work was called off before the request
    ├── NotFound              EDGAR says that there is no such object
    ├── ParsingError          bytes that are not what they claim to be; the record is quarantined
    ├── StorageError          the disk refused, or damaged what it held
    ├── Incomplete            a day or a company that is not wholly loaded; says what is missing
    │   └── NotYetDue         its index cannot be complete yet; nothing was asked for
    └── WarehouseError        a build, a validation or a publication that failed; nothing was published

A message names the URL, day or accession number and the next step, in one line.
"""


class EdgarError(Exception):
    """Base of all errors of the pipeline. `str(error)` is one line that a person can act on."""


class InputError(EdgarError):
    """An argument or a setting that is refused before any request."""


class TransportError(EdgarError):
    """We could not ask, or the answer is unusable. Says nothing about whether the object exists."""


class Unavailable(TransportError):
    """A failure that a later try may not meet: network, timeout, 5xx, unexpected status."""


class Blocked(TransportError):
    """The SEC declines to serve us: 429, or a 403 (even a 200) whose body is a block page."""


class Damaged(TransportError):
    """A body that arrived cut, empty, too large or as another document. Retried, then quarantined."""


class Oversized(Damaged):
    """More than is taken: over the limit, or a decompression bomb. Asking again would only bring the same."""


class Redirected(TransportError):
    """A 3xx answer. EDGAR's archive never redirects, so the target is not followed."""


class Stopped(TransportError):
    """The work was called off before this request was made, or made again."""


class NotFound(EdgarError):
    """EDGAR's object store has no such object (403 `AccessDenied` or 404 `NoSuchKey`, both as XML, or a plain 404)."""


class ParsingError(EdgarError):
    """Received bytes that break the format which they claim."""


class StorageError(EdgarError):
    """The disk refused, or holds something that was damaged there. What had landed stays; the same command goes on."""


class Incomplete(EdgarError):
    """Asked-for work that ended with something missing. The ledger tells what."""


class NotYetDue(Incomplete):
    """A day that was asked for before its index can be complete. Nothing is wrong; says from when on it can be run."""


class WarehouseError(EdgarError):
    """A build, validation or publication that failed. The previous publication stays."""
