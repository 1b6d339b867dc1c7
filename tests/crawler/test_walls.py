"""What stands before a page, and what only looks like it."""

import pytest
from test_shapes import ALBUM, SOFT

from crawler.walls import wall_before
from hotline.words import Wall


@pytest.mark.parametrize(
    ("html", "status", "headers"),
    [
        ("<title>x</title><form><input type=password></form>", 200, {}),
        ("<h1>Just a moment...</h1>", 503, {}),
        ("<p>Please log in to view this page", 200, {}),
        ("<p>You must be 18 to enter", 200, {}),
        ("<div class='g-recaptcha'></div>", 200, {}),
        ("<script>a.src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=1'</script>", 200, {}),
        ("<p>ok", 403, {"cf-mitigated": "challenge"}),
        ("", 401, {}),
    ],
)
def test_walls(html: str, status: int, headers: dict[str, str]) -> None:
    assert wall_before(html.encode(), status, headers)


@pytest.mark.parametrize(
    "html",
    [
        ALBUM, SOFT, "",
        "<p>An album<img src=1><script>a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script>",
        "<form><input type=password></form>" + "<p>words about shapes and colours " * 60,
        "<form><input type=password></form>" + "<img src=1>" * 9,
    ],
)  # fmt: skip
def test_no_walls(html: str) -> None:
    assert wall_before(html.encode(), 200, {}) is None


@pytest.mark.parametrize(
    ("words", "wall"),
    [
        ("Our site is down for scheduled maintenance", Wall.MAINTENANCE), ("We'll be back soon!", Wall.MAINTENANCE),
        ("Error establishing a database connection", Wall.MAINTENANCE), ("Wartungsarbeiten", Wall.MAINTENANCE),
        ("Le site est temporairement indisponible", Wall.MAINTENANCE), ("Сайт временно недоступен", Wall.MAINTENANCE),
        ("El sitio está en mantenimiento", Wall.MAINTENANCE), ("Deze site is in onderhoud", Wall.MAINTENANCE),
        ("Estamos em manutenção", Wall.MAINTENANCE), ("This is not available in your country", Wall.COUNTRY),
        ("Ce contenu n'est pas disponible dans votre pays", Wall.COUNTRY), ("Bist du über 18?", Wall.AGE),
        ("Veuillez vous connecter", Wall.LOGIN), ("Inicia sesión para continuar", Wall.LOGIN),
        ("We and our 842 partners need your consent.", Wall.CONSENT), ("Alle Cookies akzeptieren", Wall.CONSENT),
    ],
)  # fmt: skip
def test_a_wall_is_told_by_its_words_in_many_languages(words: str, wall: Wall) -> None:
    assert wall_before(f"<p>{words}".encode(), 200, {}) is wall


@pytest.mark.parametrize(
    "words",
    [
        "This account has been suspended. Please log in to your panel.",
        "This domain is for sale. Try again later.",
        "The file was removed. Sign in to continue.",
        "This image has been deleted",
        "Nothing is here",
    ],
)
def test_who_says_that_something_is_no_more_is_no_wall(words: str) -> None:
    assert wall_before(f"<p>{words}".encode(), 200, {}) is None


def test_a_page_that_only_scripts_would_fill_is_a_wall_and_one_with_links_is_none() -> None:
    shell = "<title>x</title><div id=root></div><script src=a.js></script>"
    assert wall_before(shell.encode(), 200, {}) is Wall.SCRIPTS
    assert wall_before(f"{shell}<a href=/1>on</a>".encode(), 200, {}) is None
