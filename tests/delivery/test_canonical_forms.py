"""The canonical forms that are signed, held against dkimpy's."""

from dkim.canonicalization import Relaxed
from hypothesis import example, given
from hypothesis import strategies as st

from tools.delivering.signing import relaxed_body, relaxed_header

PIECES = st.sampled_from([" ", "\t", "a", "Bc", ".", ";", "\r\n", "\r\n ", "  \r\n", "\r\n\r\n"])


@given(st.lists(PIECES, max_size=30).map("".join))
@example("")
@example("\r\n")
@example("a \t b\t\r\n \r\n\r\n")
def test_a_body_is_dkimpys(body: str) -> None:
    whole = f"{body}\r\n" if body else body  # a message's body ends with a line end, if there is one
    assert relaxed_body(whole.encode()) == Relaxed.canonicalize_body(whole.encode())


@given(st.lists(st.sampled_from([" ", "\t", "a", "Bc", "<x@y.example>", "\r\n ", "\r\n\t"]), max_size=20).map("".join))
def test_a_header_is_dkimpys(value: str) -> None:
    ((name, canonical),) = Relaxed.canonicalize_headers([(b"List-Unsubscribe", f" {value}\r\n".encode())])
    assert relaxed_header("List-Unsubscribe", value) + b"\r\n" == name + b":" + canonical
