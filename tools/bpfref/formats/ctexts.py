"""The literal texts that an expression of C may have: strings, choices, macros, variables and parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product

from bpfref.formats.ctokens import Call, Function, Macro, Sort, Tokens, calls, closing, decode

DEEPEST = 8
"""How many macros, variables and callers are followed, one from the other."""


class Scope:
    """A function of a file: what words mean in it.

    `callers` gives the calls of a function in the same file, each with the function that it stands in.
    `formatters` are functions that give the text of a format, and which argument that is.
    """

    def __init__(
        self,
        file: str,
        function: Function,
        macros: Mapping[str, Macro],
        callers: Callable[[str], Iterable[tuple[Scope, Call]]],
        formatters: Mapping[str, int],
    ):
        self.file = file
        self.function = function
        self.macros = macros
        self._callers = callers
        self._formatters = formatters

    def sayings(self, tokens: Tokens) -> tuple[str, ...]:
        """What an argument may say where all of it is literal; else nothing."""
        texts, whole = self.texts(tokens, callers=True)
        return tuple(dict.fromkeys(texts)) if whole else ()

    def texts(self, tokens: Tokens, *, callers: bool = False, depth: int = 0) -> tuple[list[str], bool]:
        """The literal texts of an expression, and whether they are all that it can be."""
        tokens = bare(tokens)
        if not tokens or depth > DEEPEST:
            return [], False
        branches = _branches(tokens)
        if len(branches) > 1:
            found = [self.texts(branch, callers=callers, depth=depth + 1) for branch in branches]
            return [text for texts, _ in found for text in texts], all(whole for _, whole in found)
        if len(tokens) == 1 and tokens[0].sort is Sort.WORD and tokens[0].text not in self.macros:
            return self._word(tokens[0].text, callers=callers, depth=depth)
        call = next(calls(tokens), None)
        if call and call.name is tokens[0] and call.end == len(tokens) - 1 and call.name.text in self._formatters:
            format_ = call.arguments[self._formatters[call.name.text]]
            return self.texts(format_, callers=callers, depth=depth + 1)
        return self._joined(tokens, callers=callers, depth=depth)

    def _joined(self, tokens: Tokens, *, callers: bool, depth: int) -> tuple[list[str], bool]:
        """Literals side by side, with macros that are literals."""
        parts: list[list[str]] = []
        for token in tokens:
            macro = self.macros.get(token.text)
            if token.sort is Sort.STRING:
                parts.append([decode(token)])
            elif token.sort is Sort.WORD and macro and macro.parameters is None:
                texts, whole = self.texts(macro.body, callers=callers, depth=depth + 1)
                if not whole:
                    return [], False
                parts.append(texts)
            else:
                return [], False
        return ["".join(pieces) for pieces in product(*parts)], True

    def _word(self, name: str, *, callers: bool, depth: int) -> tuple[list[str], bool]:
        """A local variable: all that it is set to; a parameter: all that callers in the file give."""
        if name in self.function.parameters:
            if not callers or not self.function.static:
                return [], False
            at = self.function.parameters.index(name)
            given = [
                scope.texts(call.arguments[at], callers=True, depth=depth + 1)
                for scope, call in self._callers(self.function.name)
                if at < len(call.arguments)
            ]
        else:
            given = [self.texts(value, callers=callers, depth=depth + 1) for value in self._set_to(name)]
        texts = list(dict.fromkeys(text for found, _ in given for text in found))
        return texts, bool(given) and all(whole for _, whole in given)

    def _set_to(self, name: str) -> Iterator[Tokens]:
        """The expressions that are assigned to a variable."""
        body = self.function.body
        for at in range(len(body) - 2):
            if body[at].text == name and body[at + 1].text == "=" and body[at + 2].text != "=":
                if at and body[at - 1].text in {".", "->"}:
                    continue
                end = _end_of_expression(body, at + 2)
                value = body[at + 2 : end]
                if [token.text for token in value] not in (["NULL"], ["0"]):
                    yield value


def _end_of_expression(tokens: Tokens, at: int) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        text = tokens[place].text
        if depth == 0 and text in {",", ";", ")"}:
            return place
        depth += (text in {"(", "[", "{"}) - (text in {")", "]", "}"})
    return len(tokens)


def bare(tokens: Tokens) -> Tokens:
    """Without brackets around the whole."""
    while tokens and tokens[0].text == "(" and closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _branches(tokens: Tokens) -> list[Tokens]:
    """The results of `a ? b : c`, or the expression itself."""
    depth = waiting = 0
    question: int | None = None
    for at, token in enumerate(tokens):
        depth += (token.text in {"(", "[", "{"}) - (token.text in {")", "]", "}"})
        if depth:
            continue
        if token.text == "?":
            question = at if question is None else question
            waiting += 1
        elif token.text == ":" and question is not None:
            waiting -= 1
            if waiting == 0:
                first = tokens[question + 1 : at] or tokens[:question]
                return [*_branches(bare(first)), *_branches(bare(tokens[at + 1 :]))]
    return [tokens]
