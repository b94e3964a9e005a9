from __future__ import annotations

import pytest

from aigc_cli.errors import WorkflowError
from aigc_cli.media.speech.reading.language import check_language, detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The kettle is ready in a minute and keeps the water warm for you.", "en"),
        ("El nuevo café abre mañana en el centro de la ciudad con una oferta para todos los clientes.", "es"),
        ("Le nouveau café ouvre demain dans le centre avec une offre pour tous les clients.", "fr"),
        ("Der neue Laden ist in der Stadt und hat eine Auswahl für die Kunden.", "de"),
        ("Il nuovo bar apre domani nel centro della città con una offerta per tutti gli ospiti, ma non è più aperto.", "it"),
        ("O novo café abre amanhã e não é mais do que uma loja com ofertas para os clientes.", "pt"),
        ("De nieuwe winkel is open en het is een feest voor de buurt met taart.", "nl"),
        ("今天北京有小雨。", "zh"),
        ("OpenAI发布了新的语言模型，今天上线。", "zh"),
        ("今日は東京で雨です。", "ja"),
        ("오늘은 서울에 비가 옵니다.", "ko"),
        ("Сегодня в Москве дождь.", "ru"),
        ("Buenos días a todos, hoy vamos a hablar de la economía de los países.", "es"),
        ("Aujourd'hui, notre nouveau café ouvre chez vous.", "fr"),
        ("Heute öffnet unsere neue Filiale.", "de"),
        ("Our men from Buenos Aires, alle and tutti, opened a hub at the cafe.", "en"),
        ("Pikolo Espresso", None),
        ("Zürich Café Olé", None),
        ("", None),
        ("🎉 12345", None),
    ],
)
def test_the_language_of_a_text(text: str, language: str | None) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le prix des produits est dans tous les journaux pour une semaine.", "en"),
        ("The price of the kettle is on the page for you.", "zh"),
        ("今天北京有小雨。", "en"),
        ("Сегодня дождь.", "en-GB"),
    ],
)
def test_a_text_in_another_language_is_refused(text: str, language: str) -> None:
    with pytest.raises(WorkflowError, match="the text is in") as caught:
        check_language(text, language)
    assert "language" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Café Olé is in La Paz, and it is open.", "en"),
        ("Das Auto is the slogan of a car maker from Germany, and we like it.", "en"),
        ("苹果发布了The New iPad和the Pencil for you and me。", "zh-CN"),
        ("Hola", "en"),
        ("Jambo, habari za leo", "sw"),
    ],
)
def test_names_and_short_texts_pass(text: str, language: str) -> None:
    check_language(text, language)
