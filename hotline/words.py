"""The words of the house, as enums: what they mean stands here once (``docs/words.md`` tells it to people)."""

from enum import StrEnum


class HomeKind(StrEnum):
    """A home is for practice or in earnest, from its first day to its last."""

    PRACTICE = "practice"
    EARNEST = "earnest"


class Role(StrEnum):
    """What a member of staff is trusted with."""

    ANALYST = "analyst"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


class Classification(StrEnum):
    """How the analysts classed the material: illegal everywhere, or by the law of the country."""

    BASELINE = "baseline"
    NATIONAL = "national"

    @property
    def confirmations(self) -> int:
        """How many different analysts must have confirmed it."""
        return 2 if self is Classification.BASELINE else 1


class CaseState(StrEnum):
    """Where a case stands on its way; ``takedown.workflow`` has the table of moves."""

    CONFIRMED = "confirmed"
    READY = "ready"
    NOTIFIED = "notified"
    ESCALATED = "escalated"
    REFERRED = "referred"
    REVIEW = "review"
    REMOVED = "removed"
    REAPPEARED = "reappeared"
    CLOSED = "closed"
    REJECTED = "rejected"


class Origin(StrEnum):
    """Whether people reported the URL or the crawl found it."""

    REPORT = "report"
    CRAWL = "crawl"


class Content(StrEnum):
    """What a URL served when it was looked at."""

    MEDIA = "media"
    PAGE = "page"
    OTHER = "other"


class Outcome(StrEnum):
    """What one look at a URL means. Unknown is not gone."""

    ONLINE = "online"
    GONE = "gone"
    CHANGED = "changed"
    MOVED = "moved"
    UNCLEAR = "unclear"


class Wall(StrEnum):
    """What stands before an answer, so that it says nothing of what was asked for."""

    LOGIN = "login"
    AGE = "age gate"
    CHALLENGE = "challenge"
    CONSENT = "consent"
    MAINTENANCE = "maintenance"
    COUNTRY = "country"
    SCRIPTS = "scripts"


class Decision(StrEnum):
    """An analyst's word on a case."""

    CONFIRM = "confirm"
    REJECT = "reject"
    CONTINUE = "continue"
    CLOSE = "close"


class ListKind(StrEnum):
    """What a hash list holds: known material, known harmless files, or what hosts put in place of removed files."""

    ILLEGAL = "illegal"
    HARMLESS = "harmless"
    PLACEHOLDER = "placeholder"


class DigestKind(StrEnum):
    """The fingerprints that the house knows."""

    SHA256 = "sha256"
    SHA1 = "sha1"
    MD5 = "md5"
    PDQ = "pdq"

    @property
    def hex_length(self) -> int:
        """Number of hexadecimal digits."""
        return {"sha256": 64, "sha1": 40, "md5": 32, "pdq": 64}[self.value]


class TicketState(StrEnum):
    """The right to crawl: open, used to its end, or run out."""

    OPEN = "open"
    DONE = "done"
    EXPIRED = "expired"


class FrontierState(StrEnum):
    """Where a URL of the crawl stands.

    ``held``: a link of a page outside the scope, which is followed only when that page shows an exact match.
    """

    QUEUED = "queued"
    HELD = "held"
    DONE = "done"
    REFUSED = "refused"
    UNCLEAR = "unclear"


class NoticeState(StrEnum):
    """Where a notice stands in the outbox."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    BOUNCED = "bounced"
    WITHHELD = "withheld"


class DeliveryOutcome(StrEnum):
    """How one attempt to hand a notice to our mail server ended."""

    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class ReplyKind(StrEnum):
    """What an answer in the inbox is. None of them removes a case."""

    BOUNCED = "bounced"
    REPLIED = "replied"
    AUTOMATIC = "automatic"
    UNMATCHED = "unmatched"


class HostAnswer(StrEnum):
    """What a recipient says about URLs of a notice. Words only: a look alone makes a removal."""

    REMOVED = "removed"
    NOT_HERE = "not_here"
    NEED_TIME = "need_time"
    DISPUTE = "dispute"
    WRONG_ADDRESS = "wrong_address"
    USE_FORM = "use_form"


class ItemState(StrEnum):
    """What a recipient is shown of a URL that a notice names.

    ``checking``: the last look did not find it, and a second one must agree before it counts as ``gone``. ``closed``:
    nothing more is asked of them.
    """

    OPEN = "open"
    ANSWERED = "answered"
    CHECKING = "checking"
    GONE = "gone"
    CLOSED = "closed"


class AnswerWay(StrEnum):
    """How an answer came: by mail, on the host's page, or from a host's own program."""

    MAIL = "mail"
    PAGE = "page"
    API = "api"


class ContactRole(StrEnum):
    """Who is asked, in the order of the ladder."""

    HOST = "host"
    CDN = "cdn"
    PLATFORM = "platform"
    UPSTREAM = "upstream"
    REGISTRAR = "registrar"
    REGISTRY = "registry"
    HOTLINE = "hotline"


class ContactKind(StrEnum):
    """How a contact is reached."""

    EMAIL = "email"
    FORM = "form"


class ContactSource(StrEnum):
    """Where a contact was learnt."""

    OVERRIDE = "override"
    RDAP = "rdap"
    WHOIS = "whois"
    RFC2142 = "rfc2142"


class ContactHealth(StrEnum):
    """Whether messages to a contact arrive.

    ``verified``: somebody answered from there, or a person vouches for it. ``suspect``: something speaks against it,
    and it is asked all the same, after those of its role that are well. ``dead``: mail came back or was refused.
    """

    UNKNOWN = "unknown"
    VERIFIED = "verified"
    SUSPECT = "suspect"
    DEAD = "dead"


class MailRoute(StrEnum):
    """What name servers say of the way to a mail domain (RFC 5321, section 5.1; RFC 7505)."""

    UNKNOWN = "unknown"
    EXCHANGER = "exchanger"
    ADDRESS = "address"
    NONE = "none"
    REFUSED = "refused"


class ToldKind(StrEnum):
    """What a recipient told us: another contact, or where the files really lie."""

    CONTACT = "contact"
    ORIGIN = "origin"


class ToldSource(StrEnum):
    """Whether it stands in an answer to a notice, was named on the host's page, or staff wrote it down."""

    REPLY = "reply"
    PAGE = "page"
    STAFF = "staff"


class ToldDecision(StrEnum):
    """A person's word on what was told: offenders answer too, so nothing told is used without one."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class Certainty(StrEnum):
    """How sure a finding is that its address is where the files lie."""

    ORIGIN = "origin"
    CDN_EDGE = "cdn_edge"
    SHARED_PLATFORM = "shared_platform"
    UNKNOWN = "unknown"


class EmbargoScope(StrEnum):
    """What an embargo holds."""

    URL = "url"
    HOST = "host"
    DOMAIN = "domain"
    DIGEST = "digest"


class CredentialKind(StrEnum):
    """What a token opens: a person's own word at the command line, or a scope of the API."""

    STAFF = "staff"
    READ = "read"
    REPORT = "report"
    CHECK = "check"
