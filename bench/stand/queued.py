"""Very many queued notices, without waiting for each to be made: one is made by the product, and copied.

Each copy is a case of its own with its report's confirmations, its place at the same host, and a notice with marks and
bytes of its own, sealed under its own keys; as the product would have left them.
"""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import func, insert
from sqlmodel import Session, SQLModel, select

from hotline.home import Home
from hotline.records import Assessment, Case, Episode, Finding, Notice, NoticeCase
from hotline.records.base import new_key
from notices import tokens

_PAGE: Final = 500
Row = dict[str, Any]


def copy_last(home: Home, count: int) -> None:
    """Makes ``count`` copies of the newest notice and of its one case."""
    with home.reading() as session:
        maker = _Maker(home, session)
    for start in range(0, count, _PAGE):
        with home.session() as session:
            rows = [row for number in range(start, min(start + _PAGE, count)) for row in maker.rows(number + 1)]
            for model in (Case, Episode, Assessment, Finding, Notice, NoticeCase):
                mine = [row for kind, row in rows if kind is model]
                if mine:
                    session.execute(insert(model), mine)


class _Maker:
    """Holds the model of each record, its sealed columns opened."""

    def __init__(self, home: Home, session: Session) -> None:
        self._home = home
        self._known: dict[int, tuple[Row, dict[str, str]]] = {}
        self._notice = session.exec(select(Notice).order_by(Notice.id.desc())).first()  # type: ignore[union-attr]
        assert self._notice is not None
        self._link = session.exec(select(NoticeCase).where(NoticeCase.notice_id == self._notice.id)).one()
        self._case = session.get_one(Case, self._link.case_id)
        self._finding = session.get_one(Finding, self._case.finding_id)
        self._stays = session.exec(select(Episode).where(Episode.case_id == self._case.id)).all()
        self._words = session.exec(select(Assessment).where(Assessment.case_id == self._case.id)).all()
        self._last = {model: session.exec(select(func.max(model.id))).one() for model in (Case, Finding, Notice)}
        self._url = home.vault.text(self._case, "url")
        self._message = home.vault.text(self._notice, "bytes")

    def rows(self, number: int) -> Iterator[tuple[type[SQLModel], Row]]:
        """All rows of copy ``number``."""
        case, finding, notice = (self._last[model] + number for model in (Case, Finding, Notice))
        url = f"{self._url}-{number}"
        index = self._home.vault.index("url", url)
        yield Case, self._copy(self._case, {"url": url}, id=case, url_bi=index, finding_id=finding)
        for stay in self._stays:
            yield Episode, self._copy(stay, case_id=case)
        for word in self._words:
            yield Assessment, self._copy(word, case_id=case)
        yield Finding, self._copy(self._finding, id=finding, case_id=case)
        yield Notice, self._notice_row(notice, url)
        yield NoticeCase, self._copy(self._link, notice_id=notice, case_id=case)

    def _notice_row(self, number: int, url: str) -> Row:
        vault, model = self._home.vault, self._notice
        assert model is not None
        fresh = Notice(key=new_key(), queued_at=model.queued_at, contact_id=model.contact_id, role=model.role)
        tokens.stamp(vault, fresh, self._home.settings.mail_from or "")
        text = self._message.replace(self._url, url).replace(model.message_id or "", fresh.message_id or "")
        for mark in (vault.return_token, vault.answer_token):
            text = text.replace(mark(model.key), mark(fresh.key))
        marks = {name: getattr(fresh, name) for name in ("key", "message_id", "return_bi", "token_hash")}
        return self._copy(model, {"bytes": text}, id=number, **marks)

    def _copy(self, model: Any, texts: dict[str, str] | None = None, **columns: Any) -> Row:
        plain, opened = self._model(model)
        row = {**plain, "key": new_key(), **columns}
        for name, text in {**opened, **(texts or {})}.items():
            row[f"{name}_ct"] = self._home.vault.seal(row["key"], f"{model.__tablename__}.{name}", text)
        return row

    def _model(self, model: Any) -> tuple[Row, dict[str, str]]:
        """Its columns, and what is in those that are sealed."""
        if id(model) not in self._known:
            row = {name: value for name, value in model.model_dump().items() if name != "id"}
            sealed = [name.removesuffix("_ct") for name in row if name.endswith("_ct") and row[name] is not None]
            self._known[id(model)] = row, {name: self._home.vault.text(model, name) for name in sealed}
        return self._known[id(model)]


__all__ = ["copy_last"]
