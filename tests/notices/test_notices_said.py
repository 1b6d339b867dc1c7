"""What people's answers say, in seven languages; and all that only looks like it."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.words import HostAnswer
from notices.said import named, said_in

AT = datetime(2030, 1, 2, 10, tzinfo=UTC)  # a Wednesday

SAID = {
    HostAnswer.REMOVED: (
        "Removed, thank you.", "Hello,\n\nthe content has been removed.\n\nRegards", "We have suspended the account.",
        "The file was deleted and the customer terminated.", "The site is no longer available.", "Taken down. Jo",
        "Die Inhalte wurden gelöscht.", "Wir haben die Dateien entfernt.", "Der Kunde wurde gesperrt.",
        "Le contenu a été supprimé.", "Nous avons retiré les fichiers.", "Hemos eliminado el contenido.",
        "El contenido ha sido retirado.", "O conteúdo foi removido.", "O site foi desativado.",
        "De bestanden zijn verwijderd.", "De inhoud is niet meer bereikbaar.", "Контент удалён.", "Мы удалили файлы.",
    ),
    HostAnswer.NOT_HERE: (
        "This is not hosted by us.", "This address is not ours, ask the network of AS64501.",
        "We do not host this site.",
        "We are only the registrar of this domain.",
        "The IP is not in our network. Please contact abuse@cedar.example.",
        "Diese Seite liegt nicht bei uns.", "Ce site n'est pas hébergé chez nous.",
        "El sitio no está alojado en nuestra red.",
        "O site não está hospedado connosco.", "Deze site staat niet bij ons.", "Этот сайт не размещается у нас.",
    ),
    HostAnswer.NEED_TIME: (
        "We will remove it within 24 hours.", "We will act by Friday.",
        "We need more time.", "It will be removed tomorrow.", "We need until 2030-01-03 12:00 UTC to remove this.",
        "Please give us until Friday.", "Wir brauchen bis 2030-01-03.", "Necesitamos hasta mañana.",
        "Wir werden die Inhalte bis Freitag löschen.", "Wir brauchen noch etwas Zeit.",
        "Nous allons supprimer cela demain.",
        "Nous avons besoin de plus de temps.", "Vamos a eliminarlo en 24 horas.", "Necesitamos más tiempo.",
        "Será removido em 2 dias.", "Precisamos de mais tempo.", "We zullen het binnen 24 uur verwijderen.",
        "Мы будем удалять завтра.", "Нужно больше времени.",
    ),
    HostAnswer.DISPUTE: (
        "We dispute this report.", "This content is not illegal.",
        "This does not violate the law.", "This is a false positive.",
        "Wir bestreiten das.", "Nous contestons ce signalement.",
        "El contenido no es ilegal.", "O conteúdo não é ilegal.",
        "Wij betwisten deze melding.", "Мы оспариваем это сообщение.",
    ),
    HostAnswer.WRONG_ADDRESS: (
        "You have the wrong address.", "Please send such reports to abuse@cedar.example.",
        "Das ist die falsche Adresse.",
        "Ceci est la mauvaise adresse.", "Es la dirección equivocada.", "Este é o endereço errado.",
        "Dit is het verkeerde adres.", "Это неверный адрес.", "Bitte schreiben Sie an abuse@cedar.example.",
    ),
    HostAnswer.USE_FORM: (
        "Please use our abuse form at https://meadow.example/abuse.",
        "Reports must be submitted through our form: https://x.example/a",
        "Bitte nutzen Sie unser Formular.", "Veuillez utiliser notre formulaire.", "Por favor, use nuestro formulario.",
        "Por favor, preencha o formulário.", "Gelieve het formulier te gebruiken.", "Пожалуйста, заполните форму.",
        "Wrong address. Please use the web form at https://meadow.example/abuse",
    ),
}  # fmt: skip

NOTHING = (
    "", "Thank you.", "We have not removed it.",
    "It cannot be removed.", "We refuse to have it removed.", "Nothing was removed.",
    "Has it been removed?", "Once it is removed we will tell you.",
    "Please confirm whether it was removed.", "It should be removed.",
    "The attachment was removed.", "You have been removed from our mailing list.", "We are looking into it.",
    "We have forwarded your report to our customer.", "We will have it removed.",
    "We asked the customer to have it removed.",
    "Your request was received.", "We answer all reports within 24 hours.", "If this is the wrong address, tell us.",
    "We removed nothing.", "The files were removed. This content is not illegal.",
    "Removed. The rest will be removed by Friday.",
    "Die Inhalte wurden nicht gelöscht.", "Wir können das nicht löschen.",
    "Wurde es gelöscht?", "Sobald es gelöscht wurde, melden wir uns.",
    "Le contenu n'a pas été supprimé.", "Nous ne pouvons pas supprimer ce contenu.",
    "El contenido no ha sido eliminado.",
    "No podemos eliminarlo.", "O conteúdo não foi removido.", "Não foi removido.", "De bestanden zijn niet verwijderd.",
    "We kunnen dit niet verwijderen.", "Контент не удалён.", "Мы не удалили файлы.", "We won't need more time.",
    "This message and any attachments may be confidential; if you are not the recipient, delete it.",
)  # fmt: skip


@pytest.mark.parametrize(("answer", "text"), [(answer, text) for answer, texts in SAID.items() for text in texts])
def test_plain_words_are_understood(answer: HostAnswer, text: str) -> None:
    said = said_in(text, AT)
    assert said is not None and said.answer is answer
    assert said.sentence in " ".join(text.split())


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_like_it_says_nothing(text: str) -> None:
    assert said_in(text, AT) is None


@pytest.mark.parametrize("text", [text for texts in SAID.values() for text in texts])
def test_a_program_says_at_most_that_there_is_a_form(text: str) -> None:
    said = said_in(text, AT, by_person=False)
    assert said is None or said.answer is HostAnswer.USE_FORM


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("We will remove it within 24 hours.", AT + timedelta(hours=24)),
        ("We need 2 days.", AT + timedelta(days=2)),
        ("We will act by Friday.", datetime(2030, 1, 4, 23, 59, tzinfo=UTC)),
        ("It will be removed today.", datetime(2030, 1, 2, 23, 59, tzinfo=UTC)),
        ("It will be removed tomorrow.", datetime(2030, 1, 3, 23, 59, tzinfo=UTC)),
        ("It will be removed on 2030-01-05.", datetime(2030, 1, 5, 23, 59, tzinfo=UTC)),
        ("It will be removed on 2030-13-45.", None),
        ("Wir werden es bis Montag löschen.", datetime(2030, 1, 7, 23, 59, tzinfo=UTC)),
        ("We need more time.", None),
    ],
)
def test_the_time_that_is_named_is_read(text: str, until: datetime | None) -> None:
    said = said_in(text, AT)
    assert said is not None and (said.answer, said.until) == (HostAnswer.NEED_TIME, until)


def test_urls_of_the_notice_that_are_named_are_found_however_they_are_spelt() -> None:
    urls = {1: "http://meadow.example/a.png", 2: "http://meadow.example/b.png", 3: "http://meadow.example/ab.png"}
    assert named("removed http://meadow.example/a.png.", urls) == (1,)
    assert named("removed hxxp[:]//meadow[.]example/b.png and <http://meadow.example/a.png>", urls) == (1, 2)
    assert named(" ".join(urls.values()), urls) == named("removed", urls) == ()


@given(st.text(max_size=500))
def test_no_text_stops_it(text: str) -> None:
    said_in(text, AT)


@pytest.mark.parametrize(
    "piece", ["not ", "we will ", "1", "a", "http://", "@", "x@x.", "please send ", "within 9 ", ". ", "\n", "ß"]
)
def test_no_text_takes_long(piece: str) -> None:
    begun = time.monotonic()
    said_in(piece * 200_000, AT)
    assert time.monotonic() - begun < 2
