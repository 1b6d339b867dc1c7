"""Homes that an earlier release made are brought up to date by ``hotline init``, and lose nothing on the way."""

import pytest
from alembic import command
from alembic.config import Config
from homes import START, Homes
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from hotline import database, migrations, settings
from hotline.errors import HotlineError
from hotline.home import Home, create_home
from hotline.keyring import new_ring, write_ring
from hotline.records import AuditLeaf, Case, Contact, KeyState, SchemaMeta, Told
from hotline.rotation import rotate_keys
from hotline.vault import Vault
from hotline.words import (
    CaseState,
    Classification,
    ContactHealth,
    HomeKind,
    MailRoute,
    Origin,
    ToldDecision,
    ToldKind,
    ToldSource,
)

ADDRESS = "abuse@meadow-hosting.example"


@pytest.fixture
def old_home(empty_database_url: str, homes: Homes) -> str:
    """A home of the first schema, with one contact in it; the database's URL."""
    where = settings.load(homes.environment(database_url=empty_database_url))
    where.home.mkdir()
    engine = database.connect(empty_database_url)
    _migrate_to(engine, "0001")
    ring = new_ring()
    write_ring(ring, where.key_file)
    _fill(engine, Vault(ring), ring.current)
    engine.dispose()
    return empty_database_url


def _migrate_to(engine: Engine, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    config.attributes["engine"] = engine
    command.upgrade(config, version)


def _fill(engine: Engine, vault: Vault, version: int) -> None:
    proof = vault.seal(b"", "schema_meta.ring", "this database belongs to this key ring")
    with Session(engine) as session:
        session.add(SchemaMeta(name="kind", value="practice"))
        session.add(SchemaMeta(name="ring", value="proof", check=proof))
        session.add(KeyState(version=version, made_at=START))
        session.commit()
    row = Contact(address_bi=vault.index("contact", ADDRESS))
    vault.write(row, "address", ADDRESS)
    known = {"key": row.key, "ct": row.address_ct, "bi": row.address_bi}
    with engine.begin() as connection:
        columns = "(key, address_ct, address_bi, kind, health, health_reason)"
        connection.execute(
            text(f"INSERT INTO contact {columns} VALUES (:key, :ct, :bi, 'email', 'dead', 'bounced')"), known
        )


@pytest.fixture
def upgraded(old_home: str, homes: Homes) -> Home:
    """The same home after ``hotline init``."""
    assert create_home(settings.load(homes.environment(database_url=old_home)), HomeKind.PRACTICE) is False
    return homes.open(database_url=old_home)


def test_an_older_home_says_what_to_do(old_home: str, homes: Homes):
    with pytest.raises(HotlineError, match="older schema; run `hotline init`"):
        homes.open(database_url=old_home)


def test_contacts_of_an_older_home_are_kept_and_know_nothing_new(upgraded: Home):
    with upgraded.reading() as session:
        row = session.exec(select(Contact)).one()
        assert upgraded.vault.text(row, "address") == ADDRESS
        assert (row.health, row.health_reason) == (ContactHealth.DEAD, "bounced")
        assert (row.bounces, row.mail_route, row.mail_checked_at) == (0, MailRoute.UNKNOWN, None)


def test_the_upgrade_is_a_deed_in_the_audit_log_and_happens_once(upgraded: Home, homes: Homes):
    create_home(upgraded.settings, HomeKind.PRACTICE)
    with upgraded.reading() as session:
        deeds = session.exec(select(AuditLeaf).where(AuditLeaf.deed == "home:schema:upgraded")).all()
    assert len(deeds) == 1


def test_what_was_told_is_sealed_and_survives_a_rotation_of_the_keys(upgraded: Home):
    with upgraded.session() as session:
        case = Case(
            url_bi=b"u", host_bi=b"h", domain_bi=b"d", tld="example", state=CaseState.NOTIFIED,
            classification=Classification.BASELINE, origin=Origin.REPORT, opened_at=START,
        )  # fmt: skip
        session.add(case)
        session.flush()
        told = Told(case_id=case.number, kind=ToldKind.ORIGIN, source=ToldSource.STAFF, at=START)
        upgraded.vault.write(told, "value", "198.51.100.7")
        session.add(told)
    rotate_keys(upgraded, "ada", lambda what, done: None)
    with upgraded.session() as session:
        row = session.exec(select(Told)).one()
        assert upgraded.vault.text(row, "value") == "198.51.100.7"
        assert (row.decided_at, row.decision) == (None, None)
        row.decision, row.decided_at = ToldDecision.REFUSED, START
        session.add(row)
