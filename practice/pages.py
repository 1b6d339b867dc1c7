"""Pages as HTML. Texts are neutral words; what matters is where the pictures and links stand."""

from collections.abc import Callable
from html import escape

from practice.sites import Page

NOT_FOUND = "<!doctype html><title>Not found</title><p>There is no such page.</p>"
SOFT_PAGE = "<!doctype html><title>Welcome</title><p>Welcome. Please choose from the menu.</p>"

SCRIPT = """<div id="items"></div><script>
const place = {place}, name = {name};
const picture = document.createElement("img");
picture.src = place.join("/") + "/" + name.join("-");
document.getElementById("items").append(picture);
</script>"""


def html(page: Page, now_at: Callable[[str], str]) -> str:
    """The page's HTML; `now_at` tells where a picture has moved to, for hosts that change their links."""
    pictures = [f'<figure><img src="{escape(now_at(url))}" alt="item"></figure>' for url in page.pictures]
    downloads = [f'<p><a href="{escape(now_at(url))}">Download</a></p>' for url in page.downloads]
    links = [f'<li><a href="{escape(url)}">{escape(_words(url))}</a></li>' for url in page.links]
    script = [_script(page.by_script)] if page.by_script else []
    body = "\n".join([*pictures, *downloads, *script, "<ul>", *links, "</ul>"])
    title = escape(page.title)
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    return f'<!doctype html>\n<html lang="en">{head}\n<body><h1>{title}</h1>\n{body}\n</body></html>\n'


def _words(url: str) -> str:
    return url.partition("://")[2].partition("?")[0].replace("/", " ").strip()


def _script(url: str) -> str:
    """The URL in pieces, so that no search through the plain HTML finds it."""
    place, _, name = url.rpartition("/")
    return SCRIPT.format(place=place.split("/"), name=name.split("-"))
