"""Delivery reports in the shapes of many mail systems, built from small parts.

Written after the habits of each system; every address is reserved. ``SHAPES`` gives name, message, and what it is.
``RETURN`` stands for the notice's return path, ``ID`` for its Message-ID, ``THEM`` for its recipient.
"""

# ruff: noqa: E501

import base64
from collections.abc import Iterator
from email.header import Header
from itertools import product

from hotline.words import ReplyKind

BOUNCED, AUTOMATIC, REPLIED = ReplyKind.BOUNCED, ReplyKind.AUTOMATIC, ReplyKind.REPLIED
Shape = tuple[str, bytes, ReplyKind]

ORIGINAL = "From: notice@hotline.example\nTo: THEM\nMessage-ID: ID\nSubject: Child-protection notice\n"
DAEMON = "Mail Delivery Subsystem <MAILER-DAEMON@mx.meadow.example>"

# Systems that write words: sender, subject, text, how the quoted message begins.
FAILURES = {
    "exim": (
        "Mail Delivery System <Mailer-Daemon@mx.meadow.example>", "Mail delivery failed: returning message to sender",
        "A message that you sent could not be delivered to one or more of its recipients.\nThis is a permanent error. "
        "The following address(es) failed:\n\n  THEM\n    Unrouteable address", "------ This is a copy of the message ------"),
    "qmail": (
        "MAILER-DAEMON@mx.meadow.example", "failure notice", "Hi. This is the qmail-send program at mx.meadow.example.\nI'm "
        "afraid I wasn't able to deliver your message to the following addresses.\n\n<THEM>:\nSorry, no mailbox here by that "
        "name. (#5.1.1)", "--- Below this line is a copy of the message."),
    "sendmail 8": (
        DAEMON, "Returned mail: see transcript for details", "   ----- The following addresses had permanent fatal errors "
        "-----\n<THEM>\n    (reason: 550 5.1.1 User unknown)", "   ----- Original message follows -----"),
    "sendmail 5": (
        DAEMON, "Returned mail: Host unknown", "   ----- Transcript of session follows -----\n550 THEM... Host unknown",
        "   ----- Unsent message follows -----"),
    "exchange 2003": (
        "System Administrator <postmaster@meadow.example>", "Undeliverable: Child-protection notice", "Your message did not "
        "reach some or all of the intended recipients.\n\n  THEM on 1/1/2030\n    The e-mail account does not exist", ""),
    "exchange online": (
        "Microsoft Outlook <MicrosoftExchange1@meadow.example>", "Undeliverable: Child-protection notice", "Your message to "
        "THEM couldn't be delivered.\nabuse wasn't found at meadow.example.\n550 5.1.10 RESOLVER.ADR.RecipientNotFound",
        "Original message headers:"),
    "gmail": (
        "Mail Delivery Subsystem <mailer-daemon@mail.example>", "Delivery Status Notification (Failure)", "Address not found\n"
        "Your message wasn't delivered to THEM because the address couldn't be found.", "----- Original message -----"),
    "yahoo": (
        "MAILER-DAEMON@mail.example", "Failure Notice", "Sorry, we were unable to deliver your message to the following "
        "address.\n\n<THEM>:\n554: delivery error: dd This user doesn't have an account", "--- Below this line is a copy of the message."),
    "notes": (
        "postmaster@meadow.example", "DELIVERY FAILURE: User abuse not listed in Domino Directory", "Your message\n\n  Subject: "
        "Child-protection notice\n\nwas not delivered to:\n\n  THEM\n\nbecause:\n\n  User abuse not listed in Domino Directory", ""),
    "groupwise": (
        "Mailer-Daemon@meadow.example", "Message status - undeliverable", "The attached file had the following undeliverable "
        "recipient(s):\n\tTHEM\n\nTranscript of session follows:\n 550 user unknown", ""),
    "mdaemon": (
        "MDaemon at mx.meadow.example <MDaemon@meadow.example>", "Permanent Delivery Failure", "The attached message had PERMANENT "
        "fatal delivery errors!\n\nFailed address: THEM", "--- Session Transcript ---"),
    "communigate": (
        "MAILER-DAEMON@meadow.example", "Undeliverable mail: Child-protection notice", "Failed to deliver to 'THEM'\nLOCAL module"
        "(account abuse) reports:\n account is full (quota exceeded)", ""),
    "imail": (
        "Postmaster <postmaster@meadow.example>", "Undeliverable Mail", "Invalid final delivery userid: THEM", "Original message follows."),
    "mailmarshal": (
        "postmaster@meadow.example", 'Undeliverable Mail: "notice"', "Could not be delivered because of\n\n550 5.1.1 User unknown\n\n"
        "The following recipients were affected:\n    THEM", ""),
    "barracuda": (
        "postmaster@gate.meadow.example", "**Message you sent blocked by our bulk email filter**", "Your message to: THEM\nwas "
        "blocked by our Spam Firewall. 550 5.7.1 rejected", ""),
    "mimecast": (
        "postmaster@gate.meadow.example", "[Postmaster] Email Delivery Failure", "This is a delivery failure notification message "
        "indicating that an email you addressed to THEM could not be delivered.\n550 Rejected by header based policy", ""),
    "zimbra": (
        "MAILER-DAEMON@mx.meadow.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "I'm sorry to have to inform "
        "you that your message could not\nbe delivered to one or more recipients.\n\n<THEM>: user unknown", ""),
    "opensmtpd": (
        "Mailer Daemon <MAILER-DAEMON@mx.meadow.example>", "Delivery status notification: error", "    Hi!\n\n    This is the "
        "MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred:\n\nTHEM: Domain does not exist",
        "    Below is a copy of the original message:"),
    "a mobile carrier": ("post_master@meadow.example", "Re:Child-protection notice", "Error: Invalid user address\n\n550 - no such user here", ""),
    "m-filter": (
        "POSTMASTER <postmaster@meadow.example>", "failure notice", "このメールは送信できませんでした。\nTHEM\n-------server message\n550 5.1.1 unknown",
        "-------original message"),
    "yandex": (
        "mailer-daemon@mail.example", "Недоставленное сообщение", "Это письмо отправлено почтовым сервером.\nК сожалению, мы не можем доставить ваше "
        "письмо: THEM\nПользователь не существует.", ""),
    "mail.ru": (
        "mailer-daemon@corp.mail.example", "Ваше сообщение не доставлено. Mail failure.", "Ваше письмо не может быть доставлено: THEM\n550 Mailbox Full", ""),
    "163": ("Postmaster@mail.example", "系统退信", "抱歉，您的邮件被退回来了……\n收件人 THEM\n退信原因：用户不存在", ""),
    "qq": ("PostMaster <PostMaster@mail.example>", "来自QQ邮箱的退信", "您的邮件无法投递到 THEM，原因：邮箱地址不存在。", ""),
    "ionos": (
        "Mail Delivery System <mailer-daemon@mail.example>", "Mail delivery failed: returning message to sender", "Diese Nachricht wurde "
        "automatisch erzeugt.\n\nDie folgende Adresse ist fehlgeschlagen: THEM\nBenutzer hat das zulässige Speichervolumen überschritten", ""),
    "t-online": ("Mail Delivery System <mailer-daemon@mail.example>", "Unzustellbar: notice", "Die Nachricht konnte nicht zugestellt werden: THEM", ""),
    "french": ("postmaster@mail.example", "Échec de la remise", "Votre message n'a pas pu être remis à THEM : utilisateur inconnu.", ""),
    "spanish": ("postmaster@mail.example", "No se puede entregar: aviso", "El mensaje no se pudo entregar a THEM.", ""),
    "portuguese": ("postmaster@mail.example", "Não foi possível entregar: Mensagem não entregue", "A mensagem não foi entregue a THEM: caixa de correio cheia.", ""),
    "dutch": ("postmaster@mail.example", "Onbestelbaar: melding", "Het bericht kan niet worden bezorgd: THEM bestaat niet.", ""),
    "italian": ("postmaster@mail.example", "Mancata consegna: avviso", "Impossibile recapitare il messaggio a THEM.", ""),
    "polish": ("postmaster@mail.example", "Niedostarczalne: zgłoszenie", "Nie można dostarczyć wiadomości do THEM.", ""),
}  # fmt: skip

