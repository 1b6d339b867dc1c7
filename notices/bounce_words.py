"""How mail systems say that a message did not arrive, in the words of each and in the languages of many.

Sentences of Exim, qmail, Postfix, Sendmail, Exchange, Notes, GroupWise, IMail, CommuniGate, MailMarshal, and of mail
services in Europe and Asia. Every pattern is linear in its line: a stranger chooses the text that it runs over.
"""

import re
from typing import Final


def _any(*parts: str) -> "re.Pattern[str]":
    return re.compile("|".join(parts), re.IGNORECASE)


SENDER: Final = _any(
    r"mailer[-_. ]?daemon|mail[-_. ]?daemon|mdaemon|mail deliver|mail[-_.]delivery|delivery[-_. ]sub ?system",
    r"mail[-_. ]system|mail administrator|mailadm|non[- ]?delivery|microsoft exchange|microsoft outlook|^ndr$",
    r"^bounces?$|mail delivery|smtp_mail_service|antivirus_for_smtp|mail router|^mailrouter",
    r"internet mail (service|delivery)|mail gateway|système de distribution|sistema de (entrega|correo)|почтов",
    r"доставк|メール配信|系统管理员|系统退信",
)
POSTMASTER: Final = _any(
    r"post[-_. ]?master|mailmaster|^mmdf|^root$|mail-?admin|exchange",
)

