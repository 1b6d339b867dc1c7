"""Settings: environment before file before default, and whatever is wrong is named."""

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hotline.errors import HotlineError
from hotline.settings import SETTINGS, Setting, Settings, load


def at(home: Path, **values: str) -> Settings:
    """Loads the settings of a home; ``country="NL"`` is HOTLINE_COUNTRY."""
    return load({"HOTLINE_HOME": str(home), **{f"HOTLINE_{name.upper()}": value for name, value in values.items()}})


def origin(settings: Settings, name: str) -> tuple[str | None, str]:
    """What is shown of a setting, and whence it came."""
    return next((each.shown, each.source) for each in settings.origins if each.setting.name == name)


def test_without_anything_set_the_defaults_hold():
    settings = load({})
    assert settings.home == Path("./var")
    assert settings.database_url == "sqlite:///var/hotline.db"
    assert settings.key_file == Path("var/keys.json")
    assert settings.removal_gap == timedelta(hours=6)
    assert settings.public_url == "http://127.0.0.1:8001"
    assert settings.whois == "whois.iana.org:43"
    assert settings.smtp is None and settings.resolvers is None and settings.vantages == ()
    assert {each.source for each in settings.origins} == {"default"}


def test_the_file_counts_before_the_default_and_the_environment_before_the_file(tmp_path: Path):
    (tmp_path / "hotline.toml").write_text('country = "se"\nremoval_gap = "2h"\n')
    settings = at(tmp_path, country="nl")
    assert settings.country == "NL"
    assert origin(settings, "COUNTRY") == ("nl", "environment (HOTLINE_COUNTRY)")
    assert settings.removal_gap == timedelta(hours=2)
    assert origin(settings, "REMOVAL_GAP") == ("2h", "hotline.toml")
    assert origin(settings, "WHOIS") == ("whois.iana.org:43", "default")


def test_an_empty_variable_counts_as_unset(tmp_path: Path):
    assert at(tmp_path, country="").country is None


def test_every_setting_has_its_origin(tmp_path: Path):
    assert [each.setting for each in at(tmp_path).origins] == list(SETTINGS)


def test_a_home_below_the_own_folder_is_meant_for_the_database_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = load({"HOTLINE_HOME": "~/hotline"})
    assert settings.home == tmp_path / "hotline"
    assert settings.database_url == f"sqlite:///{tmp_path / 'hotline' / 'hotline.db'}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", "mysql://nobody@db/x"),
        ("resolvers", "dns.example:53"),
        ("resolvers", "192.0.2.1:0"),
        ("resolvers", "192.0.2.1:70000"),
        ("vantages", "direct=http://127.0.0.1:1"),
        ("vantages", "north=ftp://127.0.0.1:1"),
        ("vantages", "north=http://127.0.0.1"),
        ("vantages", "Upper Case=http://127.0.0.1:1"),
        ("removal_gap", "soon"),
        ("removal_gap", "6"),
        ("removal_gap", "-6h"),
        ("removal_gap", "99999999999999d"),
        ("smtp", "http://127.0.0.1"),
        ("smtp", "smtp://mail.example:25"),
        ("smtp", "smtp://127.0.0.1:port"),
        ("smtp", "smtp://127.0.0.1:99999"),
        ("mail_from", "Hotline <notice@hotline.example>"),
        ("mail_from", "notice+x@hotline.example"),
        ("mail_from", "notice@hotline.example\nBcc: everybody@mail.example"),
        ("whois", "nonsense"),
        ("whois", "127.0.0.1:99999"),
        ("whois", "127.0.0.1:0"),
        ("whois", "whois.host.example:port"),
        ("whois", "https://whois.host.example/"),
        ("inbox", "/var/mail"),
        ("inbox", "maildir:"),
        ("inbox", "imaps:"),
        ("public_url", "hotline.example"),
        ("country", "NLD"),
        ("country", "1"),
        ("organisation", "Two\nlines"),
        ("now", "tomorrow"),
        ("now", "9999-12-31T23:59:59-05:00"),
    ],
)
def test_a_bad_value_names_its_setting_and_its_source(tmp_path: Path, name: str, value: str):
    with pytest.raises(HotlineError, match=f"^HOTLINE_{name.upper()} from environment") as told:
        at(tmp_path, **{name: value})
    assert "\n" not in str(told.value)


def test_a_bad_value_in_the_file_names_the_file(tmp_path: Path):
    (tmp_path / "hotline.toml").write_text('country = "Netherlands"\n')
    with pytest.raises(HotlineError, match=r"HOTLINE_COUNTRY from hotline\.toml"):
        at(tmp_path)


