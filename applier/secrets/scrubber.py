"""Hides known secrets in texts and values, in every encoding that others may have written them in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import count

from applier.secrets.coincidences import drop_coincidences
from applier.secrets.secret import SENSITIVE, Secret, secret_text
from applier.secrets.views import SPACE, View, decoded_views, squeeze
from applier.secrets.words import ORDINARY_WORDS

SHORTEST_SCRUBBED = 4  # shorter texts occur by chance in every message
LONGEST_KEPT = 7  # characters of a secret: a longer run of it is hidden
_RUN = LONGEST_KEPT + 1
_PROBE, _STRIDE = 4, 5  # a run of 8 bytes holds the 4 bytes at some multiple of 5
_SEPARATOR = "\1"  # no white space, and in no run of an encoding
_NO_SECRETS = frozenset({"", "true", "false"})
_COMMON = (
    "https://www.",
    "http://www.",
    "postgresql://",
    "mysql://",
    "snowflake://",
    "mongodb+srv://",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----",
    "-----BEGIN EC PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "-----BEGIN CERTIFICATE-----",
    "-----END PRIVATE KEY-----",
    "-----END ENCRYPTED PRIVATE KEY-----",
    "-----END RSA PRIVATE KEY-----",
    "-----END EC PRIVATE KEY-----",
    "-----END OPENSSH PRIVATE KEY-----",
    "-----END CERTIFICATE-----",
)
"""Texts that many secrets hold and that reveal nothing."""

Span = tuple[int, int]
Readable = Mapping[bytes, Mapping[Span, Collection[bytes]]]


@dataclass(frozen=True, slots=True)
class InClear:
    """What the files of a spec say in clear: names and addresses of resources, and keys of members."""

    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    def __or__(self, other: InClear) -> InClear:
        return InClear(self.names | other.names, self.words | other.words)


NOTHING_CLEAR = InClear()


class Scrubber:
    """Finds a set of secrets; make it once with `scrubber_of`, since it indexes them.

    In a text, it hides each secret of 4 characters or more, and each run of 8 characters or more of a secret. What
    files say in clear stays readable although it holds a secret: `clear.names` everywhere, `clear.words` in what
    applier says itself.
    """

    def __init__(self, secrets: Iterable[str], clear: InClear = NOTHING_CLEAR) -> None:
        self.secrets = frozenset(secrets) - _NO_SECRETS
        long = [_encode(one) for one in self.secrets if len(one) >= SHORTEST_SCRUBBED]
        self._short = sorted(one for one in long if len(one) < _RUN)
        self._folded = _folded_pattern(self._short)
        self._runs = {run for one in long for form in {one, squeeze(one)} for run in _windows(form, _RUN)}
        common = [form for one in _COMMON for form in (one, one.replace(" ", ""))]
        self._runs -= {run for one in common for run in _windows(_encode(one), _RUN)}
        self._exact = [one for one in long if len(one) >= _RUN and not _windows(one, _RUN) <= self._runs]
        self._probes = {probe for run in self._runs for probe in _windows(run, _PROBE)}
        self._clear = clear
        self._texts: dict[bool, frozenset[bytes]] = {}
        self._readable: dict[bool, Readable] = {}

    def knowing(self, secrets: frozenset[str], clear: InClear) -> Scrubber:
        """Return a scrubber that knows more secrets, and more that is in clear."""
        return scrubber_of(self.secrets | secrets, self._clear | clear)

    def text(self, text: str, *, is_ours: bool = False) -> str:
        """Return a text without the secrets: `(sensitive)` stands in place of each. `is_ours`: applier wrote it."""
        if not self.secrets or len(text) < SHORTEST_SCRUBBED:
            return text
        data = _encode(text)
        spans = self._spans(data, is_ours=is_ours)
        if not spans:
            return text
        pieces, position = [], 0
        for start, end in _merge(spans, data):
            pieces += [data[position:start].decode("utf-8", "surrogatepass"), SENSITIVE]
            position = end
        return "".join([*pieces, data[position:].decode("utf-8", "surrogatepass")])

    def value(self, value: object) -> object:
        """Return a value without the secrets: whole where it equals one, however short, else the part that is one."""
        if isinstance(value, Enum):
            return value
        if isinstance(value, Secret) or (not isinstance(value, bool) and secret_text(value) in self.secrets):
            return SENSITIVE
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return with_distinct_keys((self.key(key), self.value(one)) for key, one in value.items())
        if isinstance(value, list | tuple):
            return [self.value(one) for one in value]
        return value

    def key(self, key: object, *, is_ours: bool = False) -> object:
        """Return the key of a member without secrets; an ordinary word, which programs look up, stays."""
        if not isinstance(key, str) or (key in ORDINARY_WORDS and not isinstance(key, Secret)):
            return key
        return self.text(key, is_ours=is_ours)

    def holds_secret(self, value: object) -> bool:
        """Return whether something of a value would be hidden."""
        return bool(self.secrets) and self.value(value) != value

    def affects(self, texts: Collection[str]) -> bool:
        """Return whether a secret is in any of the texts; faster than to look at each."""
        if not self.secrets or not texts:
            return False
        return not self.secrets.isdisjoint(texts) or bool(self._spans(_encode(_SEPARATOR.join(texts)), is_ours=True))

    def _spans(self, data: bytes, *, is_ours: bool) -> list[Span]:
        """Return the spans of the data that are to be hidden."""
        if data in self._clear_texts(is_ours=is_ours):
            return []
        found = self._find_in_views(data)
        if not found:
            return []
        readable = self._readable_texts(is_ours=is_ours)
        hidden = [one for one in found if not _is_readable(data, one[0], readable.get(data[slice(*one)], {}))]
        return drop_coincidences(data, hidden) if is_ours else hidden

    def _find_in_views(self, data: bytes) -> set[Span]:
        return {view.source(*span) for view in decoded_views(View(data)) for span in self._find(view.data)}

    def _clear_texts(self, *, is_ours: bool) -> frozenset[bytes]:
        """Return all texts in clear that can be meant; encoded late, since most commands show no secret at all."""
        if is_ours not in self._texts:
            texts = self._clear.names | (self._clear.words if is_ours else frozenset())
            self._texts[is_ours] = frozenset(_encode(one) for one in (SENSITIVE, *texts))
        return self._texts[is_ours]

    def _readable_texts(self, *, is_ours: bool) -> Readable:
        """Return the clear texts that hold a secret, by the part of them that is one, and by its place in them.

        So they are looked for around a secret only, and all texts of one length at once: there can be thousands.
        """
        if is_ours not in self._readable:
            readable: dict[bytes, dict[Span, set[bytes]]] = {}
            for text in self._clear_texts(is_ours=is_ours):
                for start, end in self._find_in_views(text) if any(self._find(text)) else ():
                    places = readable.setdefault(text[start:end], {})
                    places.setdefault((start, len(text)), set()).add(text)
            self._readable[is_ours] = readable
        return self._readable[is_ours]

    def _find(self, data: bytes) -> Iterator[Span]:
        for one in (*self._short, *self._exact):
            yield from _occurrences(data, one)
        if self._folded:
            yield from (found.span() for found in self._folded.finditer(data))
        probes, runs = self._probes, self._runs
        if not runs:
            return
        done = 0
        for probe in [at for at in range(0, len(data) - _PROBE + 1, _STRIDE) if data[at : at + _PROBE] in probes]:
            for start in range(max(done, probe - _RUN + _PROBE), probe + 1):
                if data[start : start + _RUN] in runs:
                    end = start
                    while data[end + 1 : end + 1 + _RUN] in runs:
                        end += 1
                    done = end + 1
                    yield start, end + _RUN
                    break


def with_distinct_keys(members: Iterable[tuple[object, object]]) -> dict[object, object]:
    """Return members as a mapping: where hidden keys are equal, later ones get a number, so that none is lost."""
    result: dict[object, object] = {}
    for key, member in members:
        numbered = (f"{key} {number}" for number in count(2))
        result[key if key not in result else next(one for one in numbered if one not in result)] = member
    return result


@lru_cache(maxsize=8)
def scrubber_of(secrets: frozenset[str], clear: InClear = NOTHING_CLEAR) -> Scrubber:
    """Return the scrubber for a set of secrets, the same one each time."""
    return Scrubber(secrets, clear)


def _encode(text: str) -> bytes:
    return text[:].encode("utf-8", "surrogatepass")


def _windows(data: bytes, length: int) -> set[bytes]:
    return {data[at : at + length] for at in range(len(data) - length + 1)}


def _occurrences(data: bytes, part: bytes) -> Iterator[Span]:
    at = data.find(part)
    while at >= 0:
        yield at, at + len(part)
        at = data.find(part, at + 1)


def _is_readable(data: bytes, start: int, places: Mapping[Span, Collection[bytes]]) -> bool:
    """Return whether what starts there stands in a text in clear, at one of the places that its secret has in those.

    A place is the offset of the secret in the text, and the length of the text.
    """
    return any(
        offset <= start and data[start - offset : start - offset + length] in texts
        for (offset, length), texts in places.items()
    )


def _folded_pattern(secrets: Iterable[bytes]) -> re.Pattern[bytes] | None:
    """Return a pattern of the short secrets that hold white space, whatever white space others make of it."""
    parts = [one.split() for one in secrets]
    patterns = [SPACE.pattern.join(map(re.escape, words)) for words in parts if len(words) > 1]
    return re.compile(b"|".join(patterns)) if patterns else None


def _merge(spans: Iterable[Span], data: bytes) -> list[Span]:
    """Return the spans in order, whole characters, without overlaps; adjacent ones are one."""
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        first, last = start, end
        while first and data[first] & 0xC0 == 0x80:
            first -= 1
        while last < len(data) and data[last] & 0xC0 == 0x80:
            last += 1
        if merged and first <= merged[-1][1]:
            merged[-1][1] = max(last, merged[-1][1])
        else:
            merged.append([first, last])
    return [(start, end) for start, end in merged]
