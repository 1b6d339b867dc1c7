"""URLs are read as browsers read them, and told in one canonical form."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.address import BadUrl, Url, defang, parse_url, platform_domain, registrable_domain, tld


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("HTTP://A.Example", "http://a.example/"),
        ("http://a.example:80/x", "http://a.example/x"),
        ("https://a.example:443/", "https://a.example/"),
        ("https://a.example:80/", "https://a.example:80/"),
        ("http://a.example/a/../b/./c", "http://a.example/b/c"),
        ("http://a.example/%2e%2e/b", "http://a.example/b"),
        ("http://a.example/x#part", "http://a.example/x"),
        ("http://a.example/x#", "http://a.example/x"),
        ("http://a.example/?", "http://a.example/?"),
        ("http://a.example/?b=%zz&a=1&a=%41", "http://a.example/?b=%zz&a=1&a=%41"),
        ("http://a.example/ü?ü", "http://a.example/%C3%BC?%C3%BC"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://faß.example/", "http://xn--fa-hia.example/"),
        ("http:\\\\a.example\\x", "http://a.example/x"),
        ("http:/a.example", "http://a.example/"),
        ("  http://a.exa\n\tmple/x \r\n", "http://a.example/x"),
        ("\x00http://a.example/\x1f", "http://a.example/"),
        ("http://a%2Eexample/", "http://a.example/"),
        ("http://a。example/", "http://a.example/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0177.1/", "http://127.0.0.1/"),
        ("http://0x7f.0.0.1./", "http://127.0.0.1/"),
        ("http://[::FFFF:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),
        ("http://a_b.example./", "http://a_b.example./"),
    ],
)
def test_spellings_of_one_address_become_one(text: str, canonical: str) -> None:
    assert parse_url(text).text == canonical


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a URL"),
        ("a.example/x", "not a URL"),
        ("http://", "not a URL"),
        ("http://a b.example/", "not a URL"),
        ("http://256.1.1.1/", "not a URL"),
        ("http://a.example:99999/", "not a URL"),
        ("http://[fe80::1%25eth0]/", "not a URL"),
        ("javascript:alert(1)", "another scheme than http or https"),
        ("ftp://a.example/", "another scheme than http or https"),
        ("file:///etc/hosts", "another scheme than http or https"),
        ("data:text/html,x", "another scheme than http or https"),
        ("http://user@a.example/", "credentials in the URL"),
        ("http://user:word@a.example/", "credentials in the URL"),
        ("http://:word@a.example/", "credentials in the URL"),
        ("http://./", "no host"),
        ("http://a..example/", "the host name has an empty part"),
        (f"http://{'a' * 64}.example/", "the host name is too long"),
        (f"http://{'a.' * 150}example/", "the host name is too long"),
        ("http://a.example/\x01x", "control characters in the URL"),
        ("http://a.example/\x7f", "control characters in the URL"),
        ("http://a.example/\ud800", "control characters in the URL"),
        ("http://a.example/" + "x" * 40_000, "the URL is too long"),
    ],
)
def test_what_is_no_web_address_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(BadUrl) as caught:
        parse_url(text)
    assert caught.value.reason == reason
    assert "example" not in str(caught.value)


def test_parts_of_a_url() -> None:
    url = parse_url("https://User.Example.:8443/a?b")
    assert (url.scheme, url.host, url.port, url.path, url.ip) == ("https", "user.example", 8443, "/a", None)
    literal = parse_url("http://[2001:DB8::7]/")
    assert (literal.host, literal.port, str(literal.ip)) == ("2001:db8::7", 80, "2001:db8::7")


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("x.png", "http://a.example/d/x.png"),
        ("/x", "http://a.example/x"),
        ("//b.example/x", "http://b.example/x"),
        ("?q", "http://a.example/d/e?q"),
        ("#part", "http://a.example/d/e"),
        ("https://b.example", "https://b.example/"),
    ],
)
def test_links_are_read_from_their_page(link: str, canonical: str) -> None:
    assert parse_url(link, parse_url("http://a.example/d/e")).text == canonical
    assert parse_url(link, "http://a.example/d/e").text == canonical


def test_a_link_that_leads_to_another_scheme_is_refused() -> None:
    with pytest.raises(BadUrl, match="another scheme"):
        parse_url("mailto:a@b.example", "http://a.example/")


def test_a_url_does_not_show_itself_in_a_traceback() -> None:
    assert "example" not in repr(parse_url("http://a.example/x"))


def test_onion_hosts_are_told() -> None:
    assert parse_url("http://abc.onion/").is_onion
    assert not parse_url("http://onion.example/").is_onion


texts = st.text(max_size=30)
urls = st.builds(
    "{}://{}{}{}/{}?{}#{}".format,
    st.sampled_from(["http", "HTTPS", "hTTp"]),
    st.sampled_from(["", "@", "a@"]),
    st.one_of(texts, st.sampled_from(["a.example", "A.EXAMPLE.", "1.2", "0x1", "[::1]", "bücher.example"])),
    st.sampled_from(["", ":80", ":0", ":65535"]),
    texts,
    texts,
    texts,
)


@given(st.one_of(urls, texts))
def test_the_canonical_form_is_canonical_and_plain(text: str) -> None:
    try:
        url = parse_url(text)
    except BadUrl:
        return
    assert parse_url(url.text) == url
    assert url.text.isascii()
    assert url.text.startswith(f"{url.scheme}://")
    assert "#" not in url.text
    assert url.host == url.host.lower()
    assert url.host
    assert url.ip is None or url.host == str(url.ip)


@given(st.one_of(urls, texts), urls)
def test_nothing_but_bad_url_is_ever_raised(text: str, base: str) -> None:
    with contextlib.suppress(BadUrl):
        assert isinstance(parse_url(text, base), Url)


@pytest.mark.parametrize(
    ("host", "domain", "platform"),
    [
        ("a.b.example", "b.example", None),
        ("b.example", "b.example", None),
        ("example", None, None),
        ("A.B.Example.", "b.example", None),
        ("a.b.co.uk", "b.co.uk", None),
        ("co.uk", None, None),
        ("someone.github.io", "github.io", "github.io"),
        ("github.io", "github.io", "github.io"),
        ("198.51.100.7", None, None),
        ("2001:db8::7", None, None),
        ("[2001:db8::7]", None, None),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", None),
    ],
)
def test_the_domain_that_was_registered_and_the_platform(host: str, domain: str | None, platform: str | None) -> None:
    assert registrable_domain(host) == domain
    assert platform_domain(host) == platform


def test_the_last_label() -> None:
    assert (tld("a.b.example"), tld("A.Example."), tld("198.51.100.7"), tld("::1")) == (
        "example",
        "example",
        None,
        None,
    )


def test_defanged_addresses_are_no_links() -> None:
    assert defang("https://a.b.example/x.png") == "hxxps://a[.]b[.]example/x.png"
    assert defang("http://a.example:81/") == "hxxp://a[.]example:81/"
    assert defang("a.example") == "a[.]example"
