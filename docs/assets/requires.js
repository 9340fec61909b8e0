/* What an object needs of a kernel, and which releases have it: the report of `bpfref requires`, as data.

   What is known of each thing comes out of `assets/search/requires.js`, a table that `bpfref index` writes: an answer for
   every release. Here needs are collected and put together, as `bpfref/requires` does it; tests hold the two together. */
"use strict";

(() => {
  const { read, lineOf, Fault, TESTS, LOCAL_ID } = self.bpfrefObject;
  const VERDICTS = { y: 0, u: 1, n: 2 };
  const YES = 0, UNKNOWN = 1, NO = 2;
  const OLD_MOST = 4096, TAIL_CALL = 12, FRAGS = "BPF_F_XDP_HAS_FRAGS", MOST_REFERENCES = 1 << 20, CO_RE = "CO-RE", ARENA = ".addr_space.1";
  const fill = (text, names) => text.replace(/\{(\w+)\}/g, (_, name) => names[name]);
  const words = (text) => (text ? text.split(" ") : []);

  /* ---- the table ---- */

  /* Numbers in runs, `1f.12 -.3`, one by one; null for a dash */
  function unpacked(text) {
    return words(text).flatMap((run) => {
      const [number, length] = run.split(".");
      return new Array(+length).fill(number === "-" ? null : parseInt(number, 36));
    });
  }

  function answerOf(text, why) {
    const [marks, rest] = [text.slice(0, text.indexOf("_")), text.slice(text.indexOf("_") + 1)];
    return { verdict: VERDICTS[marks[0]], claimed: marks.includes("C"), condition: marks.includes("H"), why: why(rest) };
  }

  function pairs(text) {
    const list = words(text);
    return new Map(list.filter((_, i) => i % 2 === 0).map((name, i) => [name, +list[2 * i + 1]]));
  }

  const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

  class Known {
    constructor(data) {
      this.data = data;
      this.releases = data.releases.split(" ");
      this.answers = data.answers.split(" ").map((text) => answerOf(text, (rest) => data.texts[parseInt(rest, 36)]));
      this.rows = data.rows.split("\n");
      this.ways = new Map(data.ways.split("\n").map((way, i) => [way, i]));
      this.vectors = data.vectors.split("\n");
      this.helperCalls = pairs(data.helperCalls);
      this.kfuncCalls = pairs(data.kfuncCalls);
      this.libbpf = data.libbpf.split(" ");
      this.mapOrder = Object.keys(data.maps);
      this.read = new Map();
      for (const list of ["attachOptional", "given", "gplHelpers", "gplPrograms"]) this[list] = new Set(words(data[list]));
    }

    /* The answers of a row, release by release; `name` goes into the blanks of its texts */
    row(number, name = "") {
      const key = number + " " + name;
      if (!this.read.has(key)) {
        const filled = new Map(this.rows[number].split(" ").map((run) => parseInt(run, 36)).map((i) => [i, { ...this.answers[i], why: fill(this.answers[i].why, { name }) }]));
        this.read.set(key, { answers: unpacked(this.rows[number]).map((i) => filled.get(i)) });
      }
      return this.read.get(key);
    }

    fixed(key, name) {
      const answer = answerOf(this.data.fixed[key], (why) => fill(why, { name }));
      return { answers: this.releases.map(() => answer), fixed: true };
    }

    /* A number out of a packed list, by the place of what it is asked for */
    static pick(packed, place) { return place < 0 ? null : unpacked(packed)[place]; }

    /* The row for a program, out of a vector over all ways to load one; null for none */
    inWay(vector, program) {
      const key = (ops) => `${program.type} ${program.attach || "-"} ${program.sleepable ? "s" : "-"} ${ops || "-"}`;
      const place = this.ways.get(key(program.structOps)) ?? this.ways.get(key(null));
      if (typeof this.vectors[vector] === "string") this.vectors[vector] = unpacked(this.vectors[vector]);
      const number = place === undefined ? null : this.vectors[vector][place];
      return number === null || number === undefined ? null : this.row(number);
    }

    /* libbpf's entry for a section's name, also one that is gone, or that older versions took for it */
    rule(section) {
      const bare = ([pattern]) => pattern.replace(/[+/]+$/, "");
      const prefixed = this.data.rules.filter((rule) => rule[0] === bare(rule) && section.startsWith(rule[0]) &&
        rule[4] && this.libbpf.indexOf(rule[4]) < this.data.early);
      const longest = prefixed.reduce((best, rule) => (!best || rule[0].length > best[0].length ? rule : best), null);
      const found = this.data.rules.find((rule) => matches(rule, section)) || this.gone(section) || longest;
      if (!found) return null;
      const [pattern, type, attach, flags, since, until] = found;
      return { pattern, name: bare(found), type, attach: attach || null, flags: words(flags), since, until, matches: matches(found, section) };
    }

    gone(section) { return this.data.gone.find((rule) => matches(rule, section)); }
  }

  function matches([pattern], section) {
    if (pattern.endsWith("+")) {
      const name = pattern.replace(/[+/]+$/, "");
      return section === name || section.startsWith(name + "/");
    }
    return pattern.endsWith("/") ? section.startsWith(pattern) : section === pattern;
  }

  /* ---- what functions rely on beyond names ---- */

  const PLAIN = { callback: "callback", kfunc: "kernel-function-call", kconfig: "global-data", "jump table": "indirect-jump" };

  function featureOf(object, { kind, name, number, weak }) {
    if (weak) return null; // a loader makes a call of what is not there harmless
    if (kind === "helper") return number === TAIL_CALL ? "tail-call" : null;
    if (kind === "function") {
      const called = object.function(name);
      return called && ["global", "weak"].includes(called.linkage) ? "global-function" : "function-call";
    }
    if (kind === "data") return name === ARENA ? "arena-data" : "global-data";
    if (kind === "ksym") return (object.externs.get(name) || {}).typed ? "typed-kernel-symbol" : null;
    return PLAIN[kind] || null;
  }

  /* What a program relies on, with all that it calls: each feature once, with its place */
  function featuresOf(object, program) {
    const uses = new Map(), use = (feature, one, slot) => uses.has(feature) || uses.set(feature, { one, slot });
    for (const one of program.functions) {
      for (const [part, slot] of one.parts) use(part, one, slot);
      if (one.loop !== null) use("bounded-loop", one, one.loop);
      for (const reference of one.references) {
        const feature = featureOf(object, reference);
        if (feature) use(feature, one, reference.slot);
      }
    }
    if (program.functions.reduce((sum, one) => sum + one.slots, 0) > OLD_MOST) use("large-program", program.function, null);
    const tail = uses.get("tail-call");
    uses.delete("tail-call");
    if (tail && (uses.has("function-call") || uses.has("global-function"))) uses.set("tail-call-in-functions", tail);
    return uses;
  }

  /* ---- needs ---- */

  function subjectOf(object, known) {
    const fills = new Map(object.structOps.flatMap((ops) => [...ops.programs.values()].map((name) => [name, ops.type])));
    const programs = object.programs.map((one) => {
      const rule = known.rule(one.section.replace(/^\?/, "")), slash = one.section.indexOf("/");
      const program = {
        name: one.name, function: one, functions: object.closure(one), rule, section: one.section,
        type: rule && rule.type, attach: rule && rule.attach, sleepable: Boolean(rule && rule.flags.includes("SEC_SLEEPABLE")),
        structOps: fills.get(one.name) || null, target: slash < 0 ? null : one.section.slice(slash + 1) || null,
      };
      program.way = [program.type, program.attach, program.sleepable ? "sleepable" : null].filter(Boolean).join(" ");
      return program;
    });
    const total = programs.reduce((sum, { functions }) => sum + functions.reduce((more, one) => more + one.references.length, 0), 0);
    if (total > MOST_REFERENCES) throw new Fault(`its programs hold more than ${MOST_REFERENCES} references with all that they call`);
    return { object, programs, gpl: known.data.licences.includes(object.licence || "") };
  }

  const need = (kind, name, span, where, { places = [], within = "", stage = "load" } = {}) =>
    ({ kind, name, span, where: [...where], places: places.filter(Boolean), within, stage, title: `${kind} ${name}${within && " in " + within}` });

  /* Needs for the same thing as one, with all that use it */
  function merged(needs) {
    const found = new Map();
    for (const one of needs) {
      const key = [one.kind, one.name, one.within, one.stage].join("\0");
      if (!found.has(key)) found.set(key, { ...one, where: new Set(), places: new Set() });
      for (const name of one.where) found.get(key).where.add(name);
      for (const place of one.places) found.get(key).places.add(place);
    }
    return [...found.values()].map((one) => ({ ...one, where: [...one.where], places: [...one.places] }));
  }

  function* allNeeds(subject, known) {
    const tests = new Set(subject.object.relocations.filter((r) => TESTS.has(r.kind)).map((r) => r.function));
    for (const program of subject.programs) {
      if (program.rule) {
        yield need("program type", program.type, known.row(known.data.programs[program.type]), [program.name]);
        yield* attachNeeds(program, known);
        if (!subject.gpl && known.gplPrograms.has(program.type)) yield need("licence", "GPL", known.fixed("licence"), [program.name], { within: program.type });
        yield* targetNeeds(program, known);
        yield* callNeeds(subject, program, tests, known);
      } else {
        yield need("section", program.section, known.fixed("section", program.section), [program.name]);
      }
      yield* featureNeeds(subject, program, known);
    }
    yield* mapNeeds(subject, known);
    yield* externNeeds(subject, known);
    yield* relocationNeeds(subject, known);
  }

  /* The attach type, a sleepable program, a packet in fragments */
  function* attachNeeds(program, known) {
    const { data } = known;
    if (program.attach) {
      if (!known.attachOptional.has(program.attach)) yield need("attach type", program.attach, known.row(data.attaches[program.attach]), [program.name], { stage: "attach" });
      const looked = known.inWay(data.attachLoad, program);
      if (looked) yield need("attach type", program.attach, looked, [program.name]);
    }
    if (program.sleepable) yield need("sleepable", "program", known.inWay(data.sleepable, program), [program.name], { within: `${program.type} ${program.attach || ""}`.trim() });
    if (program.rule.flags.includes("SEC_XDP_FRAGS")) yield need("program flag", FRAGS, known.row(data.frags), [program.name]);
  }

  function* targetNeeds(program, known) {
    if (!program.rule.flags.includes("SEC_ATTACH_BTF")) return;
    if (program.type === "BPF_PROG_TYPE_EXT" || program.target === null) {
      yield need("target", "to be set", known.fixed("no-target"), [program.name]);
      return;
    }
    yield need("target", program.target, targetSpan(program, known), [program.name]);
  }

  function targetSpan({ type, attach, target, sleepable }, known) {
    const { hooks, noHook, iterators, noIterator } = known.data;
    if (type === "BPF_PROG_TYPE_LSM") return known.row(own(hooks, target) ? hooks[target][+sleepable] : noHook, target);
    if (attach === "BPF_TRACE_ITER") return known.row(own(iterators, target) ?? noIterator, target);
    return known.fixed("target", target);
  }

  /* Whether a function looks at a symbol that may be missing, or at configuration */
  const asksFirst = (one) => one.references.some((r) => r.weak || r.kind === "kconfig");

  function* callNeeds(subject, program, tests, known) {
    const tested = program.functions.some((one) => tests.has(one.name) || asksFirst(one));
    for (const one of program.functions) {
      for (const reference of one.references) {
        const places = [lineOf(one, reference.slot)];
        const found = reference.kind === "helper" ? helperNeed(subject, program, reference.number, places, known)
          : reference.kind === "kfunc" && !reference.weak ? kfuncNeed(program, reference.name, places, known) : null;
        if (!found) continue;
        if (tested && !found.span.fixed) found.span = { answers: found.span.answers.map((answer) => afterTest(answer, known)) };
        yield found;
      }
    }
  }

  /* The program asks the kernel for something first, and may leave alone what is missing */
  const afterTest = (answer, known) => (answer.verdict === NO ? { ...answer, verdict: UNKNOWN, why: fill(known.data.tested, answer) } : answer);

  function helperNeed(subject, program, number, places, known) {
    const name = own(known.data.helpers, String(number)), where = [program.name];
    if (!name) return need("helper", `number ${number}`, known.fixed("unnumbered"), where, { places });
    if (!subject.gpl && known.gplHelpers.has(name)) return need("helper", name, known.fixed("licence"), where, { places, within: program.type });
    return need("helper", name, known.inWay(known.helperCalls.get(name), program), where, { places, within: program.way });
  }

  function kfuncNeed(program, name, places, known) {
    const vector = known.kfuncCalls.get(name);
    if (vector === undefined) return need("kfunc", name, known.fixed("unknown-kfunc"), [program.name], { places });
    return need("kfunc", name, known.inWay(vector, program), [program.name], { places, within: program.way });
  }

  function* featureNeeds(subject, program, known) {
    for (const [name, { one, slot }] of featuresOf(subject.object, program)) {
      const feature = known.data.features[name];
      let span = known.row(feature.row);
      if (feature.programs && program.type && !feature.programs.includes(program.type)) span = known.fixed("not-in-program", program.type);
      if (feature.gpl && !subject.gpl) span = known.fixed("licence");
      yield need("feature", feature.title, span, [program.name], { places: slot === null ? [] : [lineOf(one, slot)] });
    }
  }

  function* mapNeeds(subject, known) {
    for (const each of subject.object.maps.values()) {
      yield* oneMap(each, subject, known);
      if (each.inner) yield* oneMap(each.inner, subject, known);
    }
    for (const ops of subject.object.structOps) yield* structOpsNeeds(ops, known);
  }

  function* oneMap(map, subject, known) {
    const { data } = known, where = [map.name], name = map.type === null ? "BPF_MAP_TYPE_ARRAY" : own(data.mapTypes, String(map.type));
    if (!name) {
      yield need("map type", `number ${map.type}`, known.fixed("unnumbered"), where);
      return;
    }
    if (map.type !== null) {
      yield need("map type", name, known.row(data.maps[name]), where);
      yield* flagNeeds(map, name, known);
    }
    for (const field of map.fields) yield* fieldNeeds(field, map, name, subject, known);
    if (map.kptrs.length) yield need("feature", `${data.features.kptr.title} (${map.kptrs.join(", ")})`, known.row(data.kptr), where);
  }

  function* flagNeeds(map, name, known) {
    const { flagNames, flags } = known.data, given = Number(BigInt.asUintN(32, BigInt(map.flags)));
    for (let n = 0; n < 32; n++) {
      const bit = 2 ** n;
      if (!(Math.floor(given / bit) % 2)) continue;
      const flag = own(flagNames, String(bit));
      const span = flag ? known.row(Known.pick(flags[flag], known.mapOrder.indexOf(name)), name) : known.fixed("unnamed-flag");
      yield need("map flag", flag || "0x" + bit.toString(16), span, [map.name], { within: name });
    }
  }

  function* fieldNeeds(field, map, name, subject, known) {
    const { fields, fieldUse } = known.data, row = own(fields, field) && Known.pick(fields[field], known.mapOrder.indexOf(name));
    if (row !== null && row !== undefined) yield need("field", field, known.row(row, name), [map.name], { within: name });
    for (const program of subject.programs) {
      if (!program.type || own(fieldUse, field) === undefined) continue;
      if (!program.functions.some((one) => one.references.some((r) => (r.kind === "map" || r.kind === "data") && r.name === map.name))) continue;
      const span = known.inWay(fieldUse[field], program);
      if (span) yield need("map with field", field, span, [map.name, program.name], { within: program.way });
    }
  }

  function* structOpsNeeds(ops, known) {
    const where = [ops.name], kind = own(known.data.structOps, ops.type);
    yield need("map type", "BPF_MAP_TYPE_STRUCT_OPS", known.row(known.data.maps.BPF_MAP_TYPE_STRUCT_OPS), where);
    if (!kind) {
      yield need("struct_ops type", ops.type, known.fixed("unknown-struct-ops"), where);
      return;
    }
    yield need("struct_ops type", ops.type, known.row(kind.row), where);
    for (const member of ops.members) yield need("struct_ops member", `${ops.type}.${member}`, known.row(own(kind.members, member) ?? kind.none), where);
  }

  /* Configuration and symbols of the kernel; weak ones may be missing */
  function* externNeeds(subject, known) {
    const used = new Map();
    for (const program of subject.programs) for (const one of program.functions) for (const r of one.references) used.set(r.name, one.name);
    for (const each of subject.object.externs.values()) {
      const key = hangs(each, known);
      if (key && used.has(each.name)) yield need(each.kind, each.name, known.fixed(key, each.name), [used.get(each.name)]);
    }
  }

  function hangs({ kind, name, weak, typed }, known) {
    if (kind === "kconfig" && !known.given.has(name)) return weak ? "weak-configuration" : "configuration";
    if (weak || kind === "kfunc" || kind === "kconfig") return null;
    return kind === "ksym" ? (typed ? "typed-symbol" : "symbol") : "undefined";
  }

  /* The kernel's BTF, and each type, member or enumerator that is looked for in it */
  function* relocationNeeds(subject, known) {
    const wanted = subject.object.relocations.filter((r) => r.kind !== LOCAL_ID);
    if (!wanted.length) return;
    const feature = known.data.features["kernel-btf"];
    yield need("feature", feature.title, known.row(feature.row), new Set(wanted.map((r) => r.function)));
    for (const r of wanted) if (!TESTS.has(r.kind)) yield need(CO_RE, r.spelled, known.fixed("relocation"), [r.function]);
  }

  /* ---- all of them together ---- */

  function judge(needs, release) {
    const found = needs.map((one) => [one, one.span.answers[release]]);
    const verdict = found.reduce((worst, [, answer]) => Math.max(worst, answer.verdict), YES);
    return { verdict, because: verdict === YES ? [] : found.filter(([, answer]) => answer.verdict === verdict), claimed: found.some(([, answer]) => answer.claimed) };
  }

  /* The range of releases that have everything, as far as a release can tell */
  function survey(needs, releases) {
    const sure = (release) => judge(needs.filter((one) => !one.span.answers[release].condition), release);
    const found = releases.map((_, i) => sure(i)), newest = found[found.length - 1];
    const first = found.findIndex((one) => one.verdict === YES);
    const conditions = needs.map((one) => [one, one.span.answers[releases.length - 1]]).filter(([, answer]) => answer.condition);
    const named = (from, to) => releases.slice(from, to);
    if (first < 0) {
      const because = (verdict) => (newest.verdict === verdict ? newest.because : []);
      return range(null, releases.filter((_, i) => found[i].verdict === UNKNOWN), false, because(NO), because(UNKNOWN), conditions, null, []);
    }
    const lower = found.slice(0, first).map((one) => one.verdict).lastIndexOf(NO), open = named(lower + 1, first);
    const gone = found.findIndex((one, i) => i >= first && one.verdict === NO);
    const deciding = first && !open.length ? found[first - 1].because : lower >= 0 ? found[lower].because : [];
    return range(releases[first], open, found[first].claimed, deciding, open.length ? found[first - 1].because : [], conditions,
      gone < 0 ? null : releases[gone], gone < 0 ? [] : found[gone].because);
  }

  const told = (list) => list.map(([one, answer]) => ({ need: one.title, why: answer.why, where: one.where, places: one.places, kind: one.kind, name: one.name, within: one.within, stage: one.stage }));
  const range = (oldest, open, claimed, deciding, unknown, conditions, until, gone) =>
    ({ oldest, claimed, not_known: open, until, because: told(deciding), open: told(unknown), conditions: told(conditions), gone: told(gone) });

  /* ---- libbpf ---- */

  function loaderOf(subject, known) {
    const rules = subject.programs.filter((one) => one.rule && !one.rule.until);
    let newest = null;
    for (const one of rules) {
      if (one.rule.since && (!newest || known.libbpf.indexOf(one.rule.since) > known.libbpf.indexOf(newest.rule.since))) newest = one;
    }
    return {
      oldest: newest && newest.rule.since, section: newest && newest.section,
      unreleased: [...new Set(rules.filter((one) => !one.rule.since).map((one) => one.section))],
      refuses: [...new Set(refusals(subject, known))],
    };
  }

  function* refusals(subject, known) {
    const { strict, text } = known.data, { object } = subject, say = (key, names) => fill(known.data.refusals[key], names);
    const legacy = [...object.maps.values()].filter((map) => map.legacy).map((map) => map.name);
    if (legacy.length) yield say("legacy", { names: legacy.join(", "), strict });
    for (const { section, rule, target } of subject.programs) {
      const gone = known.gone(section);
      if (!rule) yield say("unknown-section", { section });
      else if (!rule.until && !rule.matches) yield say("old-section", { section, strict, name: rule.name });
      else if (rule.until && gone) yield say("gone-section", { section, until: gone[5] });
      else if (rule.flags.includes("SEC_ATTACH_BTF") && target === null) yield say("no-target", { section });
    }
    for (const one of object.subprograms) if (one.section !== text && one.linkage === "static") yield say("static", { name: one.name, text });
    for (const each of object.externs.values()) if (each.kind === "unknown symbol") yield say("undeclared", { name: each.name });
    for (const map of object.maps.values()) yield* misshapen(map, known, say);
  }

  /* Why every kernel refuses a map as it is declared */
  function* misshapen(map, known, say) {
    const type = map.type === null ? undefined : own(known.data.mapTypes, String(map.type)), { name } = map;
    const shape = known.data.shapes.find((each) => each.types.includes(type));
    if (!shape) return;
    for (const [side, wanted, given] of [["keys", shape.key, map.keySize], ["values", shape.value, map.valueSize]]) {
      if (wanted && !wanted.includes(given) && (wanted.length || !given)) yield say("size", { name, type, side, wanted: wanted.join(" or ") || known.data.anySize, given });
    }
    if (shape.entries === "some" && !map.entries) yield say("no-entries", { name });
    if (shape.entries === "none" && map.entries) yield say("entries", { name, type, given: map.entries });
  }

  /* ---- the report ---- */

  const levelOf = (subject, known) => subject.programs.flatMap((program) => [...featuresOf(subject.object, program).keys()])
    .map((name) => known.data.features[name].level).filter(Boolean).sort().pop() || "v1";

  /* Each with the first release that has it */
  function dated(needs, known) {
    return needs.map((one) => {
      const at = one.span.answers.findIndex((answer) => answer.verdict === YES);
      const first = at < 0 ? null : known.releases[at];
      return { kind: one.kind, name: one.name, within: one.within || null, stage: one.stage, first, why: first ? null : one.span.answers[known.releases.length - 1].why, where: one.where, places: one.places, title: one.title, at };
    });
  }

  /* The report on an object's bytes, as `bpfref requires --json` has it; throws bpfrefObject.Fault for what is none */
  function report(bytes, file, known) {
    const object = read(bytes), subject = subjectOf(object, known), needs = merged(allNeeds(subject, known));
    return {
      file, order: object.order, licence: object.licence, gpl: subject.gpl, instruction_set: levelOf(subject, known), btf: object.btf,
      programs: subject.programs.map((one) => ({
        name: one.name, section: one.section, type: one.type, attach: one.attach, sleepable: one.sleepable,
        instructions: one.functions.reduce((sum, each) => sum + each.slots, 0),
      })),
      maps: [...object.maps.keys()], mapCount: [...object.maps.values()].filter((map) => map.type !== null).length + object.structOps.length,
      functions: Object.fromEntries(object.subprograms.map((one) => [one.name, one.linkage])),
      relocations: object.relocations.map((r) => ({ function: r.function, instruction: r.slot, asks: r.spelled, kind: r.kind })),
      needs: dated(needs, known), newest: known.releases[known.releases.length - 1],
      load: survey(needs.filter((one) => one.stage === "load"), known.releases), attach: survey(needs, known.releases),
      libbpf: loaderOf(subject, known),
    };
  }

  self.bpfrefRequires = { report, Known };
})();