LATE = {
    "exim warns": (DAEMON, "Warning: message 1aBcDe-0001 delayed 24 hours", "A message that you sent has not yet been delivered. Delivery attempts will continue."),
    "sendmail warns": (DAEMON, "Warning: could not send message for past 4 hours", "** THIS IS A WARNING MESSAGE ONLY **\n** YOU DO NOT NEED TO RESEND YOUR MESSAGE **"),
    "gmail waits": (DAEMON, "Delivery Status Notification (Delay)", "There was a temporary problem delivering your message to THEM. Gmail will retry for 47 more hours."),
    "postmaster waits": ("postmaster@meadow.example", "Message delayed (THEM)", "Your message has been delayed and is still awaiting delivery. Will continue trying for 96 hours."),
    "full for now": ("Postmaster <postmaster@meadow.example>", "Mail Delivery Warning", "Delivery to THEM has been postponed due to a full mailbox. We will continue to try to deliver it."),
    "delivered in words": (DAEMON, "Delivery Status Notification (Success)", "Your message was successfully delivered to THEM."),
    "held": ("postmaster@meadow.example", "Delivery notification: your message", "Your message awaits moderator approval."),
}  # fmt: skip


def _head(sender: str, subject: str, nobody: bool, more: str = "") -> str:
    path = "Return-Path: <>\n" if nobody else ""
    coded = subject if subject.isascii() else Header(subject, "utf-8").encode()
    return f"{path}From: {sender}\nTo: RETURN\nSubject: {coded}\nMIME-Version: 1.0\n{more}"


