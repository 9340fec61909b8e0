/* The report on an object for people, out of the data that `assets/requires.js` makes: headings, lists and a table. */
"use strict";

(() => {
  const MANY = 5; // reasons that are spelled out; the table has all
  // Names out of a file may hold anything.
  const clean = (text) => String(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\ufffd");
  const count = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

  /* Which releases load it, in one sentence */
  function headline({ file, load, libbpf, newest }) {
    return clean(`${file}: ${releases(load, newest)}${libbpf.refuses.length ? ", but libbpf does not load it as it is" : ""}.`);
  }

  function releases({ oldest, open, until, not_known: left, claimed }, newest) {
    if (!oldest) return open.length ? "it is not known which releases load it" : `no release up to ${newest} loads it`;
    const some = left.length > 1 ? ` to ${left[left.length - 1]}` : "";
    return `loads on ${oldest} and newer${until ? `, but not on ${until} and newer` : ""}` +
      `${left.length ? `; not known for ${left[0]}${some}` : ""}${claimed ? " (by published facts)" : ""}`;
  }

  /* The parts of a report as elements; `make` builds one, `linked` gives a name with its page */
  function show(report, { make, linked }) {
    const code = (text) => make("code", {}, clean(text));
    const named = ({ kind, name, within }) => [kind + " ", kind === "feature" ? clean(name) : linked(clean(name)), ...(within ? [" in ", code(within)] : [])];
    const places = (one) => {
      const shown = one.where.slice(0, 3).join(", ") + (one.where.length > 3 ? ` and ${one.where.length - 3} more` : "");
      return clean(shown + (one.places.length ? ` (${one.places.slice(0, 3).join(", ")})` : ""));
    };
    const reason = (one) => make("li", {}, ...named(one), `: ${clean(one.why)}`, make("br", {}), make("small", {}, places(one)));
    const part = (title, ...inside) => [make("h3", {}, title), ...inside];

    function reasons(title, list) {
      if (!list.length) return [];
      const more = list.length > MANY ? [make("li", {}, `and ${list.length - MANY} more, in the table`)] : [];
      return part(title, make("ul", {}, ...list.slice(0, MANY).map(reason), ...more));
    }

    function attaching({ load, attach }) {
      if (attach.oldest === load.oldest) return [];
      const where = attach.oldest ? `It can be attached on ${attach.oldest} and newer.` : `No release up to ${report.newest} is known to attach it.`;
      return part("Attaching", make("p", {}, where), make("ul", {}, ...attach.because.filter((one) => one.stage === "attach").map(reason)));
    }

    /* What hangs on the very kernel and not on its release, by kind */
    function conditions(list) {
      if (!list.length) return [];
      const kinds = [...new Set(list.map((one) => one.kind))];
      const rows = kinds.map((kind) => {
        const names = list.filter((one) => one.kind === kind).map((one) => one.name);
        const shown = names.slice(0, MANY).flatMap((name, i) => [i ? ", " : "", code(name)]);
        return make("li", {}, `${kind}: `, ...shown, names.length > MANY ? ` and ${names.length - MANY} more` : "");
      });
      return part("If the kernel has", make("ul", {}, ...rows));
    }

    function loader({ refuses, unreleased, oldest, section }) {
      const rows = refuses.map((why) => make("li", {}, `refuses: ${clean(why)}`));
      if (unreleased.length) rows.push(make("li", {}, "no version yet knows section ", code(unreleased.join(", ")), "; its repository does"));
      else if (oldest) rows.push(make("li", {}, `${oldest} or newer, for section `, code(section)));
      return rows.length ? part("libbpf", make("ul", {}, ...rows)) : [];
    }

    function about({ order, programs, mapCount, licence, gpl, instruction_set: level, btf, relocations }) {
      const types = [...new Set(programs.map((one) => (one.type || "unknown").replace("BPF_PROG_TYPE_", "")))].sort();
      const sorts = programs.length ? `${count(programs.length, "program")} (${types.join(", ")})` : "no programs";
      const terms = licence === null ? "no licence" : `licence “${clean(licence)}”`;
      const debug = !btf ? "no BTF" : relocations.length ? `BTF with ${count(relocations.length, "CO-RE relocation")}` : "BTF";
      return part("The object", make("p", {}, `${order}-endian, ${sorts}, ${count(mapCount, "map")}, ${terms}${gpl ? "" : " (not GPL-compatible)"}; ` +
        "the least level of instructions is ", code(`-mcpu=${level}`), `; ${debug}.`));
    }

    function table(needs) {
      const order = [...needs].sort((a, b) => a.at - b.at || (a.title < b.title ? -1 : 1));
      const rows = order.map((one) => make("tr", {},
        make("td", {}, one.first || "?"), make("td", {}, ...named(one), one.stage === "attach" ? " (to attach)" : "", ...(one.first ? [] : [`: ${clean(one.why)}`])),
        make("td", {}, places(one))));
      const head = make("tr", {}, ...["Since", "Need", "For"].map((text) => make("th", { scope: "col" }, text)));
      const details = make("details", {}, make("summary", {}, `All needs: ${needs.length}`), make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
      details.open = needs.length <= 30;
      return details;
    }

    const { load } = report;
    return [
      ...reasons("Because", load.because), ...reasons("Not known", load.open), ...reasons("Gone again", load.gone), ...attaching(report),
      ...conditions(load.conditions), ...loader(report.libbpf), ...about(report), table(report.needs),
      make("p", {}, "What the verifier makes of a program's logic, only a kernel can tell: this is what it must have."),
    ];
  }

  self.bpfrefReport = { headline, show, clean };
})();
