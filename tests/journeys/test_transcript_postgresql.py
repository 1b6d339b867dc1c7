"""What hangs on people's words - hints, forms, rules, contacts, a host that moves - holds on PostgreSQL as on SQLite.

The same stories, told again in a home whose database is PostgreSQL: only the fixture below differs.
"""

from collections.abc import Iterator

import pytest
from hotline_shell import Shell
from little_world import LittleWorld
from postgres_cluster import Cluster
from prepared_homes import open_home, report, take_in
from test_transcript_contacts import (  # noqa: F401
    test_a_dead_contact_is_listed_until_a_person_revives_it,
)
from test_transcript_forms import (  # noqa: F401
    fronted,
    test_a_form_is_listed_shown_filled_in_and_the_removal_proven,
)
from test_transcript_moves import (  # noqa: F401
    test_a_host_that_moves_while_its_notice_waits_is_not_asked_and_the_next_one_is,
)
from test_transcript_rules import (  # noqa: F401
    test_a_forced_contact_gets_the_notice_and_resolve_says_by_whose_word,
    test_also_notify_sends_the_same_twice_and_only_once,
)
from test_transcript_told import (  # noqa: F401
    test_an_accepted_origin_becomes_a_finding_of_its_own,
    told,
)


@pytest.fixture
def crawled(shell: Shell, world: LittleWorld, postgresql: Cluster) -> Iterator[Shell]:
    """A home on PostgreSQL in which the crawl is done and nobody is asked yet; it is midnight."""
    with postgresql.fresh_database() as url:
        there = open_home(shell.having(DATABASE_URL=url), world)
        take_in(there, report(world)).say("crawl")
        yield there
        assert not list(there.home.glob("*.db*")), "nothing is kept in SQLite"
