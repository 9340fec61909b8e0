/* The search: names at once, words of pages behind them. `bpfref index` writes what it reads.

   Nothing is fetched before the search is opened. The parts are scripts, so that they load from a disk too. */
"use strict";

(() => {
  const opener = document.querySelector("[data-search]");
  if (!opener) return;
  const root = new URL(opener.dataset.root, location);
  const folder = new URL(opener.dataset.search, location);
  const most = 50;
  const coming = new Map();
  const given = new Map();

  self.bpfrefSearch = (name, data) => given.set(name, data);

  function load(name) {
    if (!coming.has(name)) {
      coming.set(name, new Promise((done, failed) => {
        const script = document.createElement("script");
        const version = given.has("names") ? "?" + given.get("names").version : "";
        script.src = new URL(name + ".js" + version, folder);
        script.onload = () => (given.has(name) ? done(given.get(name)) : failed(new Error(name)));
        script.onerror = () => { coming.delete(name); failed(new Error(name)); };
        document.head.append(script);
      }));
    }
    return coming.get(name);
  }

  /* ---- names ---- */

  const bare = (text) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const loud = (text) => /[A-Z]/.test(text) && !/[a-z]/.test(text);

  function readNames(data) {
    const list = [];
    data.kinds.forEach((kind, rank) => {
      const values = kind.values ? kind.values.split(" ") : [];
      const since = kind.since.split(" ");
      const elsewhere = (kind.elsewhere || "").split(" ");
      kind.names.split(" ").forEach((rest, i) => {
        const name = kind.prefix + rest;
        const tail = kind.prefix ? rest : name.replace(/^bpf_/i, "");
        list.push({
          number: list.length, name, kind, rank, since: since[i], value: values[i],
          page: elsewhere.includes(name) ? elsewhere[elsewhere.indexOf(name) + 1] : kind.own ? kind.page + "/" + name : kind.page,
          plain: bare(name), tail: bare(tail), low: name.toLowerCase(),
        });
      });
    });
    const byName = new Map([...list].reverse().map((entry) => [entry.name, entry])); // of two with a name the first
    const aliases = data.aliases.split(" ");
    for (let i = 0; i + 1 < aliases.length; i += 2) {
      const entry = byName.get(aliases[i + 1]);
      entry.alias = aliases[i];
      entry.also = bare(aliases[i]);
    }
    return { list, errors: new Set(data.errors.split(" ")) };
  }

  /* Whether one letter changed, added, left out or swapped with its neighbour leads from a to b */
  function near(a, b) {
    if (a.length > b.length) [a, b] = [b, a];
    if (b.length - a.length > 1) return false;
    let i = 0;
    while (i < a.length && a[i] === b[i]) i++;
    if (a.length < b.length) return a.slice(i) === b.slice(i + 1);
    return a.slice(i + 1) === b.slice(i + 1) ||
      (a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2));
  }

  /* How well a name answers: 0 best, Infinity not at all */
  function fit(entry, asked, plain) {
    if (entry.name === asked || entry.alias === asked) return 0;
    if (entry.plain === plain || entry.also === plain) return 1;
    if (entry.tail === plain) return 2;
    if (entry.plain.startsWith(plain)) return 3;
    const low = asked.toLowerCase();
    if (plain.length > 2 && entry.low.endsWith("_" + low)) return 4;
    if (entry.tail.startsWith(plain)) return 5;
    if (entry.also && entry.also.startsWith(plain)) return 6;
    if (plain.length < 2) return Infinity;
    if (entry.low.includes("_" + low)) return 6;
    return plain.length > 2 && entry.plain.includes(plain) ? 7 : Infinity;
  }

  function misspelt(entry, plain) {
    if (near(entry.plain, plain) || near(entry.tail, plain)) return 8;
    if (plain.length < 6) return Infinity;
    const starts = [entry.plain, entry.tail].some((whole) =>
      [-1, 0, 1].some((more) => near(whole.slice(0, plain.length + more), plain)));
    return starts ? 9 : Infinity;
  }

  function findNames(asked, names) {
    const plain = bare(asked);
    if (!plain) return [];
    const number = /^(?:(?:func|helper)\s*)?#?\s*(\d+)$/i.exec(asked);
    const found = [];
    const take = (entry, tier) => tier < Infinity && found.push({ entry, order: [
      tier, loud(asked) === loud(entry.name) ? 0 : 1, entry.rank, entry.name.length] });
    if (number) {
      for (const entry of names) if (entry.value === String(+number[1])) take(entry, entry.kind.label === "helper function" ? 0 : 1);
    } else {
      for (const entry of names) take(entry, fit(entry, asked, plain));
      // a part without its underscores, that many functions of a library share, may be a misspelt name of the kernel
      const shared = found.filter((one) => one.order[0] > 2 && one.entry.kind.of && !one.entry.low.includes(asked.toLowerCase()));
      if (shared.length > 1) for (const one of shared) one.order[0] = 8.5;
      if (found.every((one) => one.order[0] > 2) && plain.length > 3) {
        const seen = new Set(found.map((one) => one.entry));
        for (const entry of names) if (!seen.has(entry)) take(entry, misspelt(entry, plain));
      }
    }
    const first = (a, b) => a.order.findIndex((value, i) => value !== b.order[i]);
    return found.sort((a, b) => {
      const i = first(a, b);
      return i < 0 ? (a.entry.name < b.entry.name ? -1 : 1) : a.order[i] - b.order[i];
    });
  }

  /* ---- words ---- */

  /* The same as in `generate/search/words.py` */
  function stem(word) {
    if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
    if (word.endsWith("s") && !/(ss|us|is)$/.test(word)) word = word.slice(0, -1);
    const end = ["ing", "ed"].find((one) => word.endsWith(one) && word.length - one.length >= 3);
    if (end) word = word.slice(0, -end.length).replace(/([b-df-hj-np-tv-z])\1$/, "$1");
    return word.endsWith("e") && word.length > 3 ? word.slice(0, -1) : word;
  }

  function terms(text) {
    const found = [];
    for (const match of text.toLowerCase().matchAll(/(?<![a-z0-9_.])v?(\d+\.\d+)(?![a-z0-9_])|[a-z0-9_]+/g)) {
      const word = match[1] || match[0];
      if (!word.includes("_")) found.push(stem(word));
      else found.push(word.replace(/^_+|_+$/g, ""), ...word.split("_").filter((part) => part && part !== "bpf").map(stem));
    }
    return [...new Set(found.filter(Boolean))];
  }

  /* What a question says beside its subject */
  const idle = new Set(("a an and any are as at be bpf by can do does ebpf example for from how i in is it kernel linux minimum my need of on or " +
    "required since that the this to use using version what when where which with").split(" "));
  const alike = { process: "task", interface: "device", iterate: "iter", buffer: "ringbuf", message: "msg", nic: "device", thread: "task" };

  /* The words that tell what is asked for; all of them if none does */
  function telling(asked) {
    const all = asked.split(/\s+/);
    // registers, offsets and addresses differ from log to log
    const told = all.length < 3 ? all : all.filter((word) => !/^\W*([rw]\d+(_w)?|-?\d+|0x[0-9a-f]+)\W*$/i.test(word));
    const words = told.length ? told : all;
    const rest = words.filter((word) => !idle.has(word.toLowerCase().replace(/[^a-z]/g, "") || word));
    return rest.length ? rest.join(" ") : asked;
  }

  function readUnits(data) {
    const pages = data.pages.split(" ");
    const rows = data.parts.split("\n");
    return {
      firsts: data.shards.split(" "),
      returns: new Set(data.returns.split(" ").map(Number)),
      parts: rows.map((line, i) => {
        const [page, anchor, title] = line.split("\t");
        return { page: pages[page], anchor, title, lesson: i >= rows.length - data.lessons };
      }),
    };
  }

  function shardOf(term, firsts) {
    let low = 0, high = firsts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (firsts[middle] <= term) low = middle; else high = middle - 1;
    }
    return low;
  }

  const shards = new Map();
  async function shard(number) {
    if (!shards.has(number)) {
      const text = await load("words-" + number);
      shards.set(number, text.split("\n").map((line) => line.split(" ")));
    }
    return shards.get(number);
  }

  function postings(packed) {
    const found = [];
    let unit = 0;
    for (const [, weight, far] of packed.matchAll(/([A-Z])([0-9a-z]*)/g)) {
      unit += parseInt(far || "0", 36);
      found.push([unit, weight.charCodeAt(0) - 64]);
    }
    return found;
  }

  /* For one word of the query: unit to weight, of the word itself, words that begin with it, or near ones */
  async function matches(term, units, total, share) {
    const rows = await shard(shardOf(term, units.firsts));
    const exact = rows.find((row) => row[0] === term);
    const longer = term.length < 3 ? [] : rows.filter((row) => row[0] !== term && row[0].startsWith(term));
    const close = exact || longer.length || term.length < 4 ? [] : rows.filter((row) => near(row[0], term));
    const found = new Map();
    const add = (row, factor) => {
      const all = postings(row[1]);
      const rare = Math.log(1 + total / (all.filter(([unit]) => share(unit) === 1).length || all.length));
      for (const [unit, weight] of all) found.set(unit, Math.max(found.get(unit) || 0, weight * rare * factor));
    };
    longer.slice(0, 40).forEach((row) => add(row, 0.35));
    close.forEach((row) => add(row, 0.5));
    if (exact) add(exact, 1);
    const rare = Math.log(1 + total / Math.max(1, [...found.keys()].filter((unit) => share(unit) === 1).length));
    return { found, rare };
  }

  /* `share` is what a unit's score counts, and how rare a word is goes by those that count whole: who asks in words
     mostly means the kernel, not a library */
  async function findWords(asked, units, total, share) {
    const each = (await Promise.all(terms(asked).map(async (term) => {
      const own = await matches(term, units, total, share);
      const other = Object.keys(alike).find((word) => stem(word) === term);
      if (!other) return own;
      for (const [unit, weight] of (await matches(alike[other], units, total, share)).found) {
        own.found.set(unit, Math.max(own.found.get(unit) || 0, weight * 0.7));
      }
      return own;
    }))).filter((one) => one.found.size);
    const whole = each.reduce((sum, one) => sum + one.rare, 0);
    const scores = new Map();
    for (const { found, rare } of each) {
      for (const [unit, weight] of found) {
        const score = scores.get(unit) || { sum: 0, part: 0 };
        scores.set(unit, { sum: score.sum + weight, part: score.part + rare });
      }
    }
    const found = [...scores].map(([unit, { sum, part }]) => ({ unit, score: sum * (part / whole) ** 2 * share(unit) }))
      .sort((a, b) => b.score - a.score || a.unit - b.unit);
    return found.filter((one) => one.score > found[0].score / 8);
  }

  /* ---- both ---- */

  function address(page, anchor) {
    const suffix = opener.dataset.suffix; // "/", on a disk "/index.html", or ".html"
    const own = suffix.startsWith("/")
      ? page.replace(/(^|\/)index$/, "$1").replace(/([^/])$/, "$1/") + suffix.slice(1)
      : page + suffix;
    return new URL(own + (anchor ? "#" + anchor : ""), root).href;
  }

  function ofEntry(entry, anchor) {
    return {
      id: "e" + entry.number, unit: entry.number, title: entry.name, code: true, kind: entry.kind.label, since: entry.since,
      value: entry.kind.label === "helper function" ? entry.value : "", of: entry.kind.of,
      href: address(entry.page, entry.kind.own ? anchor : entry.name),
    };
  }

  function ofPart(part, unit) {
    const kind = part.page.startsWith("verifier/") ? "verifier message" : part.lesson ? "example" : "page";
    return { id: "u" + unit, unit, title: part.title, kind, since: "", href: address(part.page, part.anchor) };
  }

  const knownNames = async () => state.names || (state.names = readNames(await load("names")));

  /* The results for a query: `ready` gets the names at once, then names and words. */
  async function find(query, ready) {
    const { list, errors } = await knownNames();
    const asked = query.trim().replace(/^(struct|union|enum)\s+/i, "").replace(/\(\)?;?$/, "");
    const words = asked.split(/\s+/);
    const wrong = words.filter((word) => errors.has(word.replace(/^[-(]+|[),.]+$/g, "").toLowerCase()));
    const rest = wrong.length ? words.filter((word) => !wrong.includes(word)).join(" ") : asked;
    const quoted = /\b(\w+)#\d+\b/.exec(rest);
    const subject = quoted && !/^func#/i.test(rest) ? quoted[1] : rest;
    let named = findNames(subject, list);
    const [, project, within] = /^(libbpf)\s+(\S.*)$/i.exec(subject) || /^(?=.*\s(libbpf)$)(.*\S)\s+libbpf$/i.exec(subject) || [];
    if (project) {
      const own = findNames(within, list.filter((entry) => entry.kind.of === project.toLowerCase()));
      if (own.length && own[0].order[0] < 3) named = own;
    }
    if (!named.length || named[0].order[0] > 6) {
      const short = findNames(telling(subject), list);
      if (short.length && short[0].order[0] < 3) named = short;
    }
    const sure = named.filter((one) => one.order[0] < 8);
    const names = sure.length ? sure : named;
    const entries = (anchors) => names.map(({ entry }) => ofEntry(entry, wrong.length && anchors && anchors.has(entry.number) ? "returns" : ""));
    if (!wrong.length) ready(entries(), false);
    const units = state.units || (state.units = readUnits(await load("units")));
    const own = list.filter((entry) => entry.kind.of).map((entry) => entry.page.split("/")[0])[0];
    const share = (unit) => {
      const library = unit < list.length ? list[unit].kind.of : units.parts[unit - list.length].page.split("/")[0] === own;
      return library ? 0.7 : 1;
    };
    const kernel = [...Array(list.length + units.parts.length).keys()].filter((unit) => share(unit) === 1).length;
    const found = await findWords(telling(asked), units, kernel, share);
    const known = new Set(names.map((one) => one.entry.number));
    const told = found.filter((one) => !known.has(one.unit)).map(({ unit }) => unit < list.length
      ? ofEntry(list[unit], wrong.length && units.returns.has(unit) ? "returns" : "")
      : ofPart(units.parts[unit - list.length], unit));
    ready([...entries(units.returns), ...told], true);
  }

  /* What is said of a result: in files of so many units */
  async function said(unit) {
    const size = state.units ? given.get("units").chunk : 0;
    if (!size) return "";
    const text = await load("texts-" + Math.floor(unit / size));
    return text.split("\n")[unit % size] || "";
  }

  const state = { names: null, units: null, results: [], kind: "", active: -1, turn: 0 };
  self.bpfrefStem = stem;
  self.bpfrefTerms = terms;
  /* For tests and measurements: the results of a query, or those by name alone */
  self.bpfrefFind = (query, quick = false) => new Promise((done, failed) => {
    find(query, (results, whole) => (whole || quick) && done(results)).catch(failed);
  });

  /* ---- the dialog ---- */

  const make = (tag, attributes, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  };
  self.bpfrefParts = { load, names: knownNames, address, release, make };
  let parts = null;

  function build() {
    const input = make("input", {
      type: "search", class: "ref-search__input", role: "combobox", "aria-label": "Search", "aria-expanded": "false",
      "aria-controls": "ref-search-list", "aria-autocomplete": "list", placeholder: "Name, number, words or message",
      autocomplete: "off", autocapitalize: "off", autocorrect: "off", spellcheck: "false", enterkeyhint: "go",
    });
    const close = make("button", { type: "button", class: "ref-search__close" }, "Close");
    const kinds = make("div", { class: "ref-search__kinds", role: "group", "aria-label": "Kind" });
    const list = make("div", { class: "ref-search__list", role: "listbox", id: "ref-search-list", "aria-label": "Results" });
    const status = make("p", { class: "ref-search__status", role: "status" });
    const dialog = make("dialog", { class: "ref-search md-typeset", "aria-label": "Search" },
      make("div", { class: "ref-search__head" }, input, close), kinds, status, list);
    document.body.append(dialog);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    input.addEventListener("input", () => ask(input.value));
    dialog.addEventListener("keydown", keys);
    return { dialog, input, kinds, list, status };
  }

  function open(query = "") {
    parts = parts || build();
    if (!parts.dialog.open) parts.dialog.showModal();
    if (query) parts.input.value = query;
    parts.input.select();
    load("names").then(() => load("units")).catch(() => {});
    if (query || parts.input.value) ask(parts.input.value);
    else say("Type a name, a part of one, a helper's number, words, or a line of a verifier log.");
  }

  const say = (text) => { parts.status.textContent = text; };

  function ask(query) {
    const turn = ++state.turn;
    state.kind = "";
    if (!query.trim()) {
      show([], true);
      say("");
      return;
    }
    find(query, (results, whole) => turn === state.turn && show(results, whole)).catch(() => {
      if (turn === state.turn && !state.results.length) say("The search index could not be read.");
    });
  }

  function show(results, whole) {
    const kept = state.active > 0 ? parts.list.children[state.active].id : "";
    state.results = results;
    draw(whole);
    const again = kept ? [...parts.list.children].findIndex((one) => one.id === kept) : -1;
    choose(again >= 0 ? again : results.length ? 0 : -1);
  }

  function draw(whole) {
    const { results, kind } = state;
    const shown = results.filter((one) => !kind || one.kind === kind).slice(0, most);
    parts.list.replaceChildren(...shown.map(row));
    parts.input.setAttribute("aria-expanded", String(shown.length > 0));
    const counts = new Map();
    for (const one of results) counts.set(one.kind, (counts.get(one.kind) || 0) + 1);
    parts.kinds.replaceChildren(...(counts.size > 1 ? [["", results.length], ...counts] : []).map(([name, count]) => {
      const chip = make("button", { type: "button", "aria-pressed": String(name === kind) }, (name || "all") + " ", make("span", {}, String(count)));
      chip.addEventListener("click", () => { state.kind = name; draw(true); choose(0); chipOf(name).focus(); });
      chip.dataset.kind = name;
      return chip;
    }));
    if (whole) say(shown.length ? count(results.filter((one) => !kind || one.kind === kind).length) : "Nothing found. Try fewer words, or a part of the name.");
  }

  const chipOf = (name) => [...parts.kinds.children].find((one) => one.dataset.kind === name);
  const count = (n) => (n === 1 ? "1 result" : n > most ? `${n} results, the first ${most} shown` : `${n} results`);

  function release(since, of = "") {
    if (since === "-") return "release not known";
    if (of) return `since ${of} v${since}`;
    if (since.startsWith("<")) return "by v" + since.slice(1);
    return since.endsWith("?") ? `since v${since.slice(0, -1)} (claimed)` : "since v" + since;
  }

  function row(one) {
    const title = make(one.code ? "code" : "b", { class: "ref-search__title" }, one.title);
    const kind = make("span", { class: "ref-search__kind" }, one.kind + (one.value ? " #" + one.value : ""));
    const text = make("span", { class: "ref-search__text" });
    const link = make("a", { id: "ref-search-" + one.id, role: "option", href: one.href, tabindex: "-1", "aria-selected": "false" }, title, " ", kind);
    if (one.since) link.append(" ", make("span", { class: "ref-search__since" }, release(one.since, one.of)));
    link.append(text);
    link.addEventListener("click", () => parts.dialog.close());
    link.addEventListener("pointermove", () => choose([...parts.list.children].indexOf(link), false));
    said(one.unit).then((words) => { text.textContent = words; }).catch(() => {});
    return link;
  }

  function choose(index, scroll = true) {
    const all = [...parts.list.children];
    all.forEach((one, i) => one.setAttribute("aria-selected", String(i === index)));
    state.active = index;
    if (all[index]) {
      parts.input.setAttribute("aria-activedescendant", all[index].id);
      if (scroll) all[index].scrollIntoView({ block: "nearest" });
    } else {
      parts.input.removeAttribute("aria-activedescendant");
    }
  }

  function keys(event) {
    const size = parts.list.children.length;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.isComposing) return;
    if (event.key === "Escape") { // which would only empty the field
      event.preventDefault();
      parts.dialog.close();
      return;
    }
    if (event.key in steps && size) {
      const step = steps[event.key];
      const next = state.active + step;
      choose(Math.abs(step) === 1 ? (next + size) % size : Math.max(0, Math.min(size - 1, next)));
      parts.input.focus();
      event.preventDefault();
    } else if (event.key === "Enter" && event.target === parts.input) {
      event.preventDefault();
      if (size) follow(event);
    }
  }

  function follow(event) {
    const chosen = parts.list.children[Math.max(0, state.active)];
    if (event.ctrlKey || event.metaKey) { self.open(chosen.href); return; }
    chosen.click();
  }

  const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  document.addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target);
    const letter = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
    if (!slash && !letter) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    open();
  }, true);
  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });

  const asked = new URLSearchParams(location.search).get("q");
  if (asked && document.querySelector("[data-search-page]")) open(asked);
})();
