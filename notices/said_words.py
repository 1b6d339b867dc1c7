"""How people at hosts say what they did, in English, German, French, Spanish, Portuguese, Dutch and Russian.

A pattern matches inside one sentence in small letters. Every one is linear: a stranger chooses the text.
"""

import re
from typing import Final


def _any(*parts: str) -> "re.Pattern[str]":
    return re.compile("|".join(parts))


REMOVED: Final = _any(
    r"\b(removed|deleted|disabled|suspended|terminated|taken down|took (it |this |them )?down|took offline|"
    r"taken offline)\b",
    r"\b(shut down|blocked|deactivated|cleaned( up)?|wiped|null-?routed|is down now|now offline|gone now|purged)\b",
    r"\bno longer (be )?(available|accessible|online|reachable|live|active|served)\b",
    r"\b(issue|case|matter) (is|was|has been) resolved\b",
    r"\b(gelöscht|entfernt|gesperrt|deaktiviert|abgeschaltet|vom netz genommen|offline genommen|"
    r"nicht mehr (erreichbar|abrufbar|online))\b",
    r"\b(supprimée?s?|retirée?s?|désactivée?s?|suspendue?s?|bloquée?s?|mise?s? hors ligne|plus (accessibles?|"
    r"disponibles?|en ligne))\b",
    r"\b(eliminad[oa]s?|borrad[oa]s?|retirad[oa]s?|suspendid[oa]s?|desactivad[oa]s?|bloquead[oa]s?|"
    r"dad[oa] de baja|deshabilitad[oa]s?)\b",
    r"\bhemos (eliminado|borrado|retirado|suspendido|dado de baja)\b",
    r"\bya no (está|están|es|son) (disponible|accesible|en línea)s?\b",
    r"\b(removid[oa]s?|apagad[oa]s?|excluíd[oa]s?|desativad[oa]s?|suspens[oa]s?|fora do ar)\b",
    r"\bjá não (está|estão) (disponível|acessível|no ar)\b",
    r"\b(verwijderd|gewist|geblokkeerd|opgeschort|gedeactiveerd|uitgeschakeld|offline gehaald)\b",
    r"\bniet (meer|langer) (bereikbaar|beschikbaar|online)\b",
    r"\b(удал(ен|ён|ена|ено|ены|или|ил)|заблокирован[аоы]?|заблокировали|отключен[аоы]?|отключили|"
    r"больше не доступ\w+|недоступ\w+)\b",
)
WILL: Final = _any(
    r"\b(will|going to|shall|'ll|about to|to be|being|plan(ning)? to|intend to|must|should|can be|could be|"
    r"might|may|would|ask(ed|ing)?|request(ed|ing)?)\b",
    r"\b(wird|werden|sollte?n?|kann|können|müssen|würde)\b(?!.{0,60}\bworden\b)",
    r"\b(sera|seront|allons|va|vont|devrait|pourra|doit)\b",
    r"\b(será|serán|vamos a|va a|debe|puede|podrá|pedimos|solicit\w+)\b",
    r"\b(serão|vai|deve|pode|pedimos|solicit\w+)\b|\b(zal|zullen|gaan|moet|kan|zou)\b",
    r"\b(будет|будут|будем|должн\w+|может|можно|просим|попросили)\b",
)
NOT: Final = _any(
    r"\b(not|never|cannot|unable|refuse[ds]?|refusing|nothing|none|no|without|neither|nor|failed)\b|n't\b",
    r"n’t\b|\b(nicht|nichts|kein\w*|nie|niemals|ohne|weder|weigern)\b",
    r"\b(ne|pas|rien|aucune?|jamais|sans|refus\w+)\b|\bn['’]",
    r"\b(no|nada|ningun[oa]?|ningún|nunca|sin|tampoco)\b|\b(não|nenhum\w*|sem)\b",
    r"\b(niet|niets|geen|nooit|zonder|weiger\w*)\b|\b(не|ничего|нет|никогда|без|нельзя|отказ\w+)\b",
)
IF: Final = _any(
    r"\b(if|once|when|until|unless|whether|as soon as|before|after you|in case|should you)\b",
    r"\b(wenn|falls|sobald|ob|bis|sofern)\b|\b(si|dès que|lorsque|quand|jusqu'à)\b",
    r"\b(si|cuando|en cuanto|hasta que)\b|\b(se|quando|assim que|caso|até que)\b",
    r"\b(als|indien|zodra|wanneer|totdat)\b|\b(если|когда|как только|пока)\b",
)
ELSE: Final = _any(
    r"\b(attachments?|mailing|newsletter|unsubscrib\w+|subscri\w+|duplicate|virus|signature)\b",
    r"\bfrom (this|the|your|our) (message|e-?mail|list)\b",
    r"\b(anhang|anhänge|verteiler|pièces? jointes?|adjunt\w+|anexos?|bijlagen?|вложени\w+|рассылк\w+)\b",
    r"\byour (e-?mail|address|message)\b",
)
"""What else may be removed: attachments, somebody from a list."""

