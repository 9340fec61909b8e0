"""What is said where the object alone decides, and no kernel has to be asked: answers with blanks for names.

The page that reads an object in the browser has the same sentences: `bpfref index` hands them over.
"""

from __future__ import annotations

from dataclasses import replace

from bpfref.requires.span import Answer, Span, Verdict

_HANGS = "whether a kernel has {name} is in its symbols"
_CONFIGURATION = "loads only where libbpf can read the kernel's configuration"

FIXED = {
    "section": Answer(Verdict.UNKNOWN, "libbpf's table of sections has no {name}: its program type is not known"),
    "licence": Answer(Verdict.NO, "only programs with a GPL-compatible licence may"),
    "no-target": Answer(Verdict.UNKNOWN, "the loader has to name a target before it can be loaded"),
    "target": Answer(Verdict.UNKNOWN, "whether a kernel has {name} is in its BTF", condition=True),
    "unnumbered": Answer(Verdict.UNKNOWN, "bpfref's newest facts do not number it"),
    "unknown-kfunc": Answer(Verdict.UNKNOWN, "no kernel of the lab has it in its image or modules"),
    "not-in-program": Answer(Verdict.NO, "not in {name}"),
    "relocation": Answer(Verdict.UNKNOWN, "whether a kernel has it is in its BTF", condition=True),
    "configuration": Answer(Verdict.UNKNOWN, f"{_CONFIGURATION} and it has {{name}}", condition=True),
    "weak-configuration": Answer(Verdict.UNKNOWN, _CONFIGURATION, condition=True),
    "symbol": Answer(Verdict.UNKNOWN, _HANGS, condition=True),
    "typed-symbol": Answer(Verdict.UNKNOWN, f"{_HANGS} and BTF", condition=True),
    "undefined": Answer(Verdict.UNKNOWN, "nothing defines it: a loader has to know what it is"),
    "unnamed-flag": Answer(Verdict.UNKNOWN, "the newest header has no name for it"),
    "unknown-struct-ops": Answer(Verdict.UNKNOWN, "no kernel of the lab offers it"),
}
TESTED = "{why}; the program may test before it uses it"

REFUSALS = {
    "legacy": "maps in the old section `maps` ({names}): not since {strict}",
    "unknown-section": "section {section} is no name that it knows",
    "old-section": "section {section}: not since {strict}, call it {name}",
    "gone-section": "section {section}: not since {until}",
    "no-target": "section {section} names no target: the program that loads it has to set one",
    "static": "function {name} is static and not in {text}",
    "undeclared": "symbol {name} is declared in no BTF",
    "size": "map {name}: {type} has {side} of {wanted} bytes, this one of {given}",
    "no-entries": "map {name} has max_entries 0: the program that loads it has to set them",
    "entries": "map {name}: {type} has max_entries 0, this one {given}",
}
ANY_SIZE = "more than 0"


def fixed(key: str, name: str = "") -> Span:
    """The same answer for every release; `key` is of `FIXED`."""
    answer = FIXED[key]
    return Span(fixed=replace(answer, why=answer.why.format(name=name)))
