/* A BPF object, opened in the browser: ELF, BTF and instructions into programs, maps and needs.

   It reads what `bpfref/formats/bpf_object` and `bpfref/formats/btf` read, part for part and with the same bounds, so
   that a file is refused here when it is refused there; tests hold the two together. What it says of a file that is
   none is one sentence (`Fault`). It knows nothing of kernels, and touches no page. */
"use strict";

(() => {
  class Fault extends Error {}
  const fault = (text) => new Fault(`${text}; compile it anew with \`clang -target bpf -c\``);
  const btfFault = (text) => new Fault(`BTF: ${text}`);

  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const loose = new TextDecoder("utf-8", { ignoreBOM: true });

  /* The string at an offset of a table: undefined where it does not end within `most` bytes, null where it is no UTF-8 */
  function textAt(bytes, offset, most) {
    const end = offset < bytes.length ? bytes.subarray(0, offset + most).indexOf(0, offset) : -1;
    if (end < 0) return undefined;
    try {
      return decoder.decode(bytes.subarray(offset, end));
    } catch {
      return null;
    }
  }

  const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /* The first place in an ordered list where `key` is at least `value` */
  function firstFrom(list, value, key) {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (key(list[middle]) < value) low = middle + 1; else high = middle;
    }
    return low;
  }

  /* ---- ELF ---- */

  const FUNC = 2, OBJECT = 1, NOTYPE = 0, SECTION = 3, LOCAL = 0, WEAK = 2, SYMTAB = 2, STRTAB = 3, RELA = 4, NOBITS = 8, REL = 9;
  const MOST = { bytes: 32 << 20, sections: 1 << 13, symbols: 1 << 16, relocations: 1 << 17, name: 4096, functions: 1 << 13, slots: 1 << 18, records: 1 << 18, types: 1 << 16, called: 257 };
  const RELOCATED = [".maps", ".struct_ops", ".struct_ops.link", "?.struct_ops", "?.struct_ops.link"];
  const MACHINES = { 3: "x86", 40: "ARM", 62: "x86-64", 183: "AArch64", 243: "RISC-V", 22: "s390", 21: "PowerPC", 258: "LoongArch" };

  function strings(bytes, what) {
    const known = new Map();
    return (offset) => {
      if (!known.has(offset)) {
        const text = textAt(bytes, offset, MOST.name);
        if (text === undefined) throw fault(`among the ${what} the one at byte ${offset} does not end`);
        if (text === null) throw fault(`among the ${what} the one at byte ${offset} is no UTF-8`);
        known.set(offset, text);
      }
      return known.get(offset);
    };
  }

  function readElf(bytes) {
    if (bytes.length < 4 || bytes[0] !== 0x7f || loose.decode(bytes.subarray(1, 4)) !== "ELF") throw fault("it is no ELF file");
    if (bytes.length > MOST.bytes) throw fault(`it has more than ${MOST.bytes >> 20} MiB, and no BPF object has`);
    const wide = bytes[4], sign = bytes[5];
    if (bytes.length < 52 || (wide !== 1 && wide !== 2) || (sign !== 1 && sign !== 2)) throw fault("its header cannot be read");
    const little = sign === 1, view = viewOf(bytes);
    const u16 = (at, from = view) => from.getUint16(at, little), u32 = (at, from = view) => from.getUint32(at, little);
    const u64 = (at, from = view) => Number(from.getBigUint64(at, little));
    const machine = u16(18);
    if (machine !== 247 && machine !== 0) throw fault(`it is for another machine (${MACHINES[machine] || "number " + machine})`);
    if (wide !== 2) throw fault("it is of class ELF32, BPF objects are ELF64");
    if (bytes.length < 64) throw fault("its header cannot be read");
    if (u16(16) !== 1) throw fault("it is no relocatable file");
    const start = u64(40), count = u16(60), size = u16(58), names = u16(62);
    if (!(count > 0 && count <= MOST.sections) || size !== 64) throw fault(`${count} sections with headers of ${size} bytes cannot be`);
    if (start + count * size > bytes.length) throw fault("the table of its sections ends beyond the file");
    const rows = [];
    for (let i = 0; i < count; i++) {
      const at = start + i * size;
      rows.push({ index: i, named: u32(at), kind: u32(at + 4), flags: u32(at + (little ? 8 : 12)), offset: u64(at + 24), size: u64(at + 32), link: u32(at + 40), info: u32(at + 44), entry: u64(at + 56) });
    }
    checkPlaces(rows, bytes.length);
    for (const row of rows) row.data = row.kind === 0 || row.kind === NOBITS ? new Uint8Array(0) : bytes.subarray(row.offset, row.offset + row.size);
    if (names >= count || rows[names].kind !== STRTAB) throw fault("its sections have no table of names");
    const text = strings(rows[names].data, "names of sections");
    for (const row of rows) {
      row.name = text(row.named);
      row.executable = (row.flags & 4) !== 0 && row.kind !== NOBITS;
    }
    const elf = { little, sections: rows, u16, u32, u64, named: (name) => rows.find((row) => row.name === name) };
    elf.symbols = readSymbols(elf);
    elf.relocations = readRelocations(elf);
    elf.inside = new Map();
    for (const symbol of elf.symbols) {
      if (!symbol.section || !symbol.name || ![FUNC, OBJECT, NOTYPE].includes(symbol.kind)) continue;
      if (!elf.inside.has(symbol.section)) elf.inside.set(symbol.section, []);
      elf.inside.get(symbol.section).push(symbol);
    }
    for (const list of elf.inside.values()) list.sort((a, b) => a.value - b.value);
    elf.symbolsOf = (section) => elf.inside.get(section.index) || [];
    elf.relocationsOf = (section, from, to) => {
      const every = elf.relocations.get(section.index) || [];
      return every.slice(firstFrom(every, from, (r) => r.offset), firstFrom(every, to, (r) => r.offset));
    };
    return elf;
  }

  /* Each section lies within the file, and no two share bytes */
  function checkPlaces(rows, end) {
    const places = rows.filter((row) => row.kind !== 0 && row.kind !== NOBITS && row.size)
      .map((row) => [row.offset, row.offset + row.size, row.index]);
    places.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
    for (const [, stop, number] of places) if (stop > end) throw fault(`section ${number} ends beyond the file`);
    for (let i = 1; i < places.length; i++) {
      if (places[i][0] < places[i - 1][1]) throw fault(`sections ${places[i - 1][2]} and ${places[i][2]} overlap`);
    }
  }

  function readSymbols({ sections, u16, u32, u64 }) {
    const tables = sections.filter((section) => section.kind === SYMTAB);
    if (tables.length !== 1) throw fault(`it has ${tables.length} tables of symbols and not one`);
    const [table] = tables;
    if (table.entry !== 24 || table.size % 24 || table.size > MOST.symbols * 24) throw fault(`a table of ${table.size} bytes cannot be one of symbols`);
    if (table.link >= sections.length || sections[table.link].kind !== STRTAB) throw fault("its symbols have no table of names");
    const text = strings(sections[table.link].data, "names of symbols"), view = viewOf(table.data);
    return Array.from({ length: table.data.length / 24 }, (_, index) => {
      const at = index * 24, info = view.getUint8(at + 4), section = u16(at + 6, view);
      if (section < 0xff00 && section >= sections.length) throw fault(`symbol ${index} is in section ${section}, which is not there`);
      const name = (info & 15) === SECTION && section < 0xff00 ? sections[section].name : text(u32(at, view));
      return { name, kind: info & 15, binding: info >> 4, hidden: [1, 2].includes(view.getUint8(at + 5) & 3), section: section < 0xff00 ? section : null, value: u64(at + 8, view), size: u64(at + 16, view) };
    });
  }

  /* For each section with instructions, and for maps, its relocations by offset */
  function readRelocations({ sections, symbols, little, u64 }) {
    const found = new Map();
    let total = 0;
    for (const section of sections) {
      if ((section.kind !== REL && section.kind !== RELA) || section.info >= sections.length) continue;
      const target = sections[section.info];
      if (!target.executable && !RELOCATED.includes(target.name)) continue;
      if (section.kind === RELA || section.entry !== 16 || section.size % 16 || found.has(target.index)) throw fault(`section ${section.name} is no table of relocations for ${target.name}`);
      total += section.size / 16;
      if (total > MOST.relocations) throw fault(`it has more than ${MOST.relocations} relocations`);
      const view = viewOf(section.data), list = [];
      for (let at = 0; at < section.data.length; at += 16) {
        const offset = u64(at, view), symbol = view.getUint32(at + (little ? 12 : 8), little);
        if (symbol >= symbols.length || offset >= target.size) throw fault(`a relocation of ${target.name} at byte ${offset} leads nowhere`);
        list.push({ offset, symbol: symbols[symbol] });
      }
      found.set(target.index, list.sort((a, b) => a.offset - b.offset));
    }
    return found;
  }

  /* ---- BTF ---- */

  const [INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, BFUNC, PROTO, VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64] =
    Array.from({ length: 19 }, (_, i) => i + 1);
  const KINDS = "VOID INT PTR ARRAY STRUCT UNION ENUM FWD TYPEDEF VOLATILE CONST RESTRICT FUNC FUNC_PROTO VAR DATASEC FLOAT DECL_TAG TYPE_TAG ENUM64".split(" ");
  /* By kind: words behind the common three, words for each entry, whether the flag and the count mean something */
  const SHAPES = [[0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [3, 0, 0, 0], [0, 3, 1, 1], [0, 3, 1, 1], [0, 2, 1, 1], [0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0],
    [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 2, 0, 1], [1, 0, 0, 0], [0, 3, 0, 1], [0, 0, 0, 0], [1, 0, 1, 0], [0, 0, 1, 0], [0, 3, 1, 1]];
  const DECLARED = new Set([BFUNC, VAR, DATASEC, DECL_TAG]);
  const isType = (kind) => !DECLARED.has(kind);
  const REFERS = new Set([PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG, PROTO, VAR]);
  const TAGGED = new Set([STRUCT, UNION, BFUNC, VAR, TYPEDEF]);
  const CHAIN = { [PTR]: 2, [TYPEDEF]: 2, [VOLATILE]: 2, [CONST]: 2, [RESTRICT]: 2, [TYPE_TAG]: 2, [PROTO]: 2, [ARRAY]: 3 };
  const NAMED_ENTRIES = new Set([STRUCT, UNION, PROTO, ENUM, ENUM64]);
  const BEHIND = new Set([TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG]);
  const LINKAGES = ["static", "global", "extern"];
  const LARGEST = 0xffffffff;

  class Btf {
    constructor(bytes) {
      const { words, text } = cutBtf(bytes);
      this.words = words;
      this.text = text;
      this.known = new Map();
      this.types = new Map();
      this.starts = [-1];
      this.kinds = [0];
      this.scan();
    }

    get length() { return this.kinds.length; }

    isStart(offset) { return offset < this.text.length && (offset === 0 || this.text[offset - 1] === 0); }

    /* A word of each entry of a type */
    column(id, column) {
      const at = this.starts[id], [fixed, each] = SHAPES[this.kinds[id]], found = [];
      for (let i = 0; i < (this.words[at + 1] & 0xffffff); i++) found.push(this.words[at + 3 + fixed + i * each + column]);
      return found;
    }

    fault(id, text) { return btfFault(`type ${id} (${KINDS[this.kinds[id]]}) ${text}`); }

    /* Where each type starts, and that nothing points astray */
    scan() {
      const { words } = this;
      let at = 0;
      while (at < words.length) {
        const id = this.kinds.length, info = at + 3 <= words.length ? words[at + 1] : 0, kind = (info >>> 24) & 0x7f, shape = SHAPES[kind];
        if (at + 3 > words.length) throw btfFault(`type ${id} is cut off`);
        if (!kind || !shape) throw btfFault(`type ${id} has the unknown kind ${kind}`);
        const count = shape[3] ? 0 : info & 0xffffff;
        if ((info >>> 31 && !shape[2]) || count) throw btfFault(`type ${id} (${KINDS[kind]}) has unknown bits in its info word 0x${info.toString(16)}`);
        if (id > 0xfffff) throw btfFault(`type ${id} is one more than the format allows`);
        this.starts.push(at);
        this.kinds.push(kind);
        at += 3 + shape[0] + (info & 0xffffff) * shape[1];
      }
      if (at !== words.length) throw btfFault(`type ${this.length - 1} ends ${at - words.length} words beyond the types`);
      this.checkNames();
      for (let id = 1; id < this.length; id++) this.checkReferences(id);
      this.checkChains();
    }

    checkNames() {
      const base = " (split BTF needs the base it was made for)";
      for (let id = 1; id < this.length; id++) {
        if (!this.isStart(this.words[this.starts[id]])) throw this.fault(id, `has its name at ${this.words[this.starts[id]]}, where no string starts${base}`);
      }
      for (let id = 1; id < this.length; id++) {
        if (NAMED_ENTRIES.has(this.kinds[id]) && !this.column(id, 0).every((name) => this.isStart(name))) throw this.fault(id, `has a name within where no string starts${base}`);
      }
    }

    checkReferences(id) {
      const kind = this.kinds[id], at = this.starts[id], wanted = [];
      if (REFERS.has(kind)) wanted.push([this.words[at + 2], isType]);
      if (kind === BFUNC) wanted.push([this.words[at + 2], (one) => one === PROTO]);
      if (kind === DECL_TAG) wanted.push([this.words[at + 2], (one) => TAGGED.has(one)]);
      if (kind === STRUCT || kind === UNION || kind === PROTO) for (const one of this.column(id, 1)) wanted.push([one, isType]);
      if (kind === DATASEC) for (const one of this.column(id, 0)) wanted.push([one, (other) => other === VAR || other === BFUNC]);
      if (kind === ARRAY) wanted.push([this.words[at + 3], isType], [this.words[at + 4], isType]);
      if (wanted.some(([one]) => one >= this.length)) throw this.fault(id, "refers to a type that is not there (split BTF needs the base it was made for)");
      if (!wanted.every(([one, fits]) => fits(this.kinds[one]))) throw this.fault(id, "refers to a type of a kind that cannot stand there (split BTF needs the base it was made for)");
    }

    /* No chain of pointers, typedefs and the like is too long, or without end */
    checkChains() {
      const depths = new Array(this.length).fill(-1);
      depths[0] = 0;
      for (let id = 1; id < this.length; id++) {
        const chain = [];
        let at = id;
        while (depths[at] < 0) {
          const link = CHAIN[this.kinds[at]];
          if (link === undefined) { depths[at] = 0; break; }
          chain.push(at);
          if (chain.length > 64) break;
          at = this.words[this.starts[at] + link];
        }
        let depth = depths[at] < 0 ? 255 : depths[at];
        if (depth + chain.length > 64) throw this.fault(id, "leads through more than 64 others, or to itself");
        for (const passed of chain.reverse()) depths[passed] = ++depth;
      }
    }

    string(offset) {
      if (!this.known.has(offset)) {
        if (offset >= this.text.length) throw btfFault(`string offset ${offset} is beyond the end of the strings`);
        if (!this.isStart(offset)) throw btfFault(`string offset ${offset} is within a string (is this the right base?)`);
        const text = textAt(this.text, offset, MOST.name + 1);
        if (text === undefined) throw btfFault(`the string at offset ${offset} has more than ${MOST.name} bytes`);
        if (text === null) throw btfFault(`the string at offset ${offset} is no UTF-8`);
        this.known.set(offset, text);
      }
      return this.known.get(offset);
    }

    name(id) { return id ? this.string(this.words[this.starts[id]]) : ""; }

    /* The ids of all types with a name and a kind */
    find(name, kind) {
      if (!this.names) {
        this.names = new Map();
        for (let id = 1; id < this.length; id++) {
          if (!this.words[this.starts[id]]) continue;
          const own = this.name(id);
          if (!this.names.has(own)) this.names.set(own, []);
          this.names.get(own).push(id);
        }
      }
      return (this.names.get(name) || []).filter((id) => this.kinds[id] === kind);
    }

    /* Whether the producer knew that enumerations have a sign */
    get signs() {
      if (this.signed === undefined) {
        this.signed = this.kinds.some((kind, id) => kind === ENUM64 || (kind === ENUM && this.words[this.starts[id] + 1] >>> 31));
      }
      return this.signed;
    }

    at(id) {
      if (id < 0 || id >= this.length) throw btfFault(`type ${id} is asked for, but the ids end at ${this.length - 1}`);
      if (!this.types.has(id)) this.types.set(id, id ? this.decode(id) : { kind: 0 });
      return this.types.get(id);
    }

    /* The type behind typedefs, qualifiers and type tags */
    resolve(id) {
      while (BEHIND.has(this.at(id).kind)) id = this.at(id).target;
      return id;
    }

    /* One type out of its words; lazily, so that only what is asked for is looked at */
    decode(id) {
      const { words } = this, at = this.starts[id], kind = this.kinds[id], info = words[at + 1], third = words[at + 2], flag = info >>> 31 === 1;
      const wrong = (text) => this.fault(id, text);
      const name = this.name(id);
      const must = () => { if (!name) throw wrong("lacks a name, or an enumerator in it does"); return name; };
      const none = () => { if (words[at]) throw wrong("has a name, but its kind has none"); return third; };
      const linkage = (value) => { if (value > 2) throw wrong(`has the unknown linkage ${value}`); return LINKAGES[value]; };
      const [fixed, each] = SHAPES[kind];
      const entries = each ? Array.from({ length: info & 0xffffff }, (_, i) => at + 3 + fixed + i * each) : [];
      switch (kind) {
        case INT: {
          const data = words[at + 3], bits = data & 0xff, offset = (data >>> 16) & 0xff;
          if (data & 0xff00 || (data >>> 24) & ~7 || !bits || bits > 128 || offset + bits > third * 8) throw wrong(`has the impossible layout 0x${data.toString(16)} in ${third} bytes`);
          return { kind, name: must(), size: third };
        }
        case PTR: case VOLATILE: case CONST: case RESTRICT: return { kind, target: none() };
        case ARRAY:
          if (none()) throw wrong("has a size of its own");
          return { kind, element: words[at + 3], count: words[at + 5] };
        case STRUCT: case UNION: {
          const members = entries.map((entry) => {
            const place = words[entry + 2];
            return { name: this.string(words[entry]), type: words[entry + 1], offset: flag ? place & 0xffffff : place, bits: flag ? place >>> 24 : 0 };
          });
          if (members.some((member) => member.offset + member.bits > third * 8)) throw wrong("has a member beyond its end");
          return { kind: STRUCT, union: kind === UNION, name, size: third, members };
        }
        case ENUM: case ENUM64: {
          const signed = flag || (kind === ENUM && !this.signs);
          const list = entries.map((entry) => {
            const own = this.string(words[entry]);
            if (!own) throw wrong("lacks a name, or an enumerator in it does");
            const value = kind === ENUM ? BigInt(words[entry + 1]) : BigInt(words[entry + 1]) | (BigInt(words[entry + 2]) << 32n);
            return { name: own, value: signed ? BigInt.asIntN(kind === ENUM ? 32 : 64, value) : value };
          });
          if (![1, 2, 4, 8].includes(third) && (third || info & 0xffffff)) throw wrong(`has ${third} bytes`);
          return { kind: ENUM, name, size: third, enumerators: list };
        }
        case FWD:
          if (third) throw wrong("refers to a type");
          return { kind, name: must(), union: flag };
        case TYPEDEF: return { kind, name: must(), target: third };
        case TYPE_TAG: return { kind, name: must(), target: third, attribute: flag };
        case BFUNC: return { kind, linkage: linkage(info & 0xffffff), name: must(), proto: third };
        case PROTO: {
          const returns = none(), found = entries.map((entry) => ({ name: this.string(words[entry]), type: words[entry + 1] }));
          const last = found[found.length - 1];
          if (last && !last.name && !last.type) found.pop();
          if (found.some((one) => !one.type)) throw wrong("has a parameter of type void");
          return { kind, returns, parameters: found };
        }
        case VAR: { must(); return { kind, name, type: third, linkage: linkage(words[at + 3]) }; }
        case DATASEC: return { kind, name: must(), size: third, places: entries.map((entry) => words[entry]) };
        case FLOAT: return { kind, name: must(), size: third };
        default: return { kind, name: must(), target: third, component: words[at + 3], attribute: flag };
      }
    }

    /* Decodes the tags of a type, which nothing here asks for but a broken one spoils the object */
    checkTags(id) {
      if (!this.tags) {
        this.tags = new Map();
        for (let tag = 1; tag < this.length; tag++) {
          if (this.kinds[tag] !== DECL_TAG) continue;
          const target = this.words[this.starts[tag] + 2];
          if (!this.tags.has(target)) this.tags.set(target, []);
          this.tags.get(target).push(tag);
        }
      }
      for (const tag of this.tags.get(id) || []) this.at(tag);
    }

    /* What C's sizeof gives */
    sizeOf(id) {
      let count = 1, found;
      for (;;) {
        id = this.resolve(id);
        found = this.at(id);
        if (found.kind === ARRAY) { count *= found.count; id = found.element; }
        else if (found.kind === VAR) id = found.type;
        else break;
        if (count > LARGEST) break;
      }
      const size = count * (count <= LARGEST ? this.ownSize(id, found) : 1);
      if (size > LARGEST) throw btfFault(`type ${id} makes an array of ${size} bytes`);
      return size;
    }

    ownSize(id, found) {
      if (found.kind === PTR) return this.pointer;
      if ([INT, FLOAT, STRUCT, DATASEC].includes(found.kind) || (found.kind === ENUM && found.enumerators.length)) return found.size;
      throw this.fault(id, "has no size");
    }

    /* The size of long, which on Linux is that of a pointer */
    get pointer() {
      const long = ["long unsigned int", "unsigned long", "long int", "long"].flatMap((name) => this.find(name, INT))[0];
      return long === undefined ? 8 : this.at(long).size;
    }

    /* The variables, and for kernel functions the functions, in a section */
    *variables(section) {
      for (const id of this.find(section, DATASEC)) {
        for (const place of this.at(id).places) {
          const found = this.at(place);
          if (found.kind === VAR || found.kind === BFUNC) yield [place, found];
        }
      }
    }

    typeName(id) {
      const found = this.at(id);
      const word = found.kind === STRUCT || found.kind === FWD ? (found.union ? "union" : "struct") : found.kind === ENUM ? "enum" : "";
      return `${word} ${this.name(id) || "(no name)"}`.trim();
    }
  }

  /* The header, and its sections of types and strings */
  function cutBtf(bytes) {
    if (bytes.length < 8) throw btfFault(`${bytes.length} bytes are too few for a header`);
    const little = bytes[0] === 0x9f;
    if (!(little && bytes[1] === 0xeb) && !(bytes[0] === 0xeb && bytes[1] === 0x9f)) throw btfFault("it does not start with the magic number");
    if (bytes[2] !== 1 || bytes[3]) throw btfFault(`version ${bytes[2]} with flags 0x${bytes[3].toString(16)} is unknown, only version 1 without flags is`);
    const view = viewOf(bytes), length = view.getUint32(4, little);
    if (!(length >= 24 && length <= bytes.length)) throw btfFault(`a header of ${length} bytes in ${bytes.length} bytes of data is impossible`);
    if (bytes.subarray(32, length).some((byte) => byte)) throw btfFault("the header has fields that are unknown, so this BTF is newer than bpfref");
    const field = (at) => (at + 4 <= length ? view.getUint32(at, little) : 0);
    const pairs = [[field(8), field(12)], [field(16), field(20)], [field(24), field(28)]], size = bytes.length - length;
    let at = 0;
    for (const [start, long] of pairs.filter((pair) => pair[1]).sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
      if (start !== at) throw btfFault(`${start > at ? "gap before" : "overlap with"} the section at byte ${start}`);
      at = start + long;
    }
    if (at !== size) throw btfFault(`the sections need ${at} bytes, there are ${size}`);
    if (pairs.some(([start]) => start > size)) throw btfFault("a section starts beyond the end of the data");
    if (pairs[0][0] % 4 || pairs[0][1] % 4) throw btfFault("the section of types is not aligned to 4 bytes");
    if (pairs[2][1] % 4 || pairs[2][0] % 4) throw btfFault("the section of layouts is not made of whole entries");
    const words = Uint32Array.from({ length: pairs[0][1] / 4 }, (_, i) => view.getUint32(length + pairs[0][0] + 4 * i, little));
    const text = bytes.subarray(length + pairs[1][0], length + pairs[1][0] + pairs[1][1]);
    if (text.length > 0x1000000) throw btfFault(`${text.length} bytes of strings are more than the format allows`);
    if (!text.length || text[text.length - 1]) throw btfFault("the last string does not end");
    if (text[0]) throw btfFault("the first string is not empty, as in split BTF, which needs its base");
    return { words, text };
  }

  /* ---- .BTF.ext ---- */

  function readExt(bytes, little, btf) {
    const view = viewOf(bytes), u32 = (at) => view.getUint32(at, little);
    if (bytes.length < 8 || view.getUint16(0, little) !== 0xeb9f || bytes[2] !== 1) throw fault(".BTF.ext does not start as it should");
    const length = u32(4);
    if (!(length > 8 && length <= bytes.length) || length % 4) throw fault(`the header of .BTF.ext cannot have ${length} bytes`);
    return [8, 16, 16].map((least, number) => {
      const field = (at) => (at + 4 <= Math.min(length, 32) ? u32(at) : 0);
      const start = length + field(8 + 8 * number), size = field(12 + 8 * number);
      if (start + size > bytes.length) throw fault("a table of .BTF.ext ends beyond it");
      return readRecords(start, start + size, least, u32, btf);
    });
  }

  function readRecords(start, end, least, u32, btf) {
    const found = [];
    if (start === end) return found;
    if (end - start < 4) throw fault("a table of .BTF.ext is cut off");
    const size = u32(start);
    if (!(size >= least && size <= 256) || size % 4) throw fault(`records of ${size} bytes in .BTF.ext cannot be`);
    let at = start + 4, total = 0;
    while (at < end) {
      if (at + 8 > end) throw fault("a table of .BTF.ext is cut off");
      const name = u32(at), count = u32(at + 4);
      at += 8;
      total += count;
      if (at + count * size > end || total > MOST.records || !count) throw fault(`${count} records of .BTF.ext are not there`);
      const section = btf.string(name);
      for (let i = 0; i < count; i++, at += size) {
        found.push({ section, offset: u32(at), rest: Array.from({ length: least / 4 - 1 }, (_, n) => u32(at + 4 + 4 * n)) });
      }
    }
    return found;
  }

  const badOffset = (record, what) => fault(`${what} of .BTF.ext for ${record.section} is at byte ${record.offset}, where no instruction is`);

  /* ---- CO-RE ---- */

  const LOCAL_ID = 6, TESTS = new Set([2, 8, 10, 12]);

  function resolveCore(record, btf) {
    const [id, access, kind] = record.rest;
    if (id >= btf.length || record.offset % 8) throw fault(`a CO-RE relocation of ${record.section} at byte ${record.offset} names no type`);
    const text = btf.string(access), parts = text.split(":");
    if (parts.length > 64 || !parts.every((part) => /^[0-9]{1,7}$/.test(part))) throw fault(`${JSON.stringify(text.slice(0, 40))} is no path of a CO-RE relocation`);
    const numbers = parts.map(Number), behind = btf.resolve(id);
    // The name before the path, as the command reads them: of two faults both tell the same one.
    const type = btf.typeName(id);
    const path = kind < LOCAL_ID ? members(btf, behind, numbers) : kind === 10 || kind === 11 ? enumerator(btf, behind, numbers) : [];
    return { kind, slot: record.offset / 8, spelled: [type, ...path.map((part) => (part.startsWith("[") ? part : "." + part))].join("") };
  }

  function members(btf, id, numbers) {
    const path = numbers[0] ? [`[${numbers[0]}]`] : [];
    for (const number of numbers.slice(1)) {
      const found = btf.at(id);
      if (found.kind === STRUCT && number < found.members.length) {
        if (found.members[number].name) path.push(found.members[number].name);
        id = btf.resolve(found.members[number].type);
      } else if (found.kind === ARRAY && number < 1 << 20) {
        path.push(`[${number}]`);
        id = btf.resolve(found.element);
      } else throw fault(`a CO-RE relocation asks for member ${number} of ${btf.typeName(id)}`);
    }
    return path;
  }

  function enumerator(btf, id, numbers) {
    const found = btf.at(id);
    if (found.kind !== ENUM || numbers.length !== 1 || numbers[0] >= found.enumerators.length) throw fault(`a CO-RE relocation asks ${btf.typeName(id)} for an enumerator that it has not`);
    return [found.enumerators[numbers[0]].name];
  }

  /* ---- instructions ---- */

  const LD = 0, LDX = 1, STX = 3, ALU = 4, JMP = 5, JMP32 = 6, ALU64 = 7, CALL = 0x80, EXIT = 0x90, LOAD_64 = 0x18;
  const isCall = (one) => (one.code & 7) === JMP && (one.code & 0xf0) === CALL;

  function decode(bytes, little) {
    if (!bytes.length || bytes.length % 8) throw new Fault(`has ${bytes.length} bytes, which are not whole instructions`);
    const view = viewOf(bytes), count = bytes.length / 8, found = new Map();
    for (let slot = 0; slot < count;) {
      const at = 8 * slot, code = bytes[at], registers = bytes[at + 1];
      const wide = code === LOAD_64;
      if (wide && (slot + 1 === count || bytes[at + 8])) throw new Fault(`has half a 64-bit load at instruction ${slot}`);
      found.set(slot, { code, src: little ? registers >> 4 : registers & 15, off: view.getInt16(at + 2, little), imm: view.getInt32(at + 4, little) });
      slot += wide ? 2 : 1;
    }
    return found;
  }

  function successors(code, slot) {
    const one = code.get(slot), kind = one.code & 7, operation = one.code & 0xf0, following = slot + (one.code === LOAD_64 ? 2 : 1);
    if ((kind !== JMP && kind !== JMP32) || operation === CALL) return [following];
    if (operation === 0) return one.code & 8 ? [] : [slot + 1 + (kind === JMP32 ? one.imm : one.off)];
    return operation === EXIT ? [] : [following, slot + 1 + one.off];
  }

  /* The first instruction found from which control goes back to one that led to it */
  function findLoop(code) {
    const open = new Set([0]), done = new Set(), trail = [[0, successors(code, 0), 0]];
    while (trail.length) {
      const top = trail[trail.length - 1], [slot, ways] = top;
      if (top[2] === ways.length) {
        trail.pop();
        open.delete(slot);
        done.add(slot);
        continue;
      }
      const target = ways[top[2]++];
      if (open.has(target)) return slot;
      if (done.has(target)) continue;
      if (!code.has(target)) throw new Fault(`leads from instruction ${slot} to ${target}, where none begins`);
      open.add(target);
      trail.push([target, successors(code, target), 0]);
    }
    return null;
  }

  function partOf(one) {
    const kind = one.code & 7, operation = one.code & 0xf0, mode = one.code & 0xe0, register = one.code & 8;
    if (kind === JMP || kind === JMP32) {
      const narrow = kind === JMP32;
      if (operation === 0) return register ? "indirect-jump" : narrow ? "gotol" : null;
      if (operation > 0xe0 || (narrow && [CALL, EXIT, 0xe0].includes(operation))) return "unknown-instruction";
      if (operation === CALL || operation === EXIT) return null;
      if (operation === 0xe0) return "may-goto";
      return narrow ? "jmp32" : operation >= 0xa0 && operation <= 0xd0 ? "jump-less-than" : null;
    }
    if (kind === ALU || kind === ALU64) {
      if (operation === 0xd0) return kind === ALU64 ? "byte-swap" : null;
      if (!one.off && operation < 0xd0) return null;
      if ((operation === 0x30 || operation === 0x90) && one.off === 1) return "signed-division";
      if (operation === 0xb0 && register && [8, 16, 32].includes(one.off)) return "signed-move";
      return operation === 0xb0 && kind === ALU64 && register && one.off === 1 ? "address-space-cast" : "unknown-instruction";
    }
    if (one.code === LOAD_64 || (kind !== LD && mode === 0x60)) return null;
    if (kind === STX && mode === 0xc0) return one.imm === 0x100 || one.imm === 0x110 ? "acquire-release" : one.imm ? "atomic-fetch" : null;
    if (kind === LD && (mode === 0x20 || mode === 0x40)) return "packet-load";
    return kind === LDX && mode === 0x80 ? "signed-load" : "unknown-instruction";
  }

  /* ---- functions and what they refer to ---- */

  const DATA = [".data", ".rodata", ".bss"];
  const isData = (name) => DATA.some((plain) => name === plain || name.startsWith(plain + "."));
  const isStructOps = (name) => [".struct_ops", ".struct_ops.link"].includes(name.replace(/^\?/, ""));

  function readFunctions(elf, externs) {
    const found = [];
    let total = 0;
    for (const section of elf.sections) {
      if (!section.executable || !section.size) continue;
      const symbols = elf.symbolsOf(section).filter((symbol) => symbol.kind === FUNC);
      checkCover(section, symbols);
      total += Math.floor(symbols.reduce((sum, symbol) => sum + symbol.size, 0) / 8);
      if (total > MOST.slots) throw fault(`its functions have more than ${MOST.slots} instructions`);
      for (const symbol of symbols) found.push(readFunction(elf, section, symbol));
      if (found.length > MOST.functions) throw fault(`it has more than ${MOST.functions} functions`);
    }
    const taken = new Set();
    for (const one of found) { // linked objects may have two static ones of a name
      if (taken.has(one.name)) one.name = `${one.name} (${one.section}+0x${one.offset.toString(16)})`;
      taken.add(one.name);
    }
    addReferences(elf, externs, found);
    return found;
  }

  function checkCover(section, symbols) {
    let start = 0, end = 0;
    for (const symbol of symbols) {
      if (!(symbol.value === start && symbol.value + symbol.size === end) && symbol.value < end) throw fault(`function ${symbol.name} begins within another`);
      start = symbol.value;
      end = symbol.value + symbol.size;
      if (start % 8 || end > section.size) throw fault(`function ${symbol.name} does not lie in section ${section.name}`);
    }
    if (!symbols.length) throw fault(`section ${section.name} has instructions and no function`);
  }

  function readFunction(elf, section, symbol) {
    const one = { name: symbol.name, section: section.name, offset: symbol.value, lines: [], references: [], parts: new Map() };
    try {
      one.code = decode(section.data.subarray(symbol.value, symbol.value + symbol.size), elf.little);
      one.loop = findLoop(one.code);
    } catch (error) {
      throw error instanceof Fault ? fault(`function ${symbol.name} ${error.message}`) : error;
    }
    one.slots = 0;
    for (const [slot, instruction] of one.code) {
      one.slots += instruction.code === LOAD_64 ? 2 : 1;
      const part = partOf(instruction);
      if (part && !one.parts.has(part)) one.parts.set(part, slot);
    }
    one.linkage = symbol.binding === LOCAL ? "static" : symbol.hidden ? "hidden" : symbol.binding === WEAK ? "weak" : "global";
    return one;
  }

  function addReferences(elf, externs, functions) {
    const places = new Map(), maps = new Map(), index = new Map();
    for (const one of [...functions].reverse()) places.set(one.section + "\0" + one.offset, one.name);
    for (const section of elf.sections) {
      if (section.name === ".maps" || section.name === "maps") for (const symbol of elf.symbolsOf(section)) maps.set(section.index + " " + symbol.value, symbol.name);
      if (!index.has(section.name)) index.set(section.name, section);
    }
    const astray = (one, slot, why) => fault(`function ${one.name}, instruction ${slot}: ${why}`);
    const at = (one, slot, section, place) => {
      const name = places.get(section + "\0" + place);
      if (name === undefined) throw astray(one, slot, `it leads to byte ${place} of ${section}, where no function begins`);
      return name;
    };

    function call(one, slot, instruction) {
      if (instruction.src === 0) return { kind: "helper", name: String(instruction.imm), number: instruction.imm };
      if (instruction.src === 2) return { kind: "unknown symbol", name: `kernel function of BTF id ${instruction.imm}` };
      return { kind: "function", name: at(one, slot, one.section, one.offset + (slot + 1 + instruction.imm) * 8) };
    }

    function bySymbol(one, slot, instruction, { symbol }) {
      const calls = isCall(instruction);
      if (!calls && instruction.code !== LOAD_64) throw astray(one, slot, `${symbol.name} is put into an instruction that takes no symbol`);
      if (symbol.section === 0) {
        const known = externs.get(symbol.name);
        return { kind: calls ? "kfunc" : known ? known.kind : "unknown symbol", name: symbol.name, weak: symbol.binding === WEAK };
      }
      if (symbol.section === null) return { kind: "unknown symbol", name: symbol.name };
      const section = elf.sections[symbol.section];
      if (section.executable) {
        // A call counts from its symbol in instructions, the address of a callback in bytes.
        const place = symbol.value + (calls ? (instruction.imm + 1) * 8 : instruction.imm);
        return { kind: calls ? "function" : "callback", name: at(one, slot, section.name, place) };
      }
      if (calls) throw astray(one, slot, `it calls ${symbol.name}, which is no function`);
      if (section.name === ".maps" || section.name === "maps") return { kind: "map", name: maps.get(section.index + " " + (symbol.value + instruction.imm)) || symbol.name };
      if (section.name === ".jumptables") return { kind: "jump table", name: symbol.name };
      if (isData(section.name) || section.name === ".addr_space.1" || section.name === ".kconfig") return { kind: "data", name: section.name };
      return { kind: "unknown symbol", name: symbol.name || section.name };
    }

    for (const one of functions) {
      const relocations = new Map();
      for (const each of elf.relocationsOf(index.get(one.section), one.offset, one.offset + one.slots * 8)) {
        const slot = Math.floor((each.offset - one.offset) / 8);
        if (each.offset % 8) throw astray(one, slot, "a relocation is off its slot");
        relocations.set(slot, each);
      }
      for (const [slot, instruction] of one.code) {
        const relocation = relocations.get(slot);
        relocations.delete(slot);
        if (relocation) one.references.push({ slot, ...bySymbol(one, slot, instruction, relocation) });
        else if (isCall(instruction)) one.references.push({ slot, ...call(one, slot, instruction) });
      }
      if (relocations.size) throw astray(one, Math.min(...relocations.keys()), "a relocation is at no instruction");
    }
  }

  /* Source lines, and that types of functions are such */
  function describe(functions, btf, [types, lines]) {
    const bySection = new Map();
    for (const record of [...lines].sort((a, b) => a.offset - b.offset)) {
      if (!bySection.has(record.section)) bySection.set(record.section, []);
      bySection.get(record.section).push(record);
    }
    const typed = new Map(types.map((record) => [record.section + "\0" + record.offset, record.rest[0]]));
    for (const one of functions) {
      const records = bySection.get(one.section) || [], offset = (record) => record.offset;
      for (const record of records.slice(firstFrom(records, one.offset, offset), firstFrom(records, one.offset + one.slots * 8, offset))) {
        if (record.offset % 8) throw badOffset(record, "a line");
        const file = btf.string(record.rest[0]);
        btf.string(record.rest[1]);
        one.lines.push({ slot: (record.offset - one.offset) / 8, place: `${file.split("/").pop()}:${record.rest[2] >>> 10}` });
      }
      const id = typed.get(one.section + "\0" + one.offset);
      if (id === undefined) continue;
      if (id >= btf.length || btf.kinds[id] !== BFUNC) throw badOffset(one, "the type of a function");
      btf.at(btf.at(id).proto);
      btf.checkTags(id);
    }
  }

  function readCore(functions, btf, records) {
    const bySection = new Map();
    for (const one of functions) {
      if (!bySection.has(one.section)) bySection.set(one.section, []);
      bySection.get(one.section).push(one);
    }
    return records.map((record) => {
      const inside = bySection.get(record.section) || [];
      const one = inside[firstFrom(inside, record.offset + 1, (each) => each.offset) - 1];
      const slot = one ? Math.floor((record.offset - one.offset) / 8) : -1;
      if (!one || !one.code.has(slot) || record.offset % 8) throw badOffset(record, "a CO-RE relocation");
      return { ...resolveCore(record, btf), function: one.name, slot };
    });
  }

  /* ---- externs and maps ---- */

  function readExterns(elf, btf) {
    const known = new Map(), found = new Map();
    for (const section of btf ? [".kconfig", ".ksyms"] : []) for (const [, each] of btf.variables(section)) known.set(each.name, [section, each]);
    for (const symbol of elf.symbols) {
      if (symbol.section !== 0 || !symbol.name) continue;
      const [section, each] = known.get(symbol.name) || [];
      const one = { name: symbol.name, weak: symbol.binding === WEAK, kind: "unknown symbol", typed: false };
      if (each && each.kind === BFUNC) Object.assign(one, { kind: "kfunc", typed: true });
      else if (each) Object.assign(one, { kind: section === ".kconfig" ? "kconfig" : "ksym", typed: btf.at(btf.resolve(each.type)).kind !== 0 });
      found.set(symbol.name, one);
    }
    return found;
  }

  const FIGURES = { type: "type", key_size: "keySize", value_size: "valueSize", max_entries: "entries", map_flags: "flags", pinning: "pinning", numa_node: "node", map_extra: "extra" };
  const plain = (map) => ({ type: null, keySize: 0, valueSize: 0, entries: 0, flags: 0, fields: [], kptrs: [], inner: null, legacy: false, ...map });

  function readMaps(elf, btf) {
    const specials = btf && new Specials(btf), found = [];
    for (const section of elf.sections) {
      if (section.name === ".maps") {
        if (!btf) throw fault("it declares maps in .maps and has no BTF: compile with -g");
        found.push(...declaredMaps(elf, section, btf, specials));
      } else if (section.name === "maps") {
        found.push(...legacyMaps(elf, section));
      } else if (isData(section.name) && section.size) {
        if (section.size > LARGEST) throw fault(`${section.name} has ${section.size} bytes, a map's value has at most ${LARGEST}`);
        const [type] = btf ? btf.find(section.name, DATASEC) : [];
        found.push(plain({ name: section.name, keySize: 4, valueSize: section.size, entries: 1, ...(type === undefined ? {} : specials.find(type)) }));
      }
    }
    if (btf && btf.find(".kconfig", DATASEC).length) found.push(plain({ name: ".kconfig", keySize: 4, entries: 1 }));
    return new Map(found.map((one) => [one.name, one]));
  }

  function declaredMaps(elf, section, btf, specials) {
    const symbols = new Map(elf.symbolsOf(section).map((symbol) => [symbol.name, symbol])), found = [];
    for (const [, each] of btf.variables(section.name)) {
      const symbol = symbols.get(each.name);
      if (each.kind !== VAR || !symbol) throw fault(`section .maps holds ${each.name}, which is no variable of the object`);
      symbols.delete(each.name);
      if (each.linkage !== "global" || symbol.binding === LOCAL) throw fault(`map ${each.name} is ${each.linkage}, which loaders refuse: take \`static\` away`);
      if (section.data.subarray(symbol.value, symbol.value + symbol.size).some((byte) => byte)) throw fault(`map ${each.name} is initialised with plain values, which loaders refuse`);
      found.push(definition(btf, specials, each.type, each.name, false));
    }
    if (symbols.size) throw fault(`section .maps holds ${[...symbols.keys()].sort()[0]}, of which BTF says nothing`);
    return found;
  }

  /* A map out of the struct that its variable has */
  function definition(btf, specials, id, name, within) {
    const found = btf.at(btf.resolve(id));
    if (found.kind !== STRUCT || found.union) throw fault(`map ${name} is declared by something that is no struct`);
    const figures = {}, more = {}, sizes = {};
    for (const member of found.members) {
      const word = member.name, target = btf.resolve(member.type);
      if (Object.hasOwn(FIGURES, word)) {
        figures[FIGURES[word]] = figure(btf, target, `${name}.${word}`);
      } else if (word === "key" || word === "value") {
        const pointer = btf.at(target);
        if (pointer.kind !== PTR) throw fault(`${name}.${word} is no pointer to a type: use __type()`);
        sizes[word + "Size"] = btf.sizeOf(pointer.target);
        if (word === "value") Object.assign(more, specials.find(pointer.target));
      } else if (word === "values" && !within) {
        more.inner = inner(btf, specials, target, name);
        sizes.valueSize = 4;
      } else throw fault(`map ${name} has the member '${word}', which no loader knows`);
    }
    if (!figures.type) throw fault(`map ${name} says no type`);
    for (const [side, word] of [["keySize", "key_size"], ["valueSize", "value_size"]]) {
      if (!(side in sizes)) continue;
      figures[side] ??= sizes[side];
      if (figures[side] !== sizes[side]) throw fault(`map ${name} gives two values for ${word}`);
    }
    return plain({ name, ...figures, ...more });
  }

  /* `__uint(x, 3)` is a pointer to an array of three, `__ulong(x, 3)` an enumerator of that value */
  function figure(btf, id, what) {
    const found = btf.at(id);
    if (found.kind === PTR) {
      const array = btf.at(btf.resolve(found.target));
      if (array.kind === ARRAY) return array.count;
    }
    if (found.kind === ENUM && found.enumerators.length === 1) {
      const value = BigInt.asUintN(64, found.enumerators[0].value);
      return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
    }
    throw fault(`${what} is given by something that is no number: use __uint()`);
  }

  function inner(btf, specials, id, name) {
    const array = btf.at(id), pointer = array.kind === ARRAY ? btf.at(btf.resolve(array.element)) : array;
    if (array.kind !== ARRAY || pointer.kind !== PTR) throw fault(`${name}.values is no array of pointers: use __array()`);
    const target = btf.resolve(pointer.target);
    return btf.at(target).kind === PROTO ? null : definition(btf, specials, target, `${name}.inner`, true);
  }

  function legacyMaps(elf, section) {
    const symbols = elf.symbolsOf(section).filter((symbol) => symbol.kind === OBJECT || symbol.binding !== LOCAL);
    if (!symbols.length) throw fault("section maps has no map's name");
    return symbols.map((symbol, i) => {
      const end = i + 1 < symbols.length ? symbols[i + 1].value : section.size, size = symbol.size || end - symbol.value;
      if (size < 16 || symbol.value + size > section.data.length) throw fault(`map ${symbol.name} has ${size} bytes, too few for a definition`);
      const data = new Uint8Array(20);
      data.set(section.data.subarray(symbol.value, symbol.value + Math.min(size, 20)));
      const [type, keySize, valueSize, entries, flags] = Array.from({ length: 5 }, (_, n) => viewOf(data).getUint32(4 * n, elf.little));
      return plain({ name: symbol.name, type, keySize, valueSize, entries, flags, legacy: true });
    });
  }

  /* The kernel's special fields in values of maps, and the tags on their pointers, however deep */
  class Specials {
    constructor(btf) { this.btf = btf; this.known = new Map(); this.looked = 0; }

    find(id) {
      if (!this.known.has(id)) this.known.set(id, this.look(id));
      return this.known.get(id);
    }

    look(id) {
      const fields = new Set(), kptrs = new Set(), seen = new Set(), waiting = [id];
      while (waiting.length) {
        const here = waiting.pop();
        if (seen.has(here)) continue;
        seen.add(here);
        if (++this.looked > MOST.types) throw fault(`the values of its maps have more than ${MOST.types} types`);
        const found = this.btf.at(here);
        if (found.kind === PTR) for (const tag of this.tags(found.target)) kptrs.add(tag);
        else if (found.kind === STRUCT && found.name.startsWith("bpf_")) fields.add(found.name);
        else if (found.kind === STRUCT) waiting.push(...found.members.map((member) => member.type));
        else if (found.kind === DATASEC) waiting.push(...found.places);
        else if (found.kind === ARRAY) waiting.push(found.element);
        else if (found.kind === VAR) waiting.push(found.type);
        else if (BEHIND.has(found.kind)) waiting.push(found.target);
      }
      return { fields: [...fields].sort(), kptrs: [...kptrs].sort() };
    }

    tags(id) {
      const names = [];
      for (let found = this.btf.at(id); BEHIND.has(found.kind); found = this.btf.at(found.target)) {
        if (found.kind === TYPE_TAG && !found.attribute) names.push(found.name);
      }
      return names;
    }
  }

  function readStructOps(elf, btf) {
    const found = [];
    for (const section of btf ? elf.sections : []) {
      if (!isStructOps(section.name)) continue;
      const symbols = new Map(elf.symbolsOf(section).map((symbol) => [symbol.name, symbol]));
      for (const [, each] of btf.variables(section.name)) {
        const type = each.kind === VAR ? btf.at(btf.resolve(each.type)) : each, symbol = symbols.get(each.name);
        if (type.kind !== STRUCT || !type.name || !symbol) throw fault(`${each.name} in ${section.name} is no variable of a struct type`);
        const data = section.data.subarray(symbol.value, symbol.value + symbol.size), one = { name: symbol.name, type: type.name, members: [], programs: new Map() };
        const links = new Map(elf.relocationsOf(section, symbol.value, symbol.value + symbol.size).map((r) => [r.offset - symbol.value, r.symbol.name]));
        for (const member of type.members) {
          const start = Math.floor(member.offset / 8);
          if (links.has(start)) one.programs.set(member.name, links.get(start));
          else if (!data.subarray(start, start + Math.max(btf.sizeOf(member.type) || 1, 1)).some((byte) => byte)) continue;
          one.members.push(member.name);
        }
        found.push(one);
      }
    }
    return found;
  }

  /* ---- the object ---- */

  /* Everything in an object's bytes; throws `Fault` for what is none, or what no loader could load as it is */
  function read(bytes) {
    const elf = readElf(bytes), section = elf.named(".BTF"), more = elf.named(".BTF.ext"), licence = elf.named("license");
    const btf = section && section.data.length ? new Btf(section.data) : null;
    const externs = readExterns(elf, btf), functions = readFunctions(elf, externs);
    const tables = btf && more ? readExt(more.data, elf.little, btf) : [[], [], []];
    if (btf) describe(functions, btf, tables);
    const isProgram = (one) => one.section !== ".text" && one.linkage !== "static";
    const byName = new Map(functions.map((one) => [one.name, one])), maps = readMaps(elf, btf), structOps = readStructOps(elf, btf);
    return {
      order: elf.little ? "little" : "big", btf: btf !== null, licence: licence ? loose.decode(cString(licence.data)) : null,
      programs: functions.filter(isProgram), subprograms: functions.filter((one) => !isProgram(one)), function: (name) => byName.get(name),
      closure: (one) => closure(one, byName), maps, externs, structOps,
      relocations: btf ? readCore(functions, btf, tables[2]) : [],
    };
  }

  const cString = (bytes) => bytes.subarray(0, (bytes.indexOf(0) + 1 || bytes.length + 1) - 1);

  /* A function and all that it calls or hands over as callbacks, itself first; no more than a kernel takes */
  function closure(first, byName) {
    const found = new Map(), waiting = [first];
    while (waiting.length && found.size < MOST.called) {
      const here = waiting.pop();
      if (found.has(here.name)) continue;
      found.set(here.name, here);
      const names = here.references.filter((r) => r.kind === "function" || r.kind === "callback").map((r) => r.name).reverse();
      waiting.push(...names.map((name) => byName.get(name)).filter(Boolean));
    }
    return [...found.values()];
  }

  /* The source line of an instruction of a function, as `file.c:12` */
  function lineOf(one, slot) {
    const at = firstFrom(one.lines, slot + 1, (line) => line.slot);
    return at ? one.lines[at - 1].place : null;
  }

  self.bpfrefObject = { read, lineOf, Fault, TESTS, LOCAL_ID, enough: MOST.bytes + 1 };
})();
