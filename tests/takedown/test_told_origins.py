"""An origin that a member of staff writes down is one that may be dialled, by the home that they work in."""

import pytest
from takedown_builders import staff

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, Told
from hotline.words import CaseState, Classification, Origin, ToldKind
from takedown import told
from takedown.hints import Hint


def some_case(home: Home) -> int:
    with home.session() as session:
        case = Case(
            url_bi=b"u", host_bi=b"h", domain_bi=b"d", tld="example", state=CaseState.READY, origin=Origin.REPORT,
            classification=Classification.BASELINE, opened_at=home.now(),
        )  # fmt: skip
        home.vault.write(case, "url", "http://meadow.example/a.png")
        session.add(case)
        session.flush()
        return case.number


def test_a_documentation_address_is_an_origin_in_practice_only(practice_home: Home, earnest_home: Home) -> None:
    hint = Hint(ToldKind.ORIGIN, "192.0.2.9")
    assert told.note(practice_home, some_case(practice_home), hint, "by telephone", staff(practice_home, "ana")) == 1
    with pytest.raises(HotlineError, match=r"192\.0\.2\.9 is no address of the public internet"):
        told.note(earnest_home, some_case(earnest_home), hint, "by telephone", staff(earnest_home, "ana"))
    with earnest_home.reading() as session:
        assert session.get(Told, 1) is None


@pytest.mark.parametrize("address", ["198.18.0.7", "64:ff9b::a00:1", "100.64.0.1", "2001:db8::1"])
def test_what_the_guard_refuses_is_no_origin(earnest_home: Home, address: str) -> None:
    with pytest.raises(HotlineError, match="no address of the public internet"):
        told.note(earnest_home, some_case(earnest_home), Hint(ToldKind.ORIGIN, address), "so", staff(earnest_home, "a"))
