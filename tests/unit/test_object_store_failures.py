"""What a failure of an object store is called: by what went wrong, with a next step, and without what the store said."""

import subprocess
import sys

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ProfileNotFound
from edgar_pipeline.errors import StorageError
from edgar_pipeline.files import storage
from edgar_pipeline.object_store import explain, object_folder
from s3fs.errors import translate_boto_error

PLACE = object_folder("EDGAR_HOME", "s3://filings/edgar")


def refused(code: str) -> Exception:
    """An error of the store as s3fs raises it."""
    return translate_boto_error(
        ClientError({"Error": {"Code": code, "Message": "arn:aws:iam::1:user/somebody"}}, "PutObject")
    )


@pytest.mark.parametrize(
    ("error", "what", "remedy"),
    [
        (NoCredentialsError(), "no usable credentials (NoCredentialsError)", "AWS_PROFILE"),
        (ProfileNotFound(profile="x"), "no usable credentials (ProfileNotFound)", "AWS_PROFILE"),
        (refused("ExpiredToken"), "no usable credentials (ExpiredToken)", "AWS_PROFILE"),
        (refused("AccessDenied"), "denies access (AccessDenied)", "s3:PutObject"),
        (refused("SignatureDoesNotMatch"), "denies access (SignatureDoesNotMatch)", "s3:PutObject"),
        (refused("AllAccessDisabled"), "denies access (AllAccessDisabled)", "s3:PutObject"),
        (refused("NoSuchBucket"), "no such bucket (NoSuchBucket)", "EDGAR_HOME"),
        (refused("NoSuchKey"), "not in the object store (NoSuchKey)", "Restore it"),
        (refused("SlowDown"), "busy or broken (SlowDown)", "later"),
        (refused("QuotaExceeded"), "refused (QuotaExceeded)", "manual"),
        (EndpointConnectionError(endpoint_url="http://user:secret@x"), "does not answer", "AWS_ENDPOINT_URL"),
        (TimeoutError(), "does not answer (TimeoutError)", "AWS_ENDPOINT_URL"),
    ],
)
def test_a_failure_is_one_line_with_a_next_step(error, what, remedy):
    with pytest.raises(StorageError) as caught, storage(PLACE):
        raise error
    message = str(caught.value)
    assert message.startswith("s3://filings/edgar: ") and what in message and remedy in message and "\n" not in message
    # Accounts, addresses and keys that the store or its library name stay out of it.
    assert "somebody" not in message and "secret" not in message


def test_a_mistake_in_the_program_is_no_failure_of_the_store():
    with pytest.raises(TypeError), storage(PLACE):
        raise TypeError("a bug")


def test_a_full_disk_is_one_also_where_it_was_to_take_objects():
    with pytest.raises(StorageError, match=r"No space left on device\. Make room"), storage(PLACE):
        raise OSError(28, "No space left on device")


def test_what_is_unknown_is_told_by_its_name():
    assert explain(OSError("whatever")) == (
        "the object store refused (OSError)",
        "Look the code up in its manual, then run the same command again",
    )


def test_a_home_on_a_disk_costs_no_library_of_an_object_store():
    code = (
        "import sys; from edgar_pipeline import cli; from edgar_pipeline.settings import Settings;"
        "Settings.from_environment({'EDGAR_HOME': '/tmp'}).raw_dir;"
        "print([name for name in ('fsspec', 's3fs', 'upath', 'botocore') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
