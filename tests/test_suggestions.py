"""Suggestions name the word that was probably intended, or nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier.diagnostics.characters import describe_difference, visible_form
from applier.diagnostics.suggestions import closest_word, suggest

FIELDS = ("id", "email", "first_name", "last_name", "city", "age", "born", "seen", "tags")
TABLES = ("CUSTOMERS.CONTACTS", "CUSTOMERS.COMPANIES", "TEAMS.MEMBERS", "public.orders", "public.order_items")
SERVICE = ("AccountId", "Name", "BillingCity", "ShippingCity", "CreatedDate", "External_Id__c", "NumberOfEmployees")
MEANT = {
    "emial": "email", "e_mail": "email", "EMAIL_ADDRESS": "email", "emails": "email", "First Name": "first_name",
    "idd": "id", "tag": "tags", "born_on": "born", "sene": "seen", "citi": "city",
    "CONTACTS": "CUSTOMERS.CONTACTS", "customers.contacts": "CUSTOMERS.CONTACTS", "TEAM.MEMBER": "TEAMS.MEMBERS",
    "CUSTOMERS": "CUSTOMERS.CONTACTS CUSTOMERS.COMPANIES", "public.order": "public.orders",
    "order_item": "public.order_items", "account_id": "AccountId", "Nmae": "Name", "external_id": "External_Id__c",
    "Citys": "city",
    "city_": "city", "billingcity": "BillingCity", "City": "BillingCity ShippingCity", "employees": "NumberOfEmployees",
}  # fmt: skip
NOT_MEANT = ("image", "town", "user_id", "x", "", "CUSTOMERS.ORDERS", "public.clients", "homepage")


@pytest.mark.parametrize("word", MEANT)
def test_similar_words_are_suggested(word: str) -> None:
    known = SERVICE if word in ("City", "Nmae") else (*FIELDS, *TABLES, *SERVICE)
    said = " or ".join(f'"{one}"' for one in MEANT[word].split())
    assert suggest(word, known) == f"did you mean {said}?"


def test_words_of_every_script() -> None:
    known = ("日本語", "東京", "Клиент", "Заказы", "größe")
    assert [closest_word(word, known) for word in ("日本", "клиенты", "Größen", "äöü", "!!")] == [
        "日本語", "Клиент", "größe", None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("word", NOT_MEANT)
def test_different_words_are_not_suggested(word: str) -> None:
    assert suggest(word, (*FIELDS, *TABLES)) is None
    assert closest_word(word, (*FIELDS, *TABLES)) is None


def test_a_word_that_is_known_twice_is_suggested_once() -> None:
    assert suggest("Team B", ["Team C", "Team C"]) == 'did you mean "Team C"?'


@given(st.text(max_size=8), st.sampled_from(["\u200b", "\u00a0", " ", "\u00ad", "\u202e"]), st.data())
def test_of_a_word_that_looks_the_same_the_difference_is_told(word: str, decoy: str, data: st.DataObject) -> None:
    """The word itself, which would be no help, is never suggested."""
    place = data.draw(st.integers(0, len(word)))
    other = word[:place] + decoy + word[place:]
    hint = suggest(word, [word, other]) or ""
    assert "did you mean" not in hint or f'"{word}"' not in hint
    assert suggest(word, [word]) is None
    if visible_form(word) == visible_form(other):
        assert hint.startswith((f'"{other}" looks the same, but has ', f'"{other}" looks the same, but this has '))


@pytest.mark.parametrize(
    ("word", "other", "hint"),
    [
        (" Shop", "Shop", "but this has a blank at the beginning"),
        ("Shop", "  Shop", "but has 2 blanks at the beginning"),
        ("Shop ", "Shop", "but this has a blank at the end"),
        ("Shop", "Shop\u00a0", "but has U+00A0 NO-BREAK SPACE at column 5"),
        ("Orders  EU", "Orders EU", "but this has 2 blanks at column 7"),
        ("Orders EU", "Orders   EU", "but has 3 blanks at column 7"),
        ("Sh\u200bop", "Shop", "but this has U+200B ZERO WIDTH SPACE at column 3"),
        ("Shop", "Sh\u200bop", "but has U+200B ZERO WIDTH SPACE at column 3"),
        ("a b", "a\u00a0b", "but has U+00A0 NO-BREAK SPACE at column 2, where this has U+0020 SPACE"),
        (
            "Caf\u00e9",
            "Cafe\u0301",
            "but has U+0065 LATIN SMALL LETTER E at column 4, where this has U+00E9 LATIN SMALL LETTER E WITH ACUTE",
        ),
        ("\u05d0\u200f", "\u05d0", "but this has U+200F RIGHT-TO-LEFT MARK at column 2"),
    ],
)
def test_a_difference_that_cannot_be_seen_is_told_of_the_one_that_has_it(word: str, other: str, hint: str) -> None:
    assert suggest(word, [other]) == f'"{other}" looks the same, {hint}'


@given(st.text())
def test_a_composed_and_a_decomposed_word_look_the_same(word: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, word) for form in ("NFC", "NFD"))
    assert visible_form(composed) == visible_form(decomposed)
    assert (describe_difference(composed, decomposed) is None) is (composed == decomposed)
