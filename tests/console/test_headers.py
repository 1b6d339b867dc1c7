"""What every answer of the web must carry (CONTRACT, "The web")."""

import pytest

from console.headers import CONTENT_SECURITY_POLICY, SECURITY_HEADERS


def test_nothing_is_allowed_that_is_not_our_own() -> None:
    sources = [part.split()[1:] for part in CONTENT_SECURITY_POLICY.split("; ")]
    assert {source for allowed in sources for source in allowed} <= {"'none'", "'self'"}


@pytest.mark.parametrize("directive", ["default-src", "base-uri", "frame-ancestors"])
def test_what_no_page_needs_is_forbidden(directive: str) -> None:
    assert f"{directive} 'none'" in CONTENT_SECURITY_POLICY


def test_no_answer_is_kept_by_a_cache_or_named_to_another_site() -> None:
    assert SECURITY_HEADERS["Cache-Control"] == "no-store"
    assert SECURITY_HEADERS["Referrer-Policy"] == "no-referrer"
