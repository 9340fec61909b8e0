"""Takes off what programs, terminals and web pages put around a verifier log. Pure, and never raises.

What comes in is whatever a person pasted: prefixes of loggers, escapes, quoting, lines broken at the
width of a terminal, tracebacks. What comes out are the log's own lines, in order, and those of the loader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bpfref.formats.verifier_log import wrapping
from bpfref.formats.verifier_log.telling import is_figures, is_gap, is_trace

_ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_NEW_LINES = re.compile(r"\r\n?|\x0b|\x0c|\x1c|\x1d|\x1e|\x85|\u2028|\u2029")
# In front of each line, each as often as it is there: loggers, quoting, terminals of containers.
_PREFIXES = re.compile(
    r"""(
      \s+
    | >\ ?
    | `+(?=\S)
    | <\d{1,2}>
    | \[\s*\d+\.\d{6}\](\[[^\]]*\])?\s?                                        # dmesg
    | [A-Z][a-z]{2}\ [\ \d]\d\ \d\d:\d\d:\d\d(\.\d+)?\ \S+\ [^\s:\[\]]+(\[\d+\])?:\ ?  # syslog, journal
    | \[?\d{4}[-/]\d\d[-/]\d\d[T\ ]\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d)?\]?[\ \t]+
      ((TRACE|DEBUG|INFO|WARN|WARNING|ERROR)[\ \t]+)?
    | \[(TRACE|DEBUG|INFO|WARN|WARNING|ERROR)\][\ \t]+(?=\S)
    | (TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[\d{4,}\][\ \t]+(?=\S)                # logrus
    | [A-Za-z][\w.-]*\ +\|\ ?                                                 # docker compose
    )""",
    re.VERBOSE,
)
_MOST_PREFIXES = 12
_LIBBPF = "libbpf: "
_LOGFMT = re.compile(r'\blevel="?\w+"?\s+(?:msg="((?:[^"\\]|\\.)*)"|.*\bmsg="((?:[^"\\]|\\.)*)"|msg=(\S+))?')
_MESSAGE = re.compile(r'\bmsg="((?:[^"\\]|\\.)*)"')
_START = r"(?:\d+: |; |R\d|from \d|processed |func#|last_idx |-- |invalid |verification |stack depth)"
_ESCAPED = re.compile(rf"\\n(?=\s*(?:\\t)?\s*{_START})")
_NUMBERED = re.compile(r"\s*(\d+)(?:\s*\||\t|  ?(?=\S)|\s*$)")
_LONGEST_NUMBER, _FEW_NUMBERED, _FEW_COMMON, _MOST = 8, 2, 4, 0.9
_COMMON = re.compile(r"(\d+): ")
_JOINED = re.compile(r"(?<=[\w)?]) (?=\d+: \([0-9a-f]{2}\) )")
_PATH = re.compile(r"(from )?\d+ to \d+:")
# A whole log in one line, as loggers that take new lines for blanks make it.
_AT_STEP = r"\d+: \([0-9a-f]{2}\) "
_ONE_LINE = re.compile(rf"(?:^|\s){_AT_STEP}.*\s{_AT_STEP}")
_MEMORY = r"\*\(u\d+ \*\)\(r\d+ [+-]\d+\)"
_END_OF_STEP = re.compile(rf"({_AT_STEP}(?:call [\w#-]+|exit|r\d+ = {_MEMORY}|{_MEMORY} = [\w-]+)) (?=[^\s;])")
_IN_ONE_LINE = re.compile(rf" (?=; |{_AT_STEP}|\d+: R\d+|processed \d+ insns)")
# One line of cilium/ebpf: the errno, the log's last lines joined with colons, and how many are not shown.
_GO = re.compile(
    r"load (?P<what>program|BTF): (?P<errno>[a-z ]+|bad CO-RE relocation):\s?(?P<rest>.*?)"
    r"(?P<omitted> \((?:truncated, )?\d+ line\(s\) omitted\).*)?$"
)
_GO_PARTS = re.compile(r": (?=R\d+ )|(?<=\)): (?=[A-Za-z])|(?<=\d): (?=[a-zA-Z]\w* )")
_OMITTED = re.compile(r"\((truncated|(truncated, )?\d+ line\(s\) omitted)\)$")
_AYA = re.compile(r"Verifier output:\s?|verifier_log: ?\"?")
_LITERAL_END = re.compile(r"\"\s*\}.*$")
_BEGIN = re.compile(r"-- BEGIN (\w+)?\s?.*LOG")
_END = re.compile(r"-- END (\w+)?\s?.*LOG")
_PREFACE = re.compile(r"(Verifier analysis:|.*VERIFIER LOG:)$")
_AFTER = re.compile(r"(HINT:|Traceback \(most recent|Caused by:|thread '[^']*' panicked)")
# What loaders and those who call them say; no kernel does.
_LOADER = re.compile(
    r"""(
      libbpf:.*|load\ (program|BTF):.*|-{10,}|={10,}
    | \S*\s*(load\ bpf\ program\ failed|BPF\ program\ load\ failed|failed\ to\ load)
    | (prog|sec|elf|object)\b\ ?'.*|(prog|sec|elf|license|looking\ for|collected|map|loading|extern)\b.*:.*
    | (Error|ERROR|ERR|Err|error|Exception|fatal|panic)\b:?\s?.*
    | (Failed|failed|unable|Unable)\ to\ (load|open|create|attach|find|perform|pin|init|execute|verify)\b.*
    | (couldn't|Couldn't|could\ not)\ .*
    | bpf:\ .*|bpf_load_program.*|.*\(os\ error\ \d+\).*
    | Prog\ section\ .*|-\ (Type|Attach\ Type|Instructions|License|Length):.*
    | loading\ .*|collected\ \d+\ externs.*|looking\ for\ externs.*|license\ of\ .*
    | \[?\w+@\S+(\ \S+\])?[#$%](\s.*)?                                           # a shell and what is typed
    | File\ ".*|\$\ .*|\#\ .*|Skipped\ \d+\ bytes.*
    | Verifier\ (error|log).*|"\s*\}.*|.*\bsyscall\ (failed|returned).*
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A log's own lines; `loader` are those of the program that loads."""

    lines: tuple[str, ...]
    loader: tuple[str, ...]


def clean(text: str) -> Cleaned:
    """The lines of a verifier log out of whatever was pasted."""
    lines = [line.strip() for line in wrapping.unwrap(list(_unwrapped_lines(text)))]
    kernel, loader = _cut(lines)
    return Cleaned(tuple(kernel), tuple(loader))


def _unwrapped_lines(text: str) -> Iterator[str]:
    text = _NEW_LINES.sub("\n", _ESCAPES.sub("", text))
    text = _CONTROL.sub("", _unescape(text))
    lines = [_strip_prefixes(line) for line in text.split("\n")]
    lines = _without_numbers(lines)
    for line in _without_common(lines):
        yield from _split(_strip_prefixes(line))


def _unescape(text: str) -> str:
    """Text that was printed as a literal of Rust, Go or JSON: its escapes become what they stand for."""
    if not _ESCAPED.search(text):
        return text
    return "\n".join(_decode(line) if len(_ESCAPED.findall(line)) else line for line in text.split("\n"))


def _decode(line: str) -> str:
    for code, meaning in (("\\n", "\n"), ("\\t", "\t"), ('\\"', '"'), ("\\'", "'"), ("\\\\", "\\")):
        line = line.replace(code, meaning)
    return line


def _strip_prefixes(line: str) -> str:
    if (found := _LOGFMT.search(line)) is not None and line[: found.start()].count(" ") <= 1:
        message = _MESSAGE.search(line)
        line = _decode(message[1]) if message else ""
        line = line.split("\n")[0] if "\n" not in line.strip() else line
    blank = ""
    for _ in range(_MOST_PREFIXES):
        found = _PREFIXES.match(line)
        if not found or not found.end():
            break
        blank = " " if found[0].isspace() else ""  # what goes on with a broken line may begin with one
        line = line[found.end() :]
    if line.startswith(_LIBBPF) and is_trace(line.removeprefix(_LIBBPF)):
        line = line.removeprefix(_LIBBPF)
    return blank + (line.rstrip().removesuffix("```").rstrip("`") if "`" in line else line.rstrip())


def _without_numbers(lines: list[str]) -> list[str]:
    """Lines without the numbers that a web page put before each."""
    found = [(at, _NUMBERED.match(line)) for at, line in enumerate(lines) if line]
    numbers = [int(match[1][:_LONGEST_NUMBER]) for _, match in found if match]
    steps = sum(after - before == 1 for before, after in pairwise(numbers))
    if (
        len(numbers) < _FEW_NUMBERED
        or not _has_log(_NUMBERED, lines)
        or len(numbers) < _MOST * len(found)
        or steps < _MOST * (len(numbers) - 1)
    ):
        return lines
    return [_NUMBERED.sub("", line, count=1) for line in lines]


def _has_log(prefix: re.Pattern[str], lines: list[str]) -> bool:
    """Whether there are lines of a log behind a prefix."""
    rest = (line[found.end() :] for line in lines if (found := prefix.match(line)))
    return any(is_trace(each) or is_figures(each) for each in rest)


def _without_common(lines: list[str]) -> list[str]:
    """Lines without a number and colon that all have: those of a test runner."""
    starts = Counter(match[1] for line in lines if (match := _COMMON.match(line)))
    if not starts:
        return lines
    number, count = starts.most_common(1)[0]
    prefix = f"{number}: "
    if count < _FEW_COMMON and count < _MOST * len([line for line in lines if line.strip()]):
        return lines
    if count < _FEW_NUMBERED or not _has_log(re.compile(re.escape(prefix)), lines):
        return lines
    return [line.removeprefix(prefix if line.startswith(prefix) else prefix.strip()) for line in lines]


def _split(line: str) -> Iterator[str]:
    """One line as the log had it: those that a loader joined come apart."""
    for part in line.split("\n"):
        text = part.rstrip()
        if found := _GO.search(text):
            yield f"load {found['what']}: {found['errno']}"
            yield from _GO_PARTS.split(found["rest"])
        elif found := _AYA.search(text):
            yield text[: found.end()].strip()
            yield _LITERAL_END.sub("", text[found.end() :])
        elif _PATH.match(text.lstrip()):
            yield from _JOINED.split(text, maxsplit=1)
        elif _ONE_LINE.search(text):
            yield from _IN_ONE_LINE.sub("\n", _END_OF_STEP.sub(r"\1\n", text)).split("\n")
        elif not _OMITTED.match(text.lstrip()):
            yield text


def _cut(lines: list[str]) -> tuple[list[str], list[str]]:
    """The kernel's lines and the loader's."""
    first, last = _find_log(lines)
    loader = [line for line in [*lines[:first], *lines[last:]] if line]
    kernel = []
    for line in lines[first:last]:
        if not is_trace(line) and not is_gap(line) and _LOADER.match(line):
            loader.append(line)
        else:
            kernel.append(line)
    return kernel, loader


def _find_log(lines: list[str]) -> tuple[int, int]:
    """From which line to before which the log goes: between a loader's marks, where there are any."""
    first, last = 0, len(lines)
    for at, line in enumerate(lines):
        found = _BEGIN.search(line)
        if (found and found[1] != "BTF") or _PREFACE.match(line):
            first = at + 1
    for at in range(first, len(lines)):
        if _AFTER.match(lines[at]) or ((found := _END.search(lines[at])) and (found[1] != "BTF" or not first)):
            last = at
            break
    figures = [at for at in range(first, last) if is_figures(lines[at])]
    return first, figures[-1] + 1 if figures else last
