"""Answers in many shapes, written for these tests after the forms that mail systems use.

``RETURN`` and ``ID`` stand for the notice's return path and Message-ID, ``THEM`` for its recipient.
"""
# ruff: noqa: E501

from hotline.words import ReplyKind

BOUNCED, AUTOMATIC, REPLIED = ReplyKind.BOUNCED, ReplyKind.AUTOMATIC, ReplyKind.REPLIED


def report(
    action: str, status: str, *, final: str = "THEM", original: str = "", diagnostic: str = "", text: str = ""
) -> str:
    """A standard delivery report (RFC 3464) that quotes the headers of our message."""
    more = f"Original-Recipient: rfc822;{original}\n" if original else ""
    more += f"Diagnostic-Code: smtp; {diagnostic}\n" if diagnostic else ""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.meadow.example (Mail Delivery System)
To: RETURN
Subject: Mail delivery report
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.meadow.example. {text}

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.meadow.example

Final-Recipient: rfc822; {final}
{more}Action: {action}
Status: {status}

--b1
Content-Type: text/rfc822-headers

From: notice@hotline.example
To: THEM
Message-ID: ID
Subject: Child-protection notice

--b1--
"""


def plain(sender: str, subject: str, text: str, *headers: str) -> str:
    """A plain message to the return path."""
    more = "".join(f"{header}\n" for header in headers)
    return f"From: {sender}\nTo: RETURN\nSubject: {subject}\n{more}\n{text}\n"


DAEMON = "Mail Delivery Subsystem <mailer-daemon@mx.meadow.example>"
PERSON = "Night shift <abuse@meadow.example>"

TABLE: dict[str, tuple[str, ReplyKind]] = {
    # Delivery reports as the standard has them
    "failed for good": (report("failed", "5.1.1", diagnostic="550 5.1.1 User unknown"), BOUNCED),
    "failed, small and large letters": (report("Failed", "5.0.0 (permanent)"), BOUNCED),
    "failed without a status": (report("failed", ""), BOUNCED),
    "failed, status soft, code hard": (report("failed", "4.0.0", diagnostic="550 no such user"), BOUNCED),
    "given up after days": (report("failed", "4.4.7", text="Delivery time expired."), BOUNCED),
    "no action, hard status": (report("", "5.7.1"), BOUNCED),
    "an alias at a machine of the same domain": (report("failed", "5.1.1", final="abuse@mx.meadow.example"), BOUNCED),
    "a rewritten recipient": (report("failed", "5.1.1", final="a@b.example", original="THEM"), BOUNCED),
    "delayed": (report("delayed", "4.4.1", diagnostic="450 4.2.0 try again"), AUTOMATIC),
    "delivered": (report("delivered", "2.0.0"), AUTOMATIC),
    "relayed": (report("relayed", "2.1.5"), AUTOMATIC),
    "expanded": (report("expanded", "2.1.5"), AUTOMATIC),
    "a third party behind our recipient, nothing quoted": (
        report("failed", "5.1.1", final="carol@away.example").partition("--b1\nContent-Type: text/rfc822-headers")[0],
        BOUNCED,
    ),
    # Reports that are none by the standard
    "exim": (
        plain(
            "Mail Delivery System <Mailer-Daemon@mx.meadow.example>",
            "Mail delivery failed: returning message to sender",
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
            "delivered to one or more of its\nrecipients. This is a permanent error.\n\n  THEM\n    Unrouteable address\n",
            "X-Failed-Recipients: THEM",
            "Auto-Submitted: auto-replied",
        ),
        BOUNCED,
    ),
    "exim warns": (
        plain(
            "Mail Delivery System <Mailer-Daemon@mx.meadow.example>",
            "Warning: message 1aBcDe-0001 delayed 24 hours",
            "A message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours. "
            "No action is required on your part. Delivery attempts will continue.",
        ),
        AUTOMATIC,
    ),
    "qmail": (
        plain(
            "MAILER-DAEMON@mx.meadow.example",
            "failure notice",
            "Hi. This is the qmail-send program at mx.meadow.example.\nI'm afraid I wasn't able to deliver your message.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n<THEM>:\nSorry, no mailbox here by that "
            "name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: ID\n",
            "Return-Path: <>",
        ),
        BOUNCED,
    ),
    "exchange without a report": (
        plain(
            "postmaster@meadow.example", "Undeliverable: Child-protection notice", "THEM\n#550 5.1.10 RecipientNotFound"
        ),
        BOUNCED,
    ),
    "sendmail in words": (
        plain(
            DAEMON,
            "Returned mail: see transcript for details",
            "   ----- The following addresses had permanent fatal errors -----\n<THEM>\n    (reason: 550 No such user)\n",
        ),
        BOUNCED,
    ),
    "sendmail warns": (
        plain(
            DAEMON,
            "Warning: could not send message for past 4 hours",
            "** THIS IS A WARNING MESSAGE ONLY **\n** YOU DO NOT NEED TO RESEND YOUR MESSAGE **\nWill keep trying\n",
        ),
        AUTOMATIC,
    ),
    "a full mailbox in words": (plain(DAEMON, "Undelivered Mail", "The user's mailbox is full. 552 5.2.2"), BOUNCED),
    "in German": (plain(DAEMON, "Unzustellbar: Notice", "Ihre Nachricht konnte nicht zugestellt werden."), BOUNCED),
    # Automatic answers
    "auto-replied": (plain(PERSON, "Re: notice", "I am away.", "Auto-Submitted: auto-replied"), AUTOMATIC),
    "auto-generated with a parameter": (plain(PERSON, "x", "x", "Auto-Submitted: auto-generated; owner=x"), AUTOMATIC),
    "not automatic by its own word": (plain(PERSON, "Re: notice", "Removed.", "Auto-Submitted: no"), REPLIED),
    "x-autoreply": (plain(PERSON, "Re: notice", "away", "X-Autoreply: yes"), AUTOMATIC),
    "precedence auto_reply": (plain(PERSON, "Re: notice", "away", "Precedence: auto_reply"), AUTOMATIC),
    "precedence bulk": (plain(PERSON, "Re: notice", "away", "Precedence: bulk"), AUTOMATIC),
    "precedence junk": (plain(PERSON, "Re: notice", "away", "Precedence: junk"), AUTOMATIC),
    "away, from nobody": (plain(PERSON, "Out of office: notice", "back on Monday", "Return-Path: <>"), AUTOMATIC),
    "away, by subject": (plain(PERSON, "Automatic reply: notice", "back on Monday"), AUTOMATIC),
    "away in German": (plain(PERSON, "=?utf-8?q?Abwesenheitsnotiz=3A_notice?=", "bis Montag"), AUTOMATIC),
    "away in French": (plain(PERSON, "=?utf-8?b?UsOpcG9uc2UgYXV0b21hdGlxdWU=?=", "lundi"), AUTOMATIC),
    "a ticket's acknowledgement": (
        plain(
            PERSON,
            "[Ticket#203001011] Your report",
            "Thank you for contacting us. A ticket has been opened: 203001011.",
        ),
        AUTOMATIC,
    ),
    "an acknowledgement by a machine": (
        plain(PERSON, "We got it", "This is an automated message. We have received your report."),
        AUTOMATIC,
    ),
    "from an address that is not read": (plain("no-reply@meadow.example", "Your report", "It is with us."), AUTOMATIC),
    "read receipt": (
        plain(
            PERSON,
            "Read: notice",
            "--b\n",
            'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"',
        ),
        AUTOMATIC,
    ),
    # People
    "removed": (
        plain(PERSON, "Re: Child-protection notice", "Removed, thank you.\n\n> automatically generated"),
        REPLIED,
    ),
    "removed, with a ticket's mark": (
        plain(PERSON, "Re: [Ticket#203001011] notice", "We have received your report and the file was deleted."),
        REPLIED,
    ),
    "not ours": (plain(PERSON, "Re: notice", "This address is not ours, ask the network of AS64501."), REPLIED),
    "a postmaster who is a person": (plain("postmaster@meadow.example", "Re: notice", "Account disabled. Jo"), REPLIED),
    "a person who writes of a bounce": (
        plain(PERSON, "Your mail to us", "The customer says 550 files are gone."),
        REPLIED,
    ),
}
