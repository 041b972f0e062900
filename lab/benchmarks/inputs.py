"""The request bodies that are timed, made from a seed: the same bytes on every machine."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

ASCII = """
a about after again all also and any as at be because but by can come could day do even find first for from get give go
good have he her here him his how if in into it its just know like look make man many me more my new no not now of on
one only or other our out people say see she so some take tell than that the their them then there these they thing
think this those time to two up us use very want way we well what when which who will with work would year you your
""".split()

# Words of each script; a sentence stays within one. Latin is French, German, Polish and Czech.
SCRIPTS = {
    "Latin": """
    été garçon où forêt naïve cœur français élève déjà château Straße größer Übung schön fließen Mädchen Äpfel Füße
    źródło święto żółty mąż łąka dziękuję Gdańsk pięć kůň příliš žluťoučký úpěl ďábelské ódy řeka čtyři le und jest ale
    """.split(),
    "Greek": """
    ο κόσμος θάλασσα ήλιος και άνθρωπος λόγος Ελλάδα γλώσσα ύμνος νησί ψωμί χώρα αυτός ΐδιος ουρανός καλημέρα δρόμος
    """.split(),
    "Cyrillic": """
    и мир человек Москва здравствуйте работа время ещё день город Київ їжак ґрунт љубав што съешь этих мягких булок
    """.split(),
    "CJK": """
    東京 世界 你好 今天 天氣 漢字 日本語 ひらがな カタカナ コーヒー
    안녕하세요 한국 서울 사람 我們 學習 電腦 時間
    """.split(),
    "emoji": "🦀 🎉 🌍 🚀 😀 👍🏽 👩‍🚀 🇪🇺 🍕 🎵 🐍 ⭐ 🌧 🧵 🥐 🏔".split(),
}
ENDS = {"CJK": "。！？"}


@dataclass(frozen=True)
class Input:
    """One body: a JSON object with the text, all of which is to be upper-cased."""

    name: str
    text: str

    @property
    def body(self) -> bytes:
        """UTF-8, with no character escaped that JSON allows to stand."""
        fields = {"text": self.text, "maxLength": len(self.text), "uppercase": True}
        return json.dumps(fields, ensure_ascii=False).encode()


def inputs(seed: int) -> list[Input]:
    """The inputs; their names are the columns of every table."""
    mixed = _cut(" ".join(_mixed(random.Random(seed), 1_300_000)), 1_300_000)
    plain = " ".join(_sentences(random.Random(seed), "ASCII", ASCII, 1_000_000))
    return [
        Input("1 KB ASCII", _cut(plain, 1_000)),
        Input("1 MB ASCII", _cut(plain, 1_000_000)),
        Input("1.3 MB mixed", mixed),
    ]


def shares(text: str) -> dict[str, float]:
    """Which part of the UTF-8 bytes of a text belongs to words of each script; the rest is blanks and punctuation."""
    script_of = {word.lower(): script for script, words in SCRIPTS.items() for word in words}
    found = dict.fromkeys(SCRIPTS, 0)
    for word in text.split():
        bare = word.strip(".,!?。！？、").lower()
        if bare in script_of:
            found[script_of[bare]] += len(bare.encode())
    return {script: size / len(text.encode()) for script, size in found.items()}


def _mixed(chance: random.Random, size: int) -> Iterator[str]:
    """Sentences, the next one always in the script that has the fewest bytes so far."""
    written = dict.fromkeys(SCRIPTS, 0)
    while sum(written.values()) < size:
        script = min(written, key=lambda name: written[name])
        sentence = _sentence(chance, script, SCRIPTS[script])
        written[script] += len(sentence.encode()) + 1
        yield sentence


def _sentences(chance: random.Random, script: str, words: list[str], size: int) -> Iterator[str]:
    written = 0
    while written < size:
        sentence = _sentence(chance, script, words)
        written += len(sentence.encode()) + 1
        yield sentence


def _sentence(chance: random.Random, script: str, words: list[str]) -> str:
    chosen = chance.choices(words, k=chance.randint(4, 14))
    if len(chosen) > 8:
        chosen[4] += "," if script != "CJK" else "、"
    return " ".join([chosen[0].capitalize(), *chosen[1:]]) + chance.choice(ENDS.get(script, ".!?"))


def _cut(text: str, size: int) -> str:
    """The longest start of a text that has at most so many bytes of UTF-8."""
    return text.encode()[:size].decode(errors="ignore")
