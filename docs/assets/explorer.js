/* "What can I use?": a kernel, a program type and kinds of things, or features and the oldest kernel. State is in the address.

   It reads the table of names and `kernels.js`, both written by `bpfref index`. What reads an object is loaded when one is given. */
"use strict";

(() => {
  const place = document.querySelector("[data-explorer]");
  if (!place || !self.bpfrefParts) return;
  const { load, names, address, release, make } = self.bpfrefParts;
  const here = document.currentScript.src;
  const calls = ["helper function", "kfunc"];
  const KINDS = ["helper function", "kfunc", "program type", "map type", "bpf() command", "attach type", "link type"];

  /* ---- answers: { has: "yes" | "part" | "no" | "unknown", why, sure } where `sure` means that this kernel was asked ---- */

  function readKernels(data) {
    const pairs = (text) => {
      const words = text.split(" ");
      return words.filter((_, i) => i % 2 === 0).map((word, i) => [word, words[2 * i + 1]]);
    };
    const answers = data.answers.split(" ");
    const first = new Map();
    const firsts = data.pairs.split(" ");
    for (let i = 0; i + 2 < firsts.length; i += 3) first.set(firsts[i] + " " + firsts[i + 1], firsts[i + 2]);
    return {
      releases: data.releases.split(" "), series: data.series.split(" "), programs: data.programs.split(" "),
      calls: new Map(pairs(data.calls).map(([name, at]) => [name, answers[at]])), there: new Map(pairs(data.there)), first,
    };
  }

  function judge(facts) {
    const order = new Map(facts.releases.map((one, i) => [one, i]));
    const at = (text) => order.get(text);
    const say = (has, why, sure = false) => ({ has, why, sure });

    /* The nearest series before and behind a release whose letter tells something */
    function around(letters, kernel, telling) {
      const told = facts.series.filter((_, i) => telling.includes(letters[i]));
      return [told.filter((one) => at(one) < at(kernel)).pop(), told.find((one) => at(one) > at(kernel))];
    }

    function isThere(entry, kernel) {
      const letters = facts.there.get(entry.name) || "";
      const letter = letters[facts.series.indexOf(kernel)];
      if (letter === "p") return say("yes", "asked", true);
      if (letter === "o") return say("part", `asked: Debian's ${kernel} is built without it`, true);
      if (letter === "n") return say("no", entry.since === "-" || entry.since[0] === "<" ? "asked" : `asked; ${release(entry.since)}`, true);
      if (letter === "g") return say("unknown", "asked: not in this build, or gone", true);
      const exact = /^\d/.test(entry.since) && "v" + entry.since.replace("?", "");
      const [last] = around(letters, kernel, "pong");
      if (last && exact && at(exact) <= at(last) && "ng".includes(letters[facts.series.indexOf(last)])) return say("unknown", `${last} was asked, and has it not`);
      if (exact && order.has(exact)) return at(exact) <= at(kernel) ? say("yes", release(entry.since)) : say("no", release(entry.since));
      const [before] = around(letters, kernel, "po");
      const [, behind] = around(letters, kernel, "n");
      if (before) return say("yes", `${before} has it`);
      if (behind) return say("no", `${behind} has it not`);
      if (entry.since[0] === "<" && at("v" + entry.since.slice(1)) <= at(kernel)) return say("yes", release(entry.since));
      return say("unknown", "first release not known");
    }

    function mayCall(entry, program, kernel) {
      const row = facts.calls.get(entry.name) || "";
      const size = facts.series.length;
      const letters = row.slice(facts.programs.indexOf(program.name) * size).slice(0, size);
      const letter = letters[facts.series.indexOf(kernel)];
      if (letter === "a") return say("yes", "asked", true);
      if (letter === "s") return say("part", "asked: with some attach types, or only if it may sleep", true);
      if (letter === "n") return say("no", "asked: refused", true);
      for (const one of [entry, program]) {
        const found = isThere(one, kernel);
        if (found.has === "no") return say("no", one === entry ? found.why : `${program.name}: ${found.why}`, found.sure);
        if (found.has === "unknown") return found;
      }
      if (letter) return say("unknown", "asked without an answer", true);
      const [before, behind] = around(letters, kernel, "asn");
      const was = before && letters[facts.series.indexOf(before)];
      const is = behind && letters[facts.series.indexOf(behind)];
      if (was === "a" || was === "s") return say(was === "a" ? "yes" : "part", `as ${before}, which was asked`);
      if (is === "n") return say("no", `${behind} was asked, and refuses it`);
      const first = facts.first.get(program.name + " " + entry.name);
      if (first) return say(at(first) <= at(kernel) ? "yes" : "no", `since ${first} in this program type, by a published table`);
      return say("unknown", before && behind ? `came after ${before}, by ${behind}` : behind ? `${behind} accepts it; when that began is not known` : "not asked");
    }

    return (entry, program, kernel) => (program && calls.includes(entry.kind.label) ? mayCall(entry, program, kernel) : isThere(entry, kernel));
  }

  /* ---- the page ---- */

  const link = (entry) => {
    const code = make("code", {}, entry.name);
    return make("a", { href: address(entry.page, entry.kind.own ? "" : entry.name) }, code);
  };
  const option = (value, text, chosen) => {
    const made = make("option", { value }, text);
    made.selected = value === chosen;
    return made;
  };
  const labelled = (id, text, control) => {
    control.id = id;
    return make("div", {}, make("label", { for: id }, text), control);
  };
  const GROUPS = [["yes", "There"], ["part", "In part"], ["unknown", "Not known"], ["no", "Not there, or refused"]];

  function start(list, facts) {
    const answer = judge(facts);
    const byName = new Map(list.map((entry) => [entry.name, entry]));
    const programs = facts.programs.map((name) => byName.get(name)).filter(Boolean);
    const short = (name) => name.replace("BPF_PROG_TYPE_", "");
    const given = new URLSearchParams(location.search);
    const newest = facts.releases[facts.releases.length - 1];
    const state = {
      kernel: facts.releases.includes(given.get("kernel")) ? given.get("kernel") : newest,
      program: (programs.find((one) => short(one.name) === given.get("program")) || {}).name || "",
      kinds: given.has("kinds") ? KINDS.filter((kind) => given.get("kinds").split(",").includes(kind)) : ["helper function", "map type"],
      features: (given.get("features") || "").split(",").filter((name) => byName.has(name)),
    };
    const chosen = () => programs.find((one) => one.name === state.program);

    function remember() {
      const query = new URLSearchParams({ kernel: state.kernel });
      if (state.program) query.set("program", short(state.program));
      query.set("kinds", state.kinds.join(","));
      if (state.features.length) query.set("features", state.features.join(","));
      history.replaceState(null, "", "?" + query + location.hash);
    }

    const kernel = make("select", {}, ...[...facts.releases].reverse().map((one) =>
      option(one, facts.series.includes(one) ? `${one} (asked)` : one, state.kernel)));
    const program = make("select", {}, option("", "any", state.program), ...programs.map((one) => option(one.name, short(one.name), state.program)));
    const boxes = KINDS.map((kind) => {
      const box = make("input", { type: "checkbox", value: kind });
      box.checked = state.kinds.includes(kind);
      return box;
    });
    const kinds = make("fieldset", {}, make("legend", {}, "Kinds"), ...boxes.map((box) => make("label", {}, box, " " + box.value)));
    const told = make("div", { class: "explorer__told", role: "region", "aria-label": "What this kernel has" });
    const status = make("p", { role: "status" });

    function table(rows) {
      const body = rows.map(({ entry, found }) => make("tr", {},
        make("td", {}, link(entry)), make("td", {}, entry.kind.label), make("td", { class: found.sure ? "explorer__asked" : "" }, found.why)));
      const head = make("tr", {}, ...["Name", "Kind", "Rests on"].map((text) => make("th", { scope: "col" }, text)));
      return make("table", {}, make("thead", {}, head), make("tbody", {}, ...body));
    }

    function show() {
      remember();
      const rows = list.filter((entry) => state.kinds.includes(entry.kind.label))
        .map((entry) => ({ entry, found: answer(entry, chosen(), state.kernel) }));
      const groups = GROUPS.map(([has, title]) => [has, title, rows.filter((row) => row.found.has === has)]);
      const asked = rows.filter((row) => row.found.sure).length;
      status.textContent = `Linux ${state.kernel}${state.program ? ", " + short(state.program) : ""}: ` +
        groups.map(([, title, those]) => `${title.toLowerCase()} ${those.length}`).join("; ") + `. ${asked} of ${rows.length} answers are this kernel's own.`;
      told.replaceChildren(...groups.filter(([, , those]) => those.length).map(([has, title, those]) => {
        const rows = make("div", { class: "explorer__rows", role: "region", tabindex: "0", "aria-label": title }, table(those));
        const details = make("details", {}, make("summary", {}, `${title}: ${those.length}`), rows);
        details.open = has === "yes" || has === "part";
        return details;
      }));
      oldest();
    }

    /* ---- the oldest kernel ---- */

    const names = make("datalist", { id: "explorer-names" }, ...list.filter((entry) => KINDS.includes(entry.kind.label)).map((entry) => make("option", { value: entry.name })));
    const field = make("input", { type: "text", list: "explorer-names", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
    const add = make("button", { type: "submit" }, "Add");
    const form = make("form", {}, labelled("explorer-feature", "Helper, kfunc, type or command", field), add);
    const features = make("ul", { class: "explorer__features" });
    const verdict = make("p", { role: "status" });

    function oldest() {
      const wanted = state.features.map((name) => byName.get(name));
      const first = (entry, ...has) => facts.releases.find((one) => ["yes", "part", ...has].includes(answer(entry, chosen(), one).has));
      features.replaceChildren(...wanted.map((entry) => {
        const drop = make("button", { type: "button", "aria-label": `Remove ${entry.name}` }, "×");
        drop.addEventListener("click", () => { state.features = state.features.filter((name) => name !== entry.name); show(); field.focus(); });
        const from = first(entry);
        const found = from && answer(entry, chosen(), from);
        const perhaps = first(entry, "unknown");
        const earlier = perhaps === from ? "" : `; perhaps from ${perhaps}`;
        return make("li", {}, link(entry), from ? ` from ${from} (${found.why})${earlier}` : " in no release that is known", " ", drop);
      }));
      if (!wanted.length) { verdict.textContent = ""; return; }
      const all = (has) => facts.releases.find((one) => wanted.every((entry) => has.includes(answer(entry, chosen(), one).has)));
      const sure = all(["yes", "part"]);
      const open = all(["yes", "part", "unknown"]);
      const where = state.program ? ` in ${short(state.program)} programs` : "";
      verdict.textContent = !sure ? `No release is known to have all of them${where}.`
        : `All of them${where}: Linux ${sure}${open !== sure ? `; from ${open} on it is possible, and not known` : ""}.`;
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const name = field.value.trim();
      const entry = byName.get(name) || list.find((one) => one.low === name.toLowerCase());
      if (!entry) { verdict.textContent = name ? `No entry is called ${name}.` : ""; return; }
      if (!state.features.includes(entry.name)) state.features.push(entry.name);
      field.value = "";
      show();
    });
    kernel.addEventListener("change", () => { state.kernel = kernel.value; show(); });
    program.addEventListener("change", () => { state.program = program.value; show(); });
    kinds.addEventListener("change", () => { state.kinds = boxes.filter((box) => box.checked).map((box) => box.value); show(); });

    /* ---- a line of a log ---- */

    const log = make("textarea", { rows: "5", spellcheck: "false", autocomplete: "off" });
    const look = make("button", { type: "button" }, "Look up");
    const lines = make("div", { role: "status" });
    async function explain() {
      const texts = log.value.split("\n").map((line) => line.trim()).filter((line) => /[a-z]{3}/i.test(line) && !/^(\d+:|;|processed \d+ insns)/.test(line));
      const found = await Promise.all(texts.slice(-8).map(async (text) => {
        const results = await self.bpfrefFind(text);
        return [text, results.find((one) => one.kind === "verifier message") || (/#\d+/.test(text) && results[0])];
      }));
      const known = found.filter(([, one]) => one);
      lines.replaceChildren(known.length
        ? make("ul", {}, ...known.reverse().map(([text, one]) => make("li", {}, make("code", {}, text), " ", make("a", { href: one.href }, one.title))))
        : make("p", {}, texts.length ? "No line of it is a message that is known here." : "Paste the log first."));
    }
    look.addEventListener("click", () => explain().catch(() => { lines.textContent = "The search index could not be read."; }));

    /* ---- an object ---- */

    const nameOf = (name) => (byName.has(name) ? link(byName.get(name)) : make("code", {}, name));
    const object = objectPart(nameOf, (report) => {
      const types = [...new Set(report.programs.map((one) => one.type))];
      const of = (one) => byName.has(one.name) && KINDS.includes(byName.get(one.name).kind.label);
      state.program = types.length === 1 && programs.some((one) => one.name === types[0]) ? types[0] : "";
      state.features = [...new Set(report.needs.filter(of).map((one) => one.name))];
      program.value = state.program;
      show();
      titles.get("oldest").tabIndex = -1;
      titles.get("oldest").focus();
    });

    const PARTS = [["kernel", "What is there on a kernel"], ["oldest", "The oldest kernel for what I use"], ["object", "What an object needs"], ["log", "What the verifier said"]];
    const titles = new Map(PARTS.map(([id, title]) => [id, make("h2", { id }, title)]));
    place.replaceChildren(
      make("nav", { class: "explorer__parts", "aria-label": "Parts of this page" }, make("ul", {}, ...PARTS.map(([id, title]) => make("li", {}, make("a", { href: "#" + id }, title))))),
      titles.get("kernel"),
      make("div", { class: "explorer__choice" }, labelled("explorer-kernel", "Linux", kernel), labelled("explorer-program", "Program type", program), kinds),
      status, told,
      titles.get("oldest"), form, names, features, verdict,
      titles.get("object"), ...object,
      titles.get("log"),
      labelled("explorer-log", "Lines of its log", log), look, lines,
    );
    show();
  }

  /* ---- what an object needs ---- */

  const coming = new Map();
  /* A script beside this one */
  function script(name) {
    if (!coming.has(name)) {
      coming.set(name, new Promise((done, failed) => {
        const made = make("script", { src: new URL(name, here) });
        made.onload = done;
        made.onerror = () => { coming.delete(name); failed(new Error(name)); };
        document.head.append(made);
      }));
    }
    return coming.get(name);
  }

  async function readers() {
    const [data] = await Promise.all([load("requires"), script("object.js").then(() => script("requires.js")), script("report.js")]);
    return new self.bpfrefRequires.Known(data);
  }

  /* A field for a file, which may also be dropped anywhere on the page, and the report on it; `nameOf` links a name */
  function objectPart(nameOf, showNames) {
    const input = make("input", { type: "file", accept: ".o,.elf" });
    const zone = make("div", { class: "explorer__drop" }, labelled("explorer-object", "A compiled object, such as prog.bpf.o", input), make("p", {}, "… or drop the file anywhere on this page."));
    const command = make("a", { href: address("tools/requires") }, make("code", {}, "bpfref requires"));
    const about = make("p", {}, "Which kernels load a compiled object, and why. It is read here, in the browser: the file never leaves your machine. On the command line ",
      command, " says the same, and more of one kernel.");
    const status = make("p", { class: "explorer__said", role: "status" });
    const told = make("div", { class: "explorer__report", role: "region", "aria-label": "What the object needs" });
    let turn = 0;

    async function take(file) {
      const mine = ++turn;
      told.replaceChildren();
      status.textContent = `Reading ${file.name} …`;
      const { said, parts } = await reportOn(file);
      if (mine !== turn) return; // another file came in between
      status.textContent = said;
      told.replaceChildren(...parts);
    }

    async function reportOn(file) {
      let known;
      try {
        known = await readers();
      } catch {
        return { said: "The tables could not be read.", parts: [] };
      }
      const { Fault, enough } = self.bpfrefObject, { headline, show, clean } = self.bpfrefReport;
      try {
        const bytes = new Uint8Array(await file.slice(0, enough).arrayBuffer());
        const report = self.bpfrefRequires.report(bytes, file.name, known);
        const fill = make("button", { type: "button" }, "Show these names with their releases");
        fill.addEventListener("click", () => showNames(report));
        return { said: headline(report), parts: [...show(report, { make, linked: nameOf }), fill] };
      } catch (error) {
        const why = error instanceof Fault ? error.message : "it could not be read";
        return { said: `${clean(file.name)}: ${clean(why)}.`, parts: [] };
      }
    }

    const holdsFile = (event) => [...(event.dataTransfer ? event.dataTransfer.types : [])].includes("Files");
    const over = (on) => zone.classList.toggle("explorer__drop--over", on);
    input.addEventListener("click", () => { input.value = ""; }); // so that a file that was compiled anew can be chosen again
    input.addEventListener("change", () => { if (input.files.length) take(input.files[0]); });
    document.addEventListener("dragover", (event) => { if (holdsFile(event)) { event.preventDefault(); over(true); } });
    document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(false); });
    document.addEventListener("drop", (event) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      over(false);
      zone.scrollIntoView({ block: "start" });
      take(event.dataTransfer.files[0]);
    });
    return [about, zone, status, told];
  }

  Promise.all([names(), load("kernels")])
    .then(([{ list }, data]) => start(list.filter((entry) => !entry.kind.of), readKernels(data)))
    .catch(() => place.prepend(make("p", { role: "status" }, "The tables could not be read.")));
})();
