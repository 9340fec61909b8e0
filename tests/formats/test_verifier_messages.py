"""Format strings become masked texts and are found again in the lines that they print."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpfref.catalogue import Catalogue
from bpfref.errors import SourceError
from bpfref.formats.verifier_messages import Directive, Messages, anchors, mask, mask_line, parse_format


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("R%d unbounded memory access", "R# unbounded memory access"),
        ("value %s off=%+lld in %#llx, 0x%llx", "value … off=# in #, 0x#"),
        ("%*c; zext\n", "…; zext"),
        ("100%% of %.*s and %02x at %p", "100% of … and # at #"),
        ("\nVerification failed: %s: %c%s\n", "Verification failed: …: ……"),
        ("size %zu, %4hhu, %pS here", "size #, #, # here"),
    ],
)
def test_values_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("R3 invalid mem access 'inv'", "R# invalid mem access 'inv'"),
        ("invalid stack off=-520 size=8", "invalid stack off=# size=#"),
        ("func bpf_x#195 u32 0xff", "func bpf_x## u32 #"),
        ("back-edge from insn 7 to 2", "back-edge from insn # to #"),
    ],
)
def test_the_numbers_of_a_line_are_masked(line: str, masked: str) -> None:
    assert mask_line(line) == masked


@pytest.mark.parametrize("text", ["%y", "ends in %", "%-", "%lls%K"])
def test_a_directive_that_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="directive that is not known"):
        parse_format(text)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("R2 invalid mem access 'scalar'", "R%d invalid mem access '%s'"),
        ("12: R2 invalid mem access 'scalar' (3 lines left out)", "R%d invalid mem access '%s'"),
        ("expected a, b, c", "expected %s"),
        ("  tail begins  ", "tail begins"),
        ("a word says 5 more", "a word says %d"),
        ("second line 3", "first line\nsecond line %d"),
        ("off=0x1f", "off=%#x"),
        ("off=0", "off=%#x"),
        ("width    7 end", "width %5d end"),
        ("nothing of this", None),
        ("off=7x", None),
        ("", None),
    ],
)
def test_a_line_is_found(line: str, text: str | None) -> None:
    formats = {
        "R%d invalid mem access '%s'": False,
        "%s is expected": False,
        "expected %s": False,
        "%s": False,
        "tail begins": True,
        "a word says %d": True,
        "first line\nsecond line %d": False,
        "off=%#x": False,
        "width %5d end": False,
    }
    found = Messages(formats).find(line)
    assert (found.format if found else None) == text


def test_the_message_with_most_literal_letters_is_first() -> None:
    messages = Messages({"%s access": False, "R%d %s access": False, "R%d bad access": False})
    assert [match.format for match in messages.rank("R7 bad access")] == [
        "R%d bad access",
        "R%d %s access",
        "%s access",
    ]
    best = messages.find("R7 bad access")
    assert best is not None
    assert (best.values, best.whole) == (("7",), True)


def test_anchors_differ_and_stay(facts: Catalogue) -> None:
    formats = list(facts.verifier.messages)
    found = anchors(formats)
    assert len(set(found.values())) == len(formats)
    alone = anchors(["R%d is bad"])
    assert anchors(["R%d is bad", "%s is bad"])["R%d is bad"] == alone["R%d is bad"] == "r-is-bad"


WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz_0123456789*()", min_size=1, max_size=12)
NUMBERS = st.integers(min_value=0, max_value=2**63)


def render(pieces: list[str | Directive], data: st.DataObject) -> str:
    """What printk makes of a format, with arguments of any value."""
    line = ""
    for piece in pieces:
        if isinstance(piece, str):
            line += piece
        elif piece.kind == "s":
            line += data.draw(WORDS)
        elif piece.kind == "c":
            line += data.draw(WORDS)[0]
        else:
            number = data.draw(NUMBERS)
            kind = piece.kind if piece.kind in "xXo" else "d"
            line += f"%{piece.flags}{kind}" % number
    return line


@settings(max_examples=400)
@given(st.data())
def test_what_a_format_prints_is_found_as_it_or_as_something_more_exact(facts: Catalogue, data: st.DataObject) -> None:
    messages = _messages(facts)
    text = data.draw(st.sampled_from(messages.formats))
    line = data.draw(st.sampled_from(render(parse_format(text), data).split("\n")))
    ranked = messages.rank(line)
    matching = [match for match in messages.rank(line) if match.format == text]
    if not matching:  # of several lines, one may say too little
        assert "\n" in text
        return
    assert ranked[0].letters >= matching[0].letters


@settings(max_examples=200)
@given(line=st.text(max_size=300))
def test_any_line_is_looked_at(facts: Catalogue, line: str) -> None:
    found = _messages(facts).find(line)
    assert found is None or found.letters


_MADE: dict[int, Messages] = {}


def _messages(facts: Catalogue) -> Messages:
    """Made once: the facts are the same for the whole run."""
    if id(facts) not in _MADE:
        _MADE[id(facts)] = Messages({text: each.partial for text, each in facts.verifier.messages.items()})
    return _MADE[id(facts)]
