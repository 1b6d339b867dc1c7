"""Text that others control, made safe for a header, a line and a spreadsheet.

A provider's name and a URL come from registries and from the web: from people who may wish the notice to be
misread. Nothing of theirs may start a header, a line, or a formula.
"""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

_LONGEST_NAME: Final = 120
_SPECIALS: Final = '()<>[]:;@\\,"'
# Also the wide forms: some programs turn them into the plain ones before they look for a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # fmt: skip
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)


def is_mail_address(text: str) -> bool:
    """Whether this is one plain ASCII address that may stand in a header and an envelope."""
    local = text.partition("@")[0]
    return len(text) <= 254 and len(local) <= 64 and _ADDRESS.fullmatch(text) is not None


def one_line(text: str) -> str:
    """Without control, format (bidi) and separator characters, surrogates or runs of space; at most 120 signs.

    An encoded word of mail headers (RFC 2047) is taken apart: it could bring all of these back.
    """
    return one_paragraph(text)[:_LONGEST_NAME].strip()


def one_paragraph(text: str) -> str:
    """The same, however long."""
    signs = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    plain = "".join(signs).replace("=?", "= ?").replace("?=", "? =")
    return " ".join(plain.split())


def display_name(text: str) -> str:
    """A name for a mail header, without what has a meaning there (RFC 5322, "specials").

    Python quotes such a name, but loses the quotes where it folds a long line; then an ``@`` in it is an address.
    """
    return " ".join("".join(" " if sign in _SPECIALS else sign for sign in one_line(text)).split())


def one_token(address: str) -> str:
    """An address in printable ASCII without space; what else it has is percent-encoded, which keeps its meaning."""
    return "".join(sign if "!" <= sign <= "~" else quote(sign, safe="", errors="surrogatepass") for sign in address)


def cell(text: str) -> str:
    """A spreadsheet cell that no program takes for a formula (OWASP, "CSV Injection")."""
    flat = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    return f"'{flat}" if flat.lstrip().startswith(_FORMULA_STARTS) or text.startswith(_FORMULA_STARTS) else flat
