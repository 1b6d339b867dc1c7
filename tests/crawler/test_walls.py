"""What stands before a page, and what only looks like it."""

import pytest
from test_shapes import ALBUM, SOFT

from crawler.walls import waits_for_its_visitor, wall_before
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


SAID = {
    Wall.LOGIN: (
        "Please sign in", "Sign in", "Log in", "Login required", "You are not logged in",
        "Members area. Enter your username", "This page is for registered users only",
        "Register or log in to see this image", "Create an account to continue", "Authentication required",
        "This album is private", "This content is private", "You do not have permission to view this page",
        "You don't have access", "Enter password", "Unauthorized", "Authorization required",
        "Session expired, please sign in again", "Log in with your account to see this content",
        "Subscribers only", "You need an account", "Join now to view",
    ),
    Wall.AGE: (
        "Are you 18 or older?", "Are you over 18?", "This site contains adult content. Enter / Leave",
        "You must be 18 years or older", "I am 18 or older", "Adults only", "Age check",
        "Please confirm that you are an adult", "Warning: adults only 18+", "Enter your date of birth",
        "Verify your age", "18+ only", "Age restricted", "You must be of legal age",
        "Confirm you're over eighteen",
    ),
    Wall.CHALLENGE: (
        "Verifying you are human", "Please wait while we check your browser", "Verify you're human",
        "Are you a robot?", "Please enable cookies", "One more step", "Please complete the security check",
        "Checking if the site connection is secure", "Human verification", "Access denied",
        "Your request has been blocked", "Too many requests", "Rate limit exceeded", "You have been blocked",
        "Bot detected", "Captcha", "Please solve the puzzle", "Request unsuccessful",
        "Please turn JavaScript on and reload the page", "Pardon Our Interruption", "Forbidden",
        "Sorry, you have been blocked", "Enter the characters you see", "Suspicious activity detected",
    ),
    Wall.CONSENT: (
        "We use cookies. Accept", "Before you continue", "Your privacy choices", "This website uses cookies",
        "Cookie consent", "Manage your privacy settings", "I agree", "Accept our terms to continue",
        "By continuing you accept",
    ),
    Wall.MAINTENANCE: (
        "We are down for maintenance", "We'll be right back", "Site under construction",
        "The site is currently undergoing maintenance", "Temporarily offline",
        "Service temporarily unavailable", "Scheduled downtime", "Something went wrong", "An error occurred",
        "Error 500", "Gateway timeout", "The server is too busy", "We are experiencing technical difficulties",
        "Internal error", "Please try again later", "Fatal error: Uncaught exception",
        "MySQL server has gone away", "Connection refused", "Upgrade in progress",
        "We are moving to a new server", "Wartung", "Bandwidth limit exceeded", "Resource limit is reached",
        "Site is offline", "Index of /", "It works!", "Welcome to nginx!", "Default web page",
        "Apache2 Debian Default Page",
    ),
    Wall.COUNTRY: (
        "This content is not available in your region", "Not available in your country",
        "Blocked in your location", "Unavailable due to legal reasons",
        "We do not serve visitors from the European Union", "This page is geo-restricted",
        "Access from your country is restricted", "Sorry, this site is not accessible from your location",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("wall", "words"), [(wall, words) for wall, said in SAID.items() for words in said])
def test_what_walls_say_is_known(wall: Wall, words: str) -> None:
    assert wall_before(f"<title>x</title><p>{words}</p>".encode(), 200, {}) is wall


@pytest.mark.parametrize(
    "words",
    [
        "Page not found. Sign in. We use cookies.", "404. Adults only. Enable cookies to vote.",
        "The file you look for does not exist. Something went wrong?",
        "Diese Seite wurde nicht gefunden. Passwort eingeben",
        "Ce fichier n'existe plus. Date de naissance",
        "This image is no longer available. Create an account to upload.",
    ],
)  # fmt: skip
def test_who_says_that_it_is_gone_is_no_wall_by_words_that_stand_anywhere(words: str) -> None:
    assert wall_before(f"<p>{words}".encode(), 200, {}) is None


@pytest.mark.parametrize(
    ("html", "waits"),
    [
        ("<p>Kennung<form><input name=k></form>", True), ("<p>loading<script src=/a.js></script>", True),
        ("<p>Welcome to the site", False), ("<p>Nothing found<form><input name=q></form>", False),
        ("<p>This domain may be for sale<form><button>Offer</button></form>", False), ("", False),
    ],
)  # fmt: skip
def test_a_page_may_wait_for_its_visitor(html: str, waits: bool) -> None:
    assert waits_for_its_visitor(html.encode()) is waits
