"""The course of each case in whole numbers, kept by the database itself in the transaction of what changes the case.

Triggers, for whoever writes cases, one by one or in bulk, must not have to think of it. A later migration that makes
the table ``cases``, ``episode``, ``observation`` or ``move`` anew (Alembic's batch mode on SQLite) must make its triggers
anew too; a test writes to each table at the newest schema, and fails when one is missing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_STATES = (
    "confirmed", "ready", "notified", "escalated", "referred", "review", "removed", "reappeared", "closed", "rejected",
)  # fmt: skip
_TIMES = ("reported", "confirmed", "authority", "referred", "notice", "online", "gone", "known")
_CASE_COLUMNS = (
    "state, episode, provider_id, rung, tld, reported_at, confirmed_at, authority_at, first_notice_at, last_online_at, "
    "removed_at"
)


def upgrade() -> None:
    """Makes the table, fills it from what is there, and lets the database keep it."""
    op.create_table(
        "course",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _TIMES),
        sa.Column("provider", sa.Integer(), nullable=True),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("tld", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("case_id", "ordinal"),
        sqlite_with_rowid=False,
    )
    dialect = op.get_bind().dialect.name
    for statement in _filling(dialect):
        op.execute(statement)
    for statement in _sqlite() if dialect == "sqlite" else _postgresql():
        op.execute(statement)


def _seconds(dialect: str, column: str) -> str:
    if dialect == "sqlite":
        return f"CAST(strftime('%s', {column}) AS INTEGER)"
    return f"CAST(floor(extract(epoch FROM {column})) AS BIGINT)"


def _state(column: str) -> str:
    cases = " ".join(f"WHEN '{state}' THEN {number}" for number, state in enumerate(_STATES, 1))
    return f"CASE {column} {cases} ELSE 0 END"


def _filling(dialect: str) -> list[str]:
    """What is there already: a past episode was removed when the case went to ``removed`` before the next one began."""

    def sec(column: str) -> str:
        return _seconds(dialect, column)

    known = "(SELECT max(o.at) FROM observation o WHERE o.case_id = c.id AND o.outcome <> 'unclear')"
    referred = "(SELECT min(m.at) FROM move m WHERE m.case_id = c.id AND m.to_state = 'referred')"
    past = (
        "SELECT 1 FROM episode n JOIN move m ON m.case_id = n.case_id WHERE n.case_id = e.case_id "
        "AND n.ordinal = e.ordinal + 1 AND m.to_state = 'removed' AND m.at >= e.opened_at AND m.at <= n.opened_at"
    )
    return [
        f"""INSERT INTO course (case_id, ordinal, state, reported, confirmed, authority, referred, notice, online, gone,
            known, provider, rung, tld)
        SELECT c.id, e.ordinal, {_state("c.state")},
            {sec("CASE WHEN e.ordinal = 1 THEN c.reported_at ELSE e.opened_at END")},
            {sec("CASE WHEN e.ordinal = 1 THEN c.confirmed_at ELSE e.opened_at END")},
            {sec("CASE WHEN e.ordinal = 1 THEN c.authority_at END")},
            {sec(f"CASE WHEN e.ordinal = 1 THEN {referred} END")},
            {sec("CASE WHEN e.ordinal = 1 THEN c.first_notice_at ELSE e.first_notice_at END")},
            {sec("CASE WHEN e.ordinal = c.episode THEN c.last_online_at ELSE e.last_online_at END")},
            {sec(f"CASE WHEN e.ordinal = c.episode THEN c.removed_at WHEN EXISTS ({past}) THEN e.first_gone_at END")},
            {sec(f"CASE WHEN e.ordinal = c.episode THEN {known} END")},
            c.provider_id, c.rung, c.tld
        FROM cases c JOIN episode e ON e.case_id = c.id"""
    ]


def _of_case(dialect: str) -> str:
    """Writes the present episode of the case NEW; one that was removed keeps its last look and its removal."""

    def sec(column: str) -> str:
        return _seconds(dialect, f"NEW.{column}")

    def first(column: str) -> str:
        return f"CASE WHEN NEW.episode = 1 THEN {sec(column)} END"

    return f"""INSERT INTO course (case_id, ordinal, state, reported, confirmed, authority, notice, online, gone, provider,
            rung, tld)
        VALUES (NEW.id, NEW.episode, {_state("NEW.state")}, {first("reported_at")}, {first("confirmed_at")},
            {first("authority_at")}, {first("first_notice_at")}, {sec("last_online_at")}, {sec("removed_at")},
            NEW.provider_id, NEW.rung, NEW.tld)
        ON CONFLICT (case_id, ordinal) DO UPDATE SET
            state = excluded.state,
            reported = coalesce(excluded.reported, course.reported),
            confirmed = coalesce(excluded.confirmed, course.confirmed),
            authority = coalesce(excluded.authority, course.authority),
            notice = coalesce(excluded.notice, course.notice),
            online = CASE WHEN course.gone IS NOT NULL AND excluded.gone IS NULL THEN course.online
                ELSE excluded.online END,
            gone = coalesce(excluded.gone, course.gone),
            provider = excluded.provider, rung = excluded.rung, tld = excluded.tld;"""


def _of_episode(dialect: str) -> str:
    opened, notice = _seconds(dialect, "NEW.opened_at"), _seconds(dialect, "NEW.first_notice_at")
    return f"""INSERT INTO course (case_id, ordinal, state, reported, confirmed, notice, rung, tld)
        VALUES (NEW.case_id, NEW.ordinal, 0, {opened}, {opened}, {notice}, 0, '')
        ON CONFLICT (case_id, ordinal) DO UPDATE SET
            reported = excluded.reported, confirmed = excluded.confirmed, notice = excluded.notice;"""


def _of_look(dialect: str) -> str:
    at = _seconds(dialect, "NEW.at")
    return f"""UPDATE course SET known = CASE WHEN known > {at} THEN known ELSE {at} END
        WHERE case_id = NEW.case_id AND ordinal = (SELECT episode FROM cases WHERE id = NEW.case_id);"""


def _of_move(dialect: str) -> str:
    at = _seconds(dialect, "NEW.at")
    return f"""UPDATE course SET referred = CASE WHEN referred < {at} THEN referred ELSE {at} END
        WHERE case_id = NEW.case_id AND ordinal = 1;"""


def _kept(dialect: str) -> list[tuple[str, str, str, str]]:
    """Name, what happens, on which condition, and what is done then."""
    clear = "NEW.outcome IS NOT NULL AND NEW.outcome <> 'unclear'"
    return [
        ("course_of_new_case", "INSERT ON cases", "1 = 1", _of_case(dialect)),
        ("course_of_case", f"UPDATE OF {_CASE_COLUMNS} ON cases", "1 = 1", _of_case(dialect)),
        ("course_of_new_episode", "INSERT ON episode", "NEW.ordinal > 1", _of_episode(dialect)),
        (
            "course_of_episode",
            "UPDATE OF opened_at, first_notice_at ON episode",
            "NEW.ordinal > 1",
            _of_episode(dialect),
        ),
        ("course_of_new_look", "INSERT ON observation", clear, _of_look(dialect)),
        ("course_of_look", "UPDATE OF outcome, at ON observation", clear, _of_look(dialect)),
        ("course_of_move", "INSERT ON move", "NEW.to_state = 'referred'", _of_move(dialect)),
    ]


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {name} AFTER {event} FOR EACH ROW WHEN {condition} BEGIN {deed} END"
        for name, event, condition, deed in _kept("sqlite")
    ]


def _postgresql() -> list[str]:
    statements = []
    for name, event, condition, deed in _kept("postgresql"):
        statements.append(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {deed} RETURN NULL; END $$"
        )
        statements.append(
            f"CREATE TRIGGER {name} AFTER {event} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
        )
    return statements
