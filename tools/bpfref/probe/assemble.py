"""Answers to verdicts to the shape of the data file. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bpfref.model.probe import Asked, Call, Map, Presence, ProbeFile, SpecialField, Variants, compress
from bpfref.probe.answers import Cell, Record, Records
from bpfref.probe.classify import (
    Outcome,
    Reason,
    Verdict,
    asks_first,
    errno_name,
    first_line,
    judge_call,
    judge_map_call,
    judge_map_command,
    settle,
)
from bpfref.probe.questions import Questions
from bpfref.probe.recipes import MAPS, OPTIONS

_NOT_FOUND = frozenset({22})  # EINVAL: what a kernel says of a command or attach type that it does not know
State = Callable[[str], bool | None]
"""Whether an option of the configuration is on; None when the configuration is not known."""


@dataclass(frozen=True)
class Assembly:
    """The file, and every wording that no row of the classifier knows, with where it was met."""

    file: ProbeFile
    unknown: tuple[str, ...]


class Assembler:
    """Builds the file of one kernel."""

    def __init__(self, records: Records, questions: Questions, option: State):
        self._records = records
        self._questions = questions
        self._option = option
        self._machine = records.one("machine")
        self._absent = frozenset(self._machine["absent"] or ())
        self._usable: tuple[str, ...] = tuple(records.one("usable")["names"])
        self.unknown: dict[str, str] = {}

    def assemble(self, kernel: Asked) -> Assembly:
        """All of it."""
        helpers, absent, unused = self._helpers()
        kfuncs, no_kfuncs, unclear = self._kfuncs()
        file = ProbeFile(
            kernel=kernel,
            presence=self._presence(),
            variants=self._variants(),
            program_flags={r["name"]: self._compress(self._takers(r)) for r in self._records.all("program flag")},
            fields={r["name"]: self._field(r) for r in self._records.all("special field") if r["types"]},
            maps=self._maps(),
            attached=self._attached(),
            not_attached=self._not_attached(),
            helpers=helpers,
            kfuncs=kfuncs,
            absent_helpers=absent,
            unused_helpers=unused,
            unused_kfuncs=no_kfuncs,
            unclear_kfuncs=unclear,
            unprivileged=self._records.one("unprivileged")["switch"],
            open=(*self._questions.open, *self._machine["more"]),
        )
        return Assembly(file, tuple(f"{where}: {line}" for line, where in self.unknown.items()))

    def _judge(self, cell: Cell, where: str, judge: Callable[[int, str], Verdict] = judge_call) -> Verdict:
        verdict = judge(cell.errno, cell.log)
        if verdict.outcome is Outcome.UNKNOWN:
            self.unknown.setdefault(f"{errno_name(verdict.errno)} {verdict.line!r}", where)
        return verdict

    def _compress(self, names: Iterable[str]) -> tuple[str, ...]:
        return compress(names, self._usable)

    def _takers(self, record: Record) -> tuple[str, ...]:
        """The names whose answer is yes."""
        return tuple(name for name, cell in self._records.named(record).items() if cell.errno == 0)

    # Presence

    def _presence(self) -> dict[str, Presence]:
        types = {spec["name"].split("/")[0] for spec in self._questions.values["variants"]}  # type: ignore[attr-defined]
        programs = {name: self._program_answer(name) for name in self._names("BPF_PROG_TYPE_") if name in types}
        maps = {r["name"]: self._records.answer(r) for r in self._records.all("map")}
        return {
            "program-type": self._by_answer(programs),
            "map-type": self._by_answer(maps),
            "syscall-command": self._by_errno("command"),
            "attach-type": self._by_errno("attach type"),
            "link-type": self._links(),
            "map-flag": self._flags(),
        }

    def _names(self, prefix: str) -> list[str]:
        return [name for name in self._questions.values["enumerators"] if name.startswith(prefix)]  # type: ignore[attr-defined]

    def _program_answer(self, name: str) -> Cell:
        rows = [row for row in self._records.one("variants")["rows"] if row[0].split("/")[0] == name]
        cells = [self._records.cells[row[2]] for row in rows if row[1]]
        return next((cell for cell in cells if cell.errno == 0), cells[-1] if cells else Cell(22, ""))

    def _by_answer(self, answers: Mapping[str, Cell]) -> Presence:
        """Things that work if their answer has no errno; else the release, the configuration, or we do not know."""
        present: list[str] = []
        absent: list[str] = []
        left_out: dict[str, str] = {}
        unclear: dict[str, str] = {}
        for name, cell in answers.items():
            option = OPTIONS.get(name)
            if cell.errno == 0 and not cell.log:
                present.append(name)
            elif name in self._absent:
                absent.append(name)
            elif option and self._option(option) is False:
                left_out[name] = option
            else:
                unclear[name] = f"{errno_name(cell.errno)} {first_line(cell.log)}".strip()
        return Presence(tuple(present), (), tuple(absent), left_out, unclear)

    def _by_errno(self, section: str) -> Presence:
        """Things that a kernel looks up before anything else: another errno than for one that is not there."""
        present: list[str] = []
        known: list[str] = []
        absent: list[str] = []
        unclear: dict[str, str] = {}
        used = {word for name in self._usable for word in name.split("/")} | {"BPF_MAP_CREATE", "BPF_PROG_LOAD"}
        used |= {"BPF_BTF_LOAD"} if "BPF_MAP_TYPE_SK_STORAGE" in self._created() else set()
        for record in self._records.all(section):
            name, errno = record["name"], self._records.answer(record).errno
            found = errno not in _NOT_FOUND or name in used
            if not name:
                continue
            if found and name in self._absent:
                unclear[name] = f"{errno_name(errno)}, but the kernel's BTF does not name it"
            elif found:
                present.append(name)
            else:
                (absent if name in self._absent else known).append(name)
        return Presence(tuple(present), tuple(known), tuple(absent), {}, unclear)

    def _links(self) -> Presence:
        """Types of links that attaching gave; of the others only the kernel's BTF speaks."""
        seen = self._attached()
        others = [name for name in self._names("BPF_LINK_TYPE_") if name not in seen]
        return Presence(
            present=tuple(name for name in self._names("BPF_LINK_TYPE_") if name in seen),
            known=tuple(name for name in others if name not in self._absent),
            absent=tuple(name for name in others if name in self._absent),
        )

    def _attached(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for record in self._records.all("attached"):
            if self._records.answer(record).errno == 0:
                # Without a link it was the older command that attached it.
                found.setdefault(record["link_type"] or "BPF_PROG_ATTACH", []).append(record["name"])
        return {link: self._compress(names) for link, names in sorted(found.items())}

    def _not_attached(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for record in self._records.all("attached"):
            cell = self._records.answer(record)
            if cell.errno:
                found.setdefault(f"{errno_name(cell.errno)} {first_line(cell.log)}".strip(), []).append(record["name"])
        return {said: self._compress(names) for said, names in sorted(found.items())}

    def _flags(self) -> Presence:
        """Flags that the creation of some map takes."""
        taken = {r["name"]: bool(self._takers(r)) for r in self._records.all("map flag")}
        return Presence(
            present=tuple(name for name, some in taken.items() if some),
            known=tuple(name for name, some in taken.items() if not some and name not in self._absent),
            absent=tuple(name for name, some in taken.items() if not some and name in self._absent),
        )

    # Variants and rights

    def _variants(self) -> Variants:
        rows = self._records.one("variants")["rows"]
        refused: dict[str, list[str]] = {}
        for name, known, number, _ in rows:
            cell = self._records.cells[number]
            if known and cell.errno and name.split("/")[0] not in self._absent:
                said = f"{errno_name(cell.errno)} {first_line(cell.log)}".strip()
                refused.setdefault(said, []).append(name)
        without = self._records.row(self._records.one("variant licence"))
        gpl = [name for name, cell in zip(self._usable, without, strict=True) if cell.errno]
        return Variants(
            loads=self._usable,
            targets={name: target for name, known, _, target in rows if known and target and name in self._usable},
            refused={said: tuple(names) for said, names in refused.items()},
            absent=tuple(n for n, known, _, _ in rows if not known or n.split("/")[0] in self._absent),
            gpl=self._compress(gpl),
            needs={level: self._compress(names) for level, names in self._least("variants").items()},
        )

    def _least(self, what: str) -> dict[str, list[str]]:
        """Names by the first level at which they were accepted."""
        seen: set[str] = set()
        result: dict[str, list[str]] = {}
        for record in self._records.all("rights"):
            fresh = [name for name in record.get(what, ()) if name not in seen]
            seen.update(fresh)
            if fresh:
                result[record["level"]] = fresh
        return result

    def _level_of(self, what: str) -> dict[str, str]:
        return {name: level for level, names in self._least(what).items() for name in names}

    # Maps

    def _maps(self) -> dict[str, Map]:
        needs = self._level_of("maps")
        flags = {r["name"]: self._takers(r) for r in self._records.all("map flag")}
        return {name: self._map(name, flags, needs.get(name)) for name in self._created()}

    def _created(self) -> list[str]:
        return [r["name"] for r in self._records.all("map") if self._records.answer(r) == Cell(0, "")]

    def _map(self, name: str, flags: Mapping[str, tuple[str, ...]], needs: str | None) -> Map:
        done: list[str] = []
        refused: dict[str, list[str]] = {}
        unclear: dict[str, list[str]] = {}
        commands = {r["name"]: r for r in self._records.all("map command")}
        there = set(self._presence_of_commands())
        for command, record in commands.items():
            if command not in there:
                continue
            picky = "UPDATE" in command and not {"value", "value_of"}.isdisjoint(MAPS[name])
            verdict = judge_map_command(self._records.named(record)[name].errno, picky=picky)
            if verdict.outcome is Outcome.ACCEPTED:
                done.append(command)
            else:
                into = refused if verdict.outcome is Outcome.REJECTED else unclear
                into.setdefault(errno_name(verdict.errno), []).append(command)
        return Map(
            flags=tuple(flag for flag, types in flags.items() if name in types),
            operations=tuple(done),
            refused={errno: tuple(names) for errno, names in refused.items()},
            unclear={errno: tuple(names) for errno, names in unclear.items()},
            needs=needs,
        )

    def _presence_of_commands(self) -> Iterator[str]:
        yield "mmap"
        yield from (r["name"] for r in self._records.all("command") if r["name"] not in self._absent)

    def _field(self, record: Record) -> SpecialField:
        types = self._records.named(record, "types")
        refused: dict[str, list[str]] = {}
        for name, cell in zip(self._usable, self._records.row(record), strict=False):
            if cell.errno:
                self._judge(cell, f"{record['name']} in {name}")
                refused.setdefault(first_line(cell.log) or errno_name(cell.errno), []).append(name)
        return SpecialField(
            maps=tuple(name for name, cell in types.items() if cell == Cell(0, "")),
            refused={said: self._compress(names) for said, names in refused.items()},
        )

    # Calls

    def _helpers(self) -> tuple[dict[str, Call], tuple[str, ...], tuple[str, ...]]:
        loaded = {r["name"] for r in self._records.all("helper call") if self._records.answer(r).errno == 0}
        licences = {r["name"]: self._records.answer(r) for r in self._records.all("helper licence")}
        maps = {r["name"]: r for r in self._records.all("helper maps")}
        needs = self._level_of("helpers")
        found: dict[str, Call] = {}
        absent: list[str] = []
        unused: list[str] = []
        for record in self._records.all("helper"):
            name = record["name"]
            verdicts = [self._judge(cell, name) for cell in self._records.row(record)]
            if not name:
                continue
            call = self._call(verdicts)
            if all(v.outcome is Outcome.UNSUPPORTED for v in verdicts):
                absent.append(name)
            elif not call.programs and not call.refused:
                enumerator = name.replace("bpf_", "BPF_FUNC_", 1)
                (absent if enumerator in self._absent else unused).append(name)
            else:
                whole = any(v.reason is Reason.LOADED for v in verdicts) or name in loaded
                call = replace(call, loaded=whole, gpl=self._gpl(licences.get(name), name), needs=needs.get(name))
                found[name] = self._with_maps(call, maps.get(name))
        return _shared(found), tuple(absent), tuple(unused)

    def _call(self, verdicts: list[Verdict]) -> Call:
        accepted = [n for n, v in zip(self._usable, verdicts, strict=True) if v.outcome is Outcome.ACCEPTED]
        refused: dict[str, list[str]] = {}
        for name, verdict in zip(self._usable, verdicts, strict=True):
            if verdict.outcome is Outcome.REJECTED and verdict.reason is not Reason.TYPE:
                refused.setdefault(str(verdict.reason), []).append(name)
        return Call(
            programs=self._compress(accepted),
            refused={reason: self._compress(names) for reason, names in sorted(refused.items())},
        )

    def _gpl(self, cell: Cell | None, name: str) -> bool | None:
        if cell is None:
            return None
        verdict = self._judge(cell, f"{name} without the GPL")
        if verdict.outcome is Outcome.ACCEPTED:
            return False
        return True if verdict.reason is Reason.LICENCE else None

    def _with_maps(self, call: Call, record: Record | None) -> Call:
        if record is None:
            return call
        taken: list[str] = []
        unclear: dict[str, list[str]] = {}
        whole = False
        for map_type, cell in self._records.named(record).items():
            verdict = self._judge(cell, f"{record['name']} with {map_type}", judge_map_call)
            if verdict.outcome is Outcome.ACCEPTED:
                taken.append(map_type)
                whole |= verdict.reason is Reason.LOADED
            elif verdict.outcome is not Outcome.REJECTED:
                unclear.setdefault(verdict.line, []).append(map_type)
        return replace(
            call,
            loaded=call.loaded or whole,
            maps=tuple(taken),
            maps_unclear={line: tuple(types) for line, types in sorted(unclear.items())},
        )

    def _kfuncs(self) -> tuple[dict[str, Call], tuple[str, ...], dict[str, tuple[str, ...]]]:
        found: dict[str, Call] = {}
        unused: list[str] = []
        unclear: dict[str, list[str]] = {}
        rows = [
            (r, [self._judge(cell, r["name"]) for cell in self._records.row(r)]) for r in self._records.all("kfunc")
        ]
        asked_first = asks_first(row for _, row in rows)
        for record, row in rows:
            name, module = record["name"], record["module"]
            verdicts = settle(row, asked_first=asked_first)
            call = self._call(verdicts)
            doubtful = [v for v in verdicts if v.outcome is Outcome.INCONCLUSIVE]
            if call.programs or call.refused:
                loaded = any(v.reason is Reason.LOADED for v in verdicts)
                found[name] = replace(call, loaded=loaded, module=None if module == "vmlinux" else module)
            elif doubtful:
                unclear.setdefault(str(doubtful[0].reason), []).append(name)
            else:
                unused.append(name)
        return _shared(dict(sorted(found.items()))), tuple(sorted(unused)), {k: tuple(v) for k, v in unclear.items()}


def _shared(calls: dict[str, Call]) -> dict[str, Call]:
    """Long lists of programs once, and then by the name that had them first."""
    first: dict[tuple[str, ...], str] = {}
    result = {}
    for name, call in calls.items():
        earlier = first.setdefault(call.programs, name)
        long = len(call.programs) > 1 and earlier != name
        result[name] = replace(call, programs=(), like=earlier) if long else call
    return result
