"""Homes for tests: settings from a dictionary, a clock that the test moves, connections closed at the end."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hotline import settings
from hotline.clock import MovableClock
from hotline.home import Home, create_home, open_home
from hotline.words import HomeKind

START = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass
class Homes:
    """Builds homes below ``folder``. Settings are written without ``HOTLINE_``, in small letters: ``country="NL"``."""

    folder: Path
    built: list[Home] = field(default_factory=list)

    def environment(self, name: str = "home", **values: str) -> dict[str, str]:
        """The environment of a home of this name, for ``settings.load`` or a child process."""
        given = {f"HOTLINE_{key.upper()}": value for key, value in values.items()}
        return {"HOTLINE_HOME": str(self.folder / name), **given}

    def build(self, name: str = "home", kind: HomeKind = HomeKind.PRACTICE, **values: str) -> Home:
        """A new home, opened; its clock stands at ``START``."""
        at_start = {"now": START.isoformat()} if kind is HomeKind.PRACTICE else {}
        create_home(settings.load(self.environment(name, **{**at_start, **values})), kind)
        return self.open(name, **values)

    def open(self, name: str = "home", **values: str) -> Home:
        """Opens an existing home, as another process would."""
        home = open_home(settings.load(self.environment(name, **values)), MovableClock(START))
        self.built.append(home)
        return home

    def close(self) -> None:
        """Closes every connection of every home."""
        for home in self.built:
            home.engine.dispose()


def later(home: Home, **units: float) -> None:
    """Moves the home's clock on: ``later(home, hours=6)``."""
    assert isinstance(home.clock, MovableClock)
    home.clock.move_to(home.now() + timedelta(**units))


def with_settings(home: Home, **changed: object) -> Home:
    """The same home with other settings."""
    return replace(home, settings=replace(home.settings, **changed))