def _plain(sender: str, subject: str, text: str, quote: str, nobody: bool) -> bytes:
    head = _head(sender, subject, nobody, "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n")
    return f"{head}\n{text}\n\n{quote}\n\n{ORIGINAL}".encode()


def _coded(sender: str, subject: str, text: str, quote: str, nobody: bool) -> bytes:
    head = _head(
        sender, subject, nobody, "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n"
    )
    return head.encode() + b"\n" + base64.encodebytes(f"{text}\n\n{quote}\n\n{ORIGINAL}".encode())


def _page(sender: str, subject: str, text: str, _: str, nobody: bool) -> bytes:
    head = _head(sender, subject, nobody, 'Content-Type: multipart/mixed; boundary="b"\n')
    page = "<p>" + text.replace("\n", "<br>") + "</p>"
    return (
        f"{head}\n--b\nContent-Type: text/html; charset=utf-8\n\n<html><style>p {{}}</style>{page}</html>\n"
        f"--b\nContent-Type: message/rfc822\n\n{ORIGINAL}\nx\n--b--\n"
    ).encode()


def _in_words() -> Iterator[Shape]:
    ways = {"plain": _plain, "base64": _coded, "html": _page}
    for (name, (sender, subject, text, quote)), (way, build) in product(FAILURES.items(), ways.items()):
        yield f"{name}, {way}", build(sender, subject, text, quote, nobody=True), BOUNCED
    for (name, (sender, subject, text)), (way, build) in product(LATE.items(), ways.items()):
        yield f"{name}, {way}", build(sender, subject, text, "", nobody=True), AUTOMATIC


FIELDS: dict[str, tuple[str, ReplyKind]] = {
    "as the standard says": ("Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown", BOUNCED),
    "mailbox full": ("Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 full", BOUNCED),
    "time ran out": ("Action: failed\nStatus: 4.4.7", BOUNCED),
    "a word of its own": ("Action: error\nStatus: 5.0.0", BOUNCED),
    "failure": ("Action: failure\nStatus: 553 Exceeded", BOUNCED),
    "no status": ("Action: failed", BOUNCED),
    "no action": ("Status: 5.7.1", BOUNCED),
    "folded and odd letters": ("ACTION: Failed\nSTATUS: 5.1.1 (bad\n destination)", BOUNCED),
    "delayed": ("Action: delayed\nStatus: 4.2.2", AUTOMATIC),
    "delivered": ("Action: delivered\nStatus: 2.0.0", AUTOMATIC),
    "relayed": ("Action: relayed\nStatus: 2.1.9", AUTOMATIC),
    "expanded": ("Action: expanded\nStatus: 2.0.0", AUTOMATIC),
}
TYPES = (
    "message/delivery-status",
    "message/global-delivery-status",
    "text/delivery-status",
    "Message/Delivery-Status; charset=us-ascii",
)
QUOTES = ("message/rfc822", "text/rfc822-headers", "")