NOT_HERE: Final = _any(
    r"\bnot (being )?(hosted|located|served|stored|operated|managed) (by|with|on|at|in|here)\b",
    r"\b(is|are)(n't| not) (ours|our|in our|on our|one of our)\b",
    r"\b(do|does|did)(n't| not) (host|own|operate|manage|belong to|resolve to|point to)\b",
    r"\bnot (our|under our) (customers?|clients?|networks?|ips?|servers?|control|range|platform|"
    r"infrastructure|responsibility)\b",
    r"\bhosted (elsewhere|somewhere else|with another)\b",
    r"\b(only|just|merely) (the |a )?(registrar|cdn|proxy|reverse proxy|dns provider|carrier|transit)\b",
    r"\bno longer (our|a) customer\b|\b(nicht|kein\w*) (bei uns|in unserem|auf unseren?|unser\w*)\b",
    r"\b(hosten|betreiben) (wir|diese\w*).{0,40}nicht\b|\bgehört nicht (zu )?uns\b|\bnicht unsere?\w*\b",
    r"\b(pas|plus) (hébergée?s?|chez nous|notre|nos|un de nos|dans notre)\b|\bn'hébergeons pas\b",
    r"\bn'appart\w+ pas\b|\bno (está|están|es|son) (alojad[oa]s?|nuestr[oa]s?|cliente|en nuestr\w+)\b",
    r"\bno (alojamos|hospedamos|pertenece)\b|\bno se encuentra en nuestr\w+\b",
    r"\bnão (está|estão|é|são) (hospedad[oa]s?|alojad[oa]s?|noss[oa]s?|cliente|em noss\w+)\b",
    r"\bnão (hospedamos|alojamos|pertence)\b",
    r"\b(niet|geen) (bij ons|door ons|van ons|onze?|in ons|op onze?|klant)\b",
    r"\b(staat|staan|wordt) niet (bij|op|door) (ons|onze)\b|\bhosten.{0,30}niet\b",
    r"\bне (размещ\w+|принадлеж\w+|обслужива\w+|наш\w*|хостим|является нашим|находится (у нас|на наш\w+))\b",
)
ACTS: Final = _any(
    r"\b(act|remove|delete|disable|suspend|terminate|take (it|this|them|the \w+) (down|offline)|block|"
    r"be (removed|deleted|disabled|suspended|taken down|done|resolved)|resolve|handle|process|finish|complete|"
    r"fix|investigate|look into)\b",
    r"\b(löschen|entfernen|sperren|abschalten|gelöscht|entfernt|gesperrt|bearbeiten|erledigen|kümmern|prüfen)\b",
    r"\b(supprim\w+|retir\w+|désactiv\w+|trait\w+|agir)\b",
    r"\b(elimin\w+|borr\w+|retir\w+|suspend\w+|actuar\w*|resolver\w*)\b",
    r"\b(remov\w+|exclu\w+|desativ\w+|agir\w*|tratar\w*)\b",
    r"\b(verwijder\w+|blokker\w+|afhandel\w+|oppakken|behandel\w+|wissen)\b",
    r"\b(удал\w+|заблокир\w+|отключ\w+|рассмотр\w+|приме(м|ним)|сделаем)\b",
)
MORE_TIME: Final = _any(
    r"\b(need|require|give us|allow us|requesting|request|ask for) (some |a (little |bit )?|another |about |"
    r"up to )?(more |additional |extra )?(time|\d+ (hours|days))\b",
    r"\b(more|additional|extra|further) time\b|\b(need|require|give us|allow us|have) until\b",
    r"\b(brauchen|benötigen|haben) (noch )?bis (zum )?\d|\b(besoin|faut|laissez-nous)\b.{0,20}\bjusqu'",
    r"\bnecesitamos hasta\b|\bprecisamos (de tempo )?até\b|\bhebben tot\b.{0,30}\bnodig\b|\bнужно до\b",
    r"\b(brauchen|benötigen) (noch |etwas |mehr )*(zeit|\d+ (stunden|tage))\b|\bmehr zeit\b",
    r"\b(plus de|davantage de|besoin de|du) temps\b|\b(más|algo de|un poco de) tiempo\b",
    r"\bnecesitamos (\d+ (horas|días)|tiempo)\b|\b(mais|algum|um pouco de) tempo\b",
    r"\bprecisamos de (\d+ (horas|dias)|tempo)\b|\b(meer|extra|wat) tijd\b|\bhebben \d+ (uur|dagen) nodig\b",
    r"\b(больше|дополнительн\w+|немного|нужно) времени?\b",
    r"\bнужно (ещё |еще )?(время|\d+ (час\w*|дн\w+|дней))\b",
)
DISPUTE: Final = _any(
    r"\bwe (hereby )?(dispute|contest|object|disagree|reject|challenge)\b",
    r"\b(do|does)(n't| not) (agree|consider|believe|violate|breach|see any (violation|problem))\b",
    r"\b(is|are)(n't| not) (illegal|unlawful|a violation|in violation|prohibited)\b",
    r"\b(is|are) (legal|lawful)\b|\bno (violation|breach|illegal content)\b|\bfalse (positive|report|claim)\b",
    r"\b(your|this|the) (report|notice|claim) is (wrong|mistaken|false|unfounded|incorrect)\b",
    r"\b(widersprechen|bestreiten|nicht (illegal|rechtswidrig|verboten)|kein verstoß|fehlalarm|nicht einverstanden)\b",
    r"\b(contestons|pas (illégal|illicite|d'accord)|aucune infraction|faux positif)\b",
    r"\b(impugnamos|disputamos|no es (ilegal|ilícito)|no (estamos de acuerdo|infringe))\b",
    r"\b(contestamos|não é (ilegal|ilícito)|não (concordamos|viola)|falso positivo)\b",
    r"\b(betwisten|niet (illegaal|strafbaar|mee eens)|geen (overtreding|inbreuk))\b",
    r"\b(оспарива\w+|не (является незаконн\w+|нарушает|согласн\w+)|нет нарушени\w+|ложн\w+ (срабатывани\w+|"
    r"сообщени\w+))\b",
)
WRONG: Final = _any(
    r"\b(wrong|incorrect) (e-?mail |mail )?(address|mailbox|department|team|contact|person|inbox|company)\b",
    r"\bnot the (right|correct|proper|appropriate) (e-?mail )?(address|mailbox|department|team|contact|person|place)\b",
    r"\b(we|i|this (team|department|mailbox)) (do|does)(n't| not) (handle|process|deal with) (abuse|such|these|this)\b",
    r"\b(falsche?n? (adresse|abteilung|ansprechpartner|postfach)|nicht (die|der) richtige\w* (adresse|"
    r"abteilung|ansprechpartner)|nicht zuständig)\b",
    r"\b(mauvaise? (adresse|service|destinataire|contact)|pas la bonne adresse|pas le bon (service|contact))\b",
    r"\b(dirección (equivocada|incorrecta)|correo equivocado|departamento equivocado|no es la dirección correcta)\b",
    r"\b(endereço (errado|incorreto)|e-?mail errado|departamento errado|não é o endereço correto)\b",
    r"\b(verkeerde? (adres|afdeling|contact|mailbox)|niet het juiste (adres|contact)|niet de juiste afdeling)\b",
    r"\b(не тот адрес|неверн\w+ адрес|неправильн\w+ адрес|не по адресу|не тот отдел)\b",
)
WRITE_TO: Final = _any(
    r"\b(please|kindly|you should|must be|should be)\b.{0,60}\b(send|sent|contact|write|forward|direct(ed)?|"
    r"e-?mail(ed)?|report(ed)?|address(ed)?)\b",
    r"\b(bitte|wenden sie sich|schreiben sie|melden sie)\b|\b(veuillez|merci d[e'])\b",
    r"\b(por favor|envíe|escriba|contacte|diríjase)\b|\b(envie|escreva|contate|contacte)\b",
    r"\b(gelieve|stuur|neem contact op|graag)\b|\b(пожалуйста|обратитесь|направ\w+|пишите|обращайтесь)\b",
)
FORM: Final = _any(
    r"\b(web-?|online |abuse |report(ing)? |contact )?forms?\b|\babuse portal\b",
    r"\breporting (portal|tool|page)\b|\bonline portal\b|\b(web|online|kontakt|melde|abuse-?)?formulare?\b",
    r"\bformulaire\b|\bformul[aá]rio\b|\b(web|meld|contact)?formulier\b|\bформ[уыае]\b",
)
USE: Final = _any(
    r"\b(use|using|fill|filling|complete|submit(ted|ting)?|file|via|through|go to|visit|report|only accept|must)\b",
    r"\b(nutzen|benutzen|verwenden|ausfüllen|über|melden)\b",
    r"\b(utilis\w+|rempli\w+|via|soumett\w+|complét\w+|passer par)\b",
    r"\b(us[ea]r?|utilic\w+|utilizar|complet\w+|rellen\w+|envi\w+|a través|através|preench\w+|utilize)\b",
    r"\b(gebruik\w*|invul\w+|vul|via|indienen)\b|\b(использ\w+|заполн\w+|через|воспольз\w+)\b",
)
LINK: Final = re.compile(r"\bhttps?://[^\s<>\"]{3,500}|\bwww\.[^\s<>\"]{3,500}")
MAILBOX: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}")

