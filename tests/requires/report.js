/* node report.js ASSETS TABLE OBJECT…: what the page makes of objects, as JSON by file; `fault` for one that it refuses. */
"use strict";

const fs = require("fs"), path = require("path"), vm = require("vm");

const [assets, table, ...files] = process.argv.slice(2);
let data = null;
globalThis.self = globalThis;
globalThis.bpfrefSearch = (_, given) => { data = given; };
for (const script of [path.join(assets, "object.js"), path.join(assets, "requires.js"), table]) vm.runInThisContext(fs.readFileSync(script, "utf8"), { filename: script });

const known = new self.bpfrefRequires.Known(data);
const found = {};
for (const file of files) {
  try {
    found[file] = self.bpfrefRequires.report(new Uint8Array(fs.readFileSync(file)), file, known);
  } catch (error) {
    if (!(error instanceof self.bpfrefObject.Fault)) throw error;
    found[file] = { fault: error.message };
  }
}
process.stdout.write(JSON.stringify(found));