def _report(fields: str, kind: str, quote: str, coded: bool) -> str:
    status = f"Reporting-MTA: dns; mx.meadow.example\n\nFinal-Recipient: rfc822; THEM\n{fields}\n"
    encoding = ""
    if coded:
        # The marks are filled in later, so what is encoded holds none of them.
        status = base64.encodebytes(status.replace("THEM", "abuse@meadow.example").encode()).decode()
        encoding = "Content-Transfer-Encoding: base64\n"
    quoted = f"--b\nContent-Type: {quote}\n\n{ORIGINAL}\n" if quote else ""
    return (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\nThis is the mail system.\n'
        f"--b\nContent-Type: {kind}\n{encoding}\n{status}\n{quoted}--b--\n"
    )


def _in_fields() -> Iterator[Shape]:
    head = _head(DAEMON, "Mail", nobody=True)
    for (name, (fields, kind)), status, quote in product(FIELDS.items(), TYPES, QUOTES):
        yield f"{name}, {status}, {quote}", (head + _report(fields, status, quote, coded=False)).encode(), kind
    for name, (fields, kind) in FIELDS.items():
        yield f"{name}, base64", (head + _report(fields, TYPES[0], QUOTES[0], coded=True)).encode(), kind
        inner = head + _report(fields, TYPES[0], QUOTES[0], coded=False).replace('"b"', '"c"').replace("--b", "--c")
        outer = _head(
            "postmaster@gate.meadow.example", "Mail", nobody=True, more='Content-Type: multipart/mixed; boundary="b"\n'
        )
        yield (
            f"{name}, inside another",
            f"{outer}\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n".encode(),
            kind,
        )
        text = f"{head}\nFinal-Recipient: rfc822; THEM\n{fields}\n\n--- Below this line is a copy of the message.\n\n{ORIGINAL}"
        yield f"{name}, in plain text", text.encode(), kind


PEOPLE = {
    "forwards a report": ("Re: your notice", "We got this, what is it?\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1"),
    "writes of a bounce": ("Your mail to us", "Mail to our other desk bounced with 550 5.1.1; we have removed the files. Jo"),
    "speaks of a failure": ("Delivery of your notice", "It arrived here by way of our lawyers. The account was disabled today."),
    "quotes a daemon": ("Re: Undelivered Mail Returned to Sender", "You asked about this. Taken down.\n\n> This is the mail system\n> user unknown"),
    "answers as postmaster": ("Re: Child-protection notice", "Account disabled. Jo"),
}  # fmt: skip


def _by_people() -> Iterator[Shape]:
    for (name, (subject, text)), sender in product(PEOPLE.items(), ("Jo <abuse@meadow.example>", "jo@meadow.example")):
        yield f"{sender} {name}", (_head(sender, subject, nobody=False) + f"\n{text}\n").encode(), REPLIED


EVENTS = {
    '"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"THEM","status":"5.1.1"}]}': BOUNCED,
    '"eventType": "Bounce", "bounce": {"bounceType": "Transient", "bouncedRecipients": [{"emailAddress": "THEM"}]}': BOUNCED,
    '"notificationType":"Delivery","delivery":{"smtpResponse":"250 2.6.0 queued"}': AUTOMATIC,
    '"eventType":"DeliveryDelay","deliveryDelay":{"delayType":"MailboxFull"}': AUTOMATIC,
    '"notificationType":"Complaint","complaint":{"complaintFeedbackType":"abuse"}': AUTOMATIC,
}  # fmt: skip


def _in_events() -> Iterator[Shape]:
    head = _head("Desk <no-reply@events.meadow.example>", "Notification Message", nobody=False)
    for event, kind in EVENTS.items():
        text = f'{{{event},"mail":{{"messageId":"ID"}}}}\n\n--\nPlease do not reply directly to this email.\n'
        yield f"an event: {event[:40]}", f"{head}\n{text}".encode(), kind


def _by_postmasters() -> Iterator[Shape]:
    head = _head("post_master@meadow.example", "Re:Child-protection notice", nobody=False)
    text = "Error: Invalid user address\n\nError message below:\n550 - Requested action not taken: no such user here\n"
    yield "a postmaster's machine that answers", f"{head}\n{text}".encode(), BOUNCED


SHAPES: list[Shape] = [*_in_words(), *_in_fields(), *_in_events(), *_by_postmasters(), *_by_people()]