HOURS: Final = re.compile(
    r"\b(?:within|in|next|innerhalb von|binnen|innerhalb|dans les|sous|dans|en|dentro de|em|nas próximas|"
    r"binnen|over|в течение|через)?\s?"
    r"(\d{1,3})\s?(?:more |business |working |weitere |autres )?(hours?|hrs?|h|stunden?|heures?|horas?|uur|"
    r"uren|час(?:ов|а)?|"
    r"days?|tagen?|jours?|d[ií]as?|dagen|дн(?:ей|я)|день)\b"
)
DAYS: Final = re.compile(r"^(day|tag|jour|d[ií]a|dag|дн|день)")
TOMORROW: Final = re.compile(r"\b(tomorrow|morgen|demain|mañana|amanhã|завтра)\b")
TODAY: Final = re.compile(r"\b(today|tonight|heute|aujourd'hui|hoy|hoje|vandaag|сегодня)\b")
WEEKDAYS: Final = tuple(
    re.compile(rf"\b({names})\b")
    for names in (
        "monday|montag|lundi|lunes|segunda(?:-feira)?|maandag|понедельник\\w?",
        "tuesday|dienstag|mardi|martes|terça(?:-feira)?|dinsdag|вторник\\w?",
        "wednesday|mittwoch|mercredi|miércoles|quarta(?:-feira)?|woensdag|сред[ауы]",
        "thursday|donnerstag|jeudi|jueves|quinta(?:-feira)?|donderdag|четверг\\w?",
        "friday|freitag|vendredi|viernes|sexta(?:-feira)?|vrijdag|пятниц[ауы]",
        "saturday|samstag|sonnabend|samedi|sábado|zaterdag|суббот[ауы]",
        "sunday|sonntag|dimanche|domingo|zondag|воскресень[ея]",
    )
)
ISO_DAY: Final = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
