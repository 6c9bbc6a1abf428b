"""A secret is found in every encoding, nested to two levels, and what stands around it stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier.secrets import InClear, Scrubber, hide_secrets
from tests.secrets.encodings import ENCODERS, FOLDERS

SECRETS = (
    "hunter2-pass",
    'it\'s "quoted" & <odd>/`x`',
    "pä$$wörd+ 100%",
    "back\\slash\\n'x",
    "-----BEGIN K-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nabcDEF123456+/==\n-----END K-----",
    "clé 😀 key 42",
    "ab&c",
    "a'b\"",
    "\\\\x\\",
    "%41%42zz9",
    "a\nb c",
)
CONTEXTS = (("", ""), ("error: ", ". Try again"), ('{"m": "', '"}'), ("?k=", "&z=1"), ("ab", "yz"), (", ", "\\n"))
IN_MORE = {name for name in ENCODERS if "of more" in name}


def left(before: str, after: str, result: str) -> str:
    """Return what is left of a text between what stood around it."""
    start = next((n for n in range(len(before), -1, -1) if result.startswith(before[:n])), 0)
    rest = result[start:]
    end = next((n for n in range(len(after) + 1) if rest.endswith(after[n:])), len(after))
    return rest[: len(rest) - len(after) + end]


@pytest.mark.parametrize("first", ENCODERS)
def test_two_levels(first: str) -> None:
    """Nothing is left but what an encoder wrote around the secret: the text beside it, and padding."""
    wrong = []
    for number, second in enumerate(ENCODERS):
        inner, outer = ENCODERS[first], ENCODERS[second]
        before, after = CONTEXTS[number % len(CONTEXTS)]
        around = inner("k: ...") if {first, second} & IN_MORE else "=="
        for secret in SECRETS if second == "raw" else SECRETS[number % 3 :: 3]:
            scrubber = Scrubber([secret])
            result = scrubber.text(f"{before}{outer(inner(secret))}{after}")
            rest = left(before, after, result).replace("(sensitive)", "")
            whole = scrubber.text(outer(inner(f"C:\\{secret}\\")))
            if "(sensitive)" not in result or "(sensitive)" not in whole or len(rest) > len(outer(around)) + 3:
                wrong.append((secret, second, before, result, whole))
    assert wrong == []


@pytest.mark.parametrize("name", FOLDERS)
def test_separated_letters_and_words(name: str) -> None:
    """Of UTF-16 only texts of ASCII are found. The beginning of a PEM key is common, and stays."""
    secrets = [one for one in SECRETS if one[0] != "-" and (one.isascii() or "UTF-16" not in name)]
    written = {one: FOLDERS[name](one) for one in secrets}
    wrong = [
        (secret, encoding)
        for secret, text in written.items()
        for encoding, encode in (("none", str), ("JSON", ENCODERS["JSON"]), ("base64", ENCODERS["base64"]))
        if not Scrubber([secret]).text(f"error: {encode(text)}.").startswith("error: (sensitive)")
    ]
    assert wrong == []


def test_runs_of_a_secret_are_hidden_at_a_cut_and_inside() -> None:
    scrubber = Scrubber(["correct horse battery staple"])
    assert scrubber.text("cut: correct h") == "cut: (sensitive)"
    assert scrubber.text("cut: correct") == "cut: correct"
    assert scrubber.text("… battery sta…") == "…(sensitive)…"
    assert scrubber.text("%20horse%20battery") == "(sensitive)"


def test_white_space_makes_no_difference() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCabcDEF\n-----END RSA PRIVATE KEY-----\n"
    scrubber = Scrubber([key, "a\nb c"])
    for text in (
        key,
        " ".join(key.split()),
        "".join(key.split()),
        key.replace("\n", "\\n"),
        key.replace("\n", "\r\n  "),
    ):
        assert "MIIEvQ" not in scrubber.text(text)
        assert "abcDEF" not in scrubber.text(text)
    assert scrubber.text("x a b  c") == "x (sensitive)"


@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        ("x", "(sensitive)"),
        ("1234", "(sensitive)"),
        (1234, "(sensitive)"),
        (123, 123),
        (True, True),
        ("true", "true"),
        ("", ""),
        (None, None),
        (12345, 12345),
        ("12345", "(sensitive)5"),
        ("xy", "xy"),
        ({"hunter2!": ["x", {"k": "say hunter2!"}]}, {"(sensitive)": ["(sensitive)", {"k": "say (sensitive)"}]}),
    ],
)
def test_values(value: object, hidden: object) -> None:
    """A whole value is hidden however short, a part from 4 characters on; no booleans, no numbers of 3 digits."""
    assert Scrubber(["x", "1234", "123", "hunter2!", "true", ""]).value(value) == hidden


def test_what_the_files_say_in_clear_stays_readable() -> None:
    """Names everywhere, keys in what applier says; not a word more than that, and no value that is the secret."""
    scrubber = Scrubber(
        ["PUBLIC"], InClear(frozenset({"models/PUBLIC_orders", "PUBLIC_orders"}), frozenset({"IS_PUBLIC"}))
    )
    text = "models/PUBLIC_orders: IS_PUBLIC is not PUBLIC"
    assert scrubber.text(text, is_ours=True) == "models/PUBLIC_orders: IS_PUBLIC is not (sensitive)"
    assert scrubber.text(text) == "models/PUBLIC_orders: IS_(sensitive) is not (sensitive)"
    assert scrubber.value("PUBLIC") == "(sensitive)"
    assert scrubber.value("PUBLIC_orders") == "PUBLIC_orders"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("The variable has another value than the other one.", "The variable has another value than the other one."),
        ('It was "other" before, not "another".', 'It was "(sensitive)" before, not "an(sensitive)".'),
        ("models/other is not declared.", "models/(sensitive) is not declared."),
        ("other is not live.", "(sensitive) is not live."),
        ("the other", "the (sensitive)"),
        ("The password is Oth3r.", "The password is (sensitive)."),
        ("It was written by correcthorsebatterystaple.", "It was written by (sensitive)."),
        ("It was written by hunter before.", "It was written by (sensitive) before."),
        ("models/old hunter is not declared.", "models/old (sensitive) is not declared."),
        ("It was written by connectionists.", "It was written by (sensitive)ists."),
    ],
)
def test_a_secret_that_is_an_ordinary_word_makes_no_gap_in_a_sentence(text: str, hidden: str) -> None:
    scrubber = Scrubber(["other", "Oth3r", "correcthorsebatterystaple", "hunter", "connection"])
    assert scrubber.text(text, is_ours=True) == hidden
    assert "other" not in scrubber.text(text)


def test_thousands_of_readable_names_take_no_time() -> None:
    """Names are looked for around a secret only: 4,000 of them took 12 s for one report."""
    names = [f"models/Orders {number}" for number in range(4000)]
    scrubber = Scrubber(["Orders"], InClear(frozenset(names)))
    started = time.process_time()
    texts = [f"{one} and other Orders" for one in names]
    assert hide_secrets(texts, scrubber) == [f"{one} and other (sensitive)" for one in names]
    assert time.process_time() - started < 2
    assert scrubber.text("models/Orders 5000 Orders 5000") == "models/Orders 5000 (sensitive) 5000"
    assert scrubber.text("models/Order%73 17") == "models/(sensitive) 17"


def test_hidden_keys_that_are_equal_lose_no_member() -> None:
    keys = {"of Hunter2": 1, "of hunter-7": 2, "of (sensitive) 2": 3, "declared": "declared"}
    hidden = {"of (sensitive)": 1, "of (sensitive) 2": 2, "of (sensitive) 2 2": 3, "declared": "(sensitive)"}
    scrubber = Scrubber(["Hunter2", "hunter-7", "declared"])
    assert scrubber.value(keys) == hidden
    assert hide_secrets(keys, scrubber) == hidden


def test_our_own_mark_is_not_hidden_again() -> None:
    scrubber = Scrubber(["sensitive"])
    assert scrubber.text(scrubber.text("very sensitive")) == "very (sensitive)"


def test_common_beginnings_of_secrets_are_not_hidden() -> None:
    scrubber = Scrubber(["https://hooks.example.com/T0/xyzzy", "-----BEGIN PRIVATE KEY-----\nMIIE\n"])
    assert scrubber.text("see https://docs.polytomic.com") == "see https://docs.polytomic.com"
    assert scrubber.text("no -----BEGIN PRIVATE KEY----- found") == "no -----BEGIN PRIVATE KEY----- found"
    assert scrubber.text("POST https://hooks.example.com/T0/xyzzy: 404") == "POST (sensitive): 404"


@given(text=st.text(max_size=200), secrets=st.lists(st.text(max_size=12), max_size=4))
def test_any_text(text: str, secrets: list[str]) -> None:
    """Nothing but spans is replaced, no secret of 4 characters is left, and a second time changes nothing."""
    scrubber = Scrubber(secrets)
    once = scrubber.text(text)
    assert scrubber.text(once) == once
    parts = once.split("(sensitive)")
    position = 0
    for part in parts:
        position = text.index(part, position) + len(part)
    assert not any(one in part for one in secrets if len(one) >= 4 and one not in ("true",) for part in parts)


def test_megabytes_and_hundreds_of_secrets_take_seconds() -> None:
    """Twenty times the text takes about twenty times as long, and a megabyte some seconds on a busy machine."""
    scrubber = Scrubber([f"{number:x}-secret-{number * 7919:x}" for number in range(300)])
    line = '{"id": 17, "name": "Customer 17 & co", "sql": "select \'x\' from \\"T\\" where a = 1"},\n'
    spent = []
    for size in (25_000, 500_000):
        started = time.process_time()
        assert scrubber.text(line * (size // len(line))) == line * (size // len(line))
        spent.append(time.process_time() - started)
    assert spent[1] < 20
    assert spent[1] < max(spent[0], 0.02) * 60


def test_secrets_in_trees_are_found_at_once() -> None:
    tree = {f"member {number}": [f"value {number}", {"k": number}] for number in range(2000)}
    assert hide_secrets(tree, Scrubber(["hunter2!"])) is tree
    assert hide_secrets({**tree, "x": ("a hunter2!",)}, Scrubber(["hunter2!"])) == {**tree, "x": ("a (sensitive)",)}
