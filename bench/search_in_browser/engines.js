/* Each engine: a function that makes it ready, and gives a function from a query to addresses and titles, best first. */
self.engines = {
  async ours() {
    return async (query) => (await self.bpfrefFind(query)).slice(0, 10).map((one) => [one.href, one.title]);
  },
  async builtin() {
    const config = JSON.parse(document.getElementById("__config").textContent);
    const worker = new Worker(new URL(config.search, location));
    const data = await (await fetch("/search/search_index.json")).json();
    const answer = (type) => new Promise((done) => {
      worker.addEventListener("message", function on({ data }) {
        if (data.type === type) { worker.removeEventListener("message", on); done(data.data); }
      });
    });
    worker.postMessage({ type: 0, data: { ...data, options: { suggest: false } } });
    await answer(1);
    return async (query) => {
      const came = answer(3);
      worker.postMessage({ type: 2, data: query });
      return (await came).items.slice(0, 10).map((group) => [new URL("/" + group[0].location, location).href, group[0].title]);
    };
  },
  async pagefind() {
    const engine = await import("/pagefind/pagefind.js");
    await engine.init();
    return async (query) => {
      const found = await engine.search(query);
      const shown = await Promise.all(found.results.slice(0, 3).map((one) => one.data()));
      return shown.map((one) => {
        const part = one.sub_results[0] || one;
        return [new URL(part.url, location).href, part.title];
      });
    };
  },
  /* Our table of names, and Pagefind where it knows nothing */
  async both() {
    const [ours, words] = await Promise.all([self.engines.ours(), self.engines.pagefind()]);
    return async (query) => {
      const names = await self.bpfrefFind(query, true);
      return names.length ? names.slice(0, 10).map((one) => [one.href, one.title]) : words(query);
    };
  },
};
self.ready = {};
self.ask = async (engine, query) => {
  self.ready[engine] = self.ready[engine] || self.engines[engine]();
  return (await self.ready[engine])(query);
};
self.askAll = async (engine, queries) => {
  const found = [];
  for (const query of queries) found.push(await self.ask(engine, query));
  return found;
};
void 0; // not a function, which would be called