SUBJECT: Final = _any(
    r"undeliver|returned (mail|message|to sender|e-?mail)|failure notice|notification d'échec",
    r"return(ing|ed)? to sender",
    r"(delivery|mail|message|e-?mail)( [\w']+){0,2} (has )?(fail(ed|ure|s)?|problem|error|warning|aborted|rejected)\b",
    r"delivery (status )?notification|status notification|fail(ed|ure):? (mail|message|delivery|notice)",
    r"failed mail|mail error",
    r"(mail|message|e-?mail)( could| was| is|) ?(not|n't) (be )?(delivered|deliverable|sent)",
    r"could not (be )?deliver|(un|non)[- ]?deliver(able|ed|y)|delivery (failure|report|incomplete|status)",
    r"nondeliverable|rejected (mail|message|post)|user (unknown|not found)|unknown (user|recipient|address)",
    r"address (unknown|not found)|no such (user|mailbox)|bounce|mailbox (is )?(full|unavailable)",
    r"(over|exceeded) quota|transcript for details|nameserver error|processing error|unzustellbar",
    r"nicht zu(ge)?stell|zustell(ung|fehler|bericht)|konnte nicht|fehlgeschlagen|rückläufer",
    r"non (re|dé)?(mis|livr|distribu)|échec de (la )?(remise|distribution|livraison)",
    r"impossible de (remettre|distribuer)|courrier (non|retourné)|avis de non|utilisateur non|n'a pas (pu|été)",
    r"non remis|no (se )?(puede|pudo|ha podido|se entreg|entregado)|sin entregar|devuelto",
    r"fallo (de|en la) entrega|error de entrega|não (foi )?(entreg|pôde|pode)|devolvid|falha (na|de) entrega",
    r"mensagem não|entrega (falhou|fallida)|mancat[ao] (consegna|recapito)|non (recapit|consegn)",
    r"impossibile (recapitare|consegnare)|errore di consegna|onbestelbaar|niet (bezorgd|afgeleverd|besteld)",
    r"bezorging mislukt|kan niet worden (bezorgd|afgeleverd)|retour afzender|kunde inte|ikke leveres",
    r"kunne ikke|olevererbart|niedostarcz|nie (można|dostarcz|doręcz)|zwrot|nedoručit|doručení|kézbesít",
    r"не ?достав|недостав|не может быть достав|возврат|ошибка доставки|отчет о доставке|не удалось достав",
    r"невозможно достав|配信(不能|エラー|失敗|できません)|送信(できません|エラー|失敗)|配達(不能|できません)",
    r"未達|エラーメール|お届けできません|退信|未送达|无法(投递|送达|发送|传递)|投递失败|发送失败|系统退信",
    r"無法(傳送|投遞)|退回|반송|전송 ?실패|배달 ?실패|teslim edilemedi|iletilemedi",
)
FAILED: Final = _any(
    r"permanent(ly)? (error|fatal|failure|rejected|failed)|given up|giving up|undeliver|fatal errors?",
    r"delivery errors?|(could|can) ?(not|n't|n[o']t) (be )?deliver|could ?n[o']t be (delivered|sent)",
    r"cannot be delivered|not delivered|non-?delivered",
    r"(unable|not able|impossible) to (be )?(deliver|send|relay)|wasn't (able to )?deliver|did(n't| not) reach",
    r"delivery problems|deliver(y|e?ry)? [^.\n]{0,60}(failed|fail(ure)?s?|aborted|unsuccessful)",
    r"failed (recipient|address|permanently)|(returned|bounced) (because|to (the )?sender|it)|been returned",
    r"(rejected|refused) (by|your|the|for)|was (automatically )?rejected",
    r"user(id)? (is )?(unknown|not known|not found)",
    r"(unknown|invalid|illegal|nonexistent|bad) (final delivery )?(user|recipient|address|mailbox|account|"
    r"host|domain|destination)",
    r"no (such|valid) (user|mailbox|recipient|address|person|account|domain|host)|no mailbox",
    r"not (a )?(valid|known|listed|our customer)",
    r"(user|mailbox|recipient|address|account|domain|person)[^.\n]{0,80}(unknown|unavailable|not (be )?found|"
    r"(does|did) ?n[o']t (exist|exactly)|does not exist|not exist|rejected|disabled|inactive|suspended|"
    r"over ?quota|(is|was) full|quota|no longer)",
    r"(mailbox|quota|disk|space)[^.\n]{0,40}(full|exceed|not enough|limit)",
    r"exceed(ed|ing|s)? [^.\n]{0,40}(size|quota|limit|attempts)|unrouteable|host (unknown|not found)",
    r"unknown host|relay(ing)? (access )?(denied|not)|not reachable|no gateway|could not find a gateway",
    r"access denied|blocked (using|by)|spam(ming)? (message )?(rejected|detected)|message refused",
    r"policy (violation|reasons)|not have a final email delivery|does not have a|no matches to",
    r"failure reasons?|reason for (the )?(failure|return)|delivery attempts? fail|nicht zu(ge)?stell",
    r"konnte nicht|unbekannt(er)? (empfänger|benutzer)|existiert nicht|fehlgeschlagen",
    r"postfach (ist )?(voll|über)|n'a pas (pu|été)|n'ont pas|n'existe pas|échec|impossible de",
    r"boîte [^.\n]{0,30}pleine|introuvable|no (se )?(pudo|puede|ha podido|existe|entreg)",
    r"buzón [^.\n]{0,30}llen|no encontrad|fallo|no fue entregad|não (foi|pôde|pode|existe)",
    r"caixa [^.\n]{0,30}cheia|falha|non (è stato|esiste|recapit|consegn)|impossibile|casella [^.\n]{0,30}piena",
    r"niet (worden )?(bezorgd|afgeleverd|besteld)|bestaat niet|mislukt|postvak [^.\n]{0,30}vol|kunde inte",
    r"kunne ikke|finns inte|findes ikke|nie (można|mogła|został|istnieje)|niedostarcz|nelze doručit|nebylo",
    r"neexistuje|не (может|удалось|был[ао]?|существу|найден|доставлен)|несуществ|переполнен|отклонен",
    r"не ?достав|невозможно|送信できません|配信できません|見つかりません|ありません|失敗|エラー|存在しません",
    r"无法|失败|不存在|退信|退回|已满|拒绝|拒收|未能|無法|已滿|실패|존재하지|없는|반송|teslim edilemedi",
    r"bulunamadı",
)
DELAYED: Final = _any(
    r"warning message only|advisory-only|(will|is|still) (be(ing)? )?(retried|queued)|not yet been delivered",
    r"is still (trying|awaiting)|(will|to) (continue|keep) (to (be )?)?try",
    r"attempts? (to deliver [^.\n]{0,60})?(will continue|continues|is continuing)|will be retried",
    r"(delivery|message|mail|e-?mail)[^.\n]{0,60} (is |was |has been |have been |being )?(delayed|postponed|deferred)",
    r"^delayed|delayed mail|do(es)? not need to resend|no action is required",
    r"delivery status notification \(delay\)|delivery delay|delay(ed)? notification",
    r"will (be )?(try|retried|attempt(ed)?)( to deliver[^.\n]{0,40})? again|temporarily (suspended|delayed)",
    r"transient non-fatal errors|could not send message for past|will (make|keep) [^.\n]{0,40}attempts",
    r"still (be )?in (the )?queue|verzögert|verzögerung|wird weiter versucht|retard(ée?)? (de|dans)",
    r"a été retardé|remise différée|retrasad|demorad|se seguirá intentando|atrasad|adiada|in ritardo|ritardat",
    r"vertraagd|vertraging|opóźni|zpožd|försenad|forsinket|задерж|отложен|будет продолж|повторн(ая|ые) попытк",
    r"遅延|配信が遅れ|延迟|延遲|지연",
)
END: Final = _any(
    r"given up|giving up|permanent (error|failure|fatal)|no (further|more) attempts?|will not be retried",
    r"last attempt|not? try again|will not try to redeliver|has expired",
    r"(queue|delivery) (period|time) (expired|exceeded)|(too long|timed out) in (the )?queue|within \d+ days?",
    r"(has|have) been (cancell?ed|returned|aborted)|maximum (delivery )?attempts|aborted after|endgültig",
    r"définitif|definitivamente",
)
ARRIVED: Final = _any(
    r"successfully (delivered|relayed|sent|received)",
    r"(was|were|been|is) (successfully )?(relayed|delivered to (the|your|this|its))",
    r"delivery status notification \((success|relay)|delivery to [^.\n]{0,80} (was )?(successful|complete)",
    r"relayed to (a )?mail|(message|mail) (was )?(read|displayed|opened) (on|at)|return receipt",
    r"erfolgreich zugestellt|wurde zugestellt|remis avec succès|entregado correctamente|entregue com sucesso",
    r"успешно доставлен|delivered to the following recipients|配信されました|成功",
)
HELD: Final = _any(
    r"quarantin|await(s|ing) (the )?(moderat|approval|review)|held (for|until|in)|(is|be) reviewed by",
    r"moderator('s)? (approval|to review)|confirm (that )?you|to confirm your|verify (that )?you|challenge",
    r"whitelist|approved? senders?|click (on )?(the|this) link",
)
SEPARATOR: Final = (
    r"below this line is|this is a copy|original[- ]message|message headers?|the (body|header)|"
    r"undelivered message|unsent message|returned m(ail|essage)|unsent mail|message text follows|"
    r"forwarded message|below the next line|copy of (the|your) (original )?message|message log|"
    r"header of the source|ursprüngliche nachricht|message d'origine|mensaje original|original e?-?mail|"
    r"mensagem original|messaggio originale|oorspronkelijk bericht|исходное сообщение"
)
"""What stands behind dashes where a report begins to quote the message that it is about."""

SEPARATOR_LINE: Final = (
    r"original message (follows|headers|as received|header)|the original message (follows|header)|"
    r"your message reads|below is a copy of|here is (a copy of )?your (original )?message|received: (from|by) |"
    r"return-path: ?<|the first \d+ lines of your"
)
"""The same without dashes."""