def test_an_unknown_key_in_the_file_is_refused(tmp_path: Path):
    (tmp_path / "hotline.toml").write_text('contry = "NL"\n')
    with pytest.raises(HotlineError, match="unknown setting contry"):
        at(tmp_path)


def test_the_home_cannot_be_set_in_the_home(tmp_path: Path):
    (tmp_path / "hotline.toml").write_text('home = "/elsewhere"\n')
    with pytest.raises(HotlineError, match="unknown setting home"):
        at(tmp_path)


def test_rules_about_hosts_are_no_settings(tmp_path: Path):
    (tmp_path / "hotline.toml").write_text('country = "SE"\n[[rule]]\nauthor = "ana"\nfantasy = 1\n')
    settings = at(tmp_path)
    assert settings.country == "SE"
    assert [each.setting for each in settings.origins] == list(SETTINGS)


@pytest.mark.parametrize("table", ["[[rules]]", "[Rule]", "[mail]"])
def test_a_table_that_nobody_reads_is_refused(tmp_path: Path, table: str):
    (tmp_path / "hotline.toml").write_text(f"{table}\ndo_not_notify = true\n")
    with pytest.raises(HotlineError, match=r"unknown setting \w+; rules are written as \[\[rule\]\]"):
        at(tmp_path)


@pytest.mark.parametrize("content", [b"country = ", b"country = '\xff'"])
def test_a_broken_file_is_an_error_of_one_line(tmp_path: Path, content: bytes):
    (tmp_path / "hotline.toml").write_bytes(content)
    with pytest.raises(HotlineError, match=r"hotline\.toml"):
        at(tmp_path)


SECRETS = {
    "database_url": "postgresql+psycopg://hotline:hunter2@db.example/hotline",
    "staff_token": "hunter2",
    "smtp": "smtps://notice:hunter2@mail.example:465",
    "inbox": "imaps://notice:hunter2@mail.example/INBOX",
    "signing_password": "hunter2",
}


def test_secrets_are_not_shown(tmp_path: Path):
    assert {setting.attribute for setting in SETTINGS if setting.secret} == set(SECRETS)
    settings = at(tmp_path, **SECRETS)
    for name in SECRETS:
        assert origin(settings, name.upper())[0] == "(set)"
    assert "hunter2" not in repr([settings.smtp, settings.inbox])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("smtp", "smtp://notice:hunter2/x@mail.example"),
        ("smtp", "smtp://notice:hunter2@mail.example"),
        ("smtp", "smtp://notice:hunter2@[mail.example"),
        ("database_url", "mysql://notice:hunter2@db.example/x"),
        ("inbox", "imap://notice:hunter2@mail.example"),
        ("inbox", "imaps://notice:hunter2@[mail.example"),
        ("staff_token", "hunter2\n"),
    ],
)
def test_the_error_of_a_secret_does_not_tell_it(tmp_path: Path, name: str, value: str):
    with pytest.raises(HotlineError) as told:
        at(tmp_path, **{name: value})
    assert "hunter2" not in str(told.value)


def test_a_password_may_hold_every_sign_when_it_is_quoted(tmp_path: Path):
    smtp = at(tmp_path, smtp="smtp+starttls://no%40tice:a%2Fb%3Ac%40@mail.example").smtp
    assert smtp is not None
    assert (smtp.host, smtp.port, smtp.security) == ("mail.example", 587, "starttls")
    assert (smtp.user, smtp.password) == ("no@tice", "a/b:c@")


def test_resolvers_have_port_53_unless_told(tmp_path: Path):
    resolvers = at(tmp_path, resolvers="192.0.2.1, 192.0.2.2:5353,[2001:db8::1]:54,2001:db8::2").resolvers
    assert resolvers is not None
    assert [str(each) for each in resolvers] == [
        "192.0.2.1:53",
        "192.0.2.2:5353",
        "[2001:db8::1]:54",
        "[2001:db8::2]:53",
    ]


@pytest.mark.parametrize("variable", ["HOTLINE_HOME", "HOTLINE_KEY_FILE"])
def test_the_home_folder_of_a_stranger_is_named(tmp_path: Path, variable: str):
    with pytest.raises(HotlineError, match=rf"{variable} from environment .*: '~nobody-there/x' is in the home folder"):
        load({"HOTLINE_HOME": str(tmp_path), variable: "~nobody-there/x"})


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SETTINGS[1:]), st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1))
def test_no_text_whatever_makes_anything_but_settings_or_an_error(tmp_path: Path, setting: Setting, text: str):
    with contextlib.suppress(HotlineError):
        assert isinstance(at(tmp_path, **{setting.attribute: text}), Settings)
