/* For the page that was not found: the names nearest to the address's last part. */
"use strict";

(() => {
  const place = document.getElementById("nearest");
  if (!place) return;
  const source = new URL(place.dataset.names, location);
  const root = new URL("..", source);
  const most = 5;

  /* Letters changed, added, left out, or swapped with their neighbour */
  function distance(a, b) {
    const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
    for (let i = 1; i <= a.length; i++) {
      const above = rows[i - 1];
      const row = [i];
      for (let j = 1; j <= b.length; j++) {
        const change = above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
        const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
        const swap = swapped ? rows[i - 2][j - 2] + 1 : Infinity;
        row.push(Math.min(change, swap, above[j] + 1, row[j - 1] + 1));
      }
      rows.push(row);
    }
    return rows[a.length][b.length];
  }

  function wanted() {
    const parts = location.pathname.split("/").filter(Boolean);
    const last = (parts.pop() || "").replace(/(\.html?|\.md)$/i, "");
    const word = last === "index" ? parts.pop() || "" : last;
    try { return decodeURIComponent(word); } catch { return word; }
  }

  /* Nearest first; at the same distance the entries of the folder asked for, then the same case:
     bpf_map_lookup_elem is a helper, BPF_MAP_LOOKUP_ELEM a command. */
  function nearest(asked, names) {
    const word = asked.toLowerCase();
    const own = word.replace(/^bpf_/, "").length; // what all names begin with tells nothing
    const far = Math.min(4, Math.max(1, Math.floor(own / 3)));
    const ranked = [];
    for (const [name, entry] of Object.entries(names)) {
      const low = name.toLowerCase();
      const longer = low.length - word.length;
      const steps = word.length > 2 && low.includes(word) ? Math.min(far, longer) : distance(word, low);
      if (steps > far) continue;
      const folder = "/" + entry.page.slice(0, entry.page.lastIndexOf("/") + 1);
      const elsewhere = location.pathname.includes(folder) ? 0 : 1;
      ranked.push({ name, order: [steps, elsewhere, distance(asked, name)] });
    }
    ranked.sort((a, b) => {
      const first = a.order.findIndex((value, i) => value !== b.order[i]);
      return first < 0 ? (a.name < b.name ? -1 : 1) : a.order[first] - b.order[first];
    });
    return ranked.slice(0, most).map((one) => one.name);
  }

  function address(entry) {
    const page = entry.page.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, "/");
    return new URL(page + (entry.anchor ? "#" + entry.anchor : ""), root).href;
  }

  function say(text) {
    const line = document.createElement("p");
    line.textContent = text;
    place.replaceChildren(line);
    return line;
  }

  function show(word, names) {
    const found = word.length > 1 ? nearest(word, names) : [];
    if (!found.length) {
      say("No name here is near to “" + word + "”.");
      return;
    }
    const list = document.createElement("ul");
    for (const name of found) {
      const link = document.createElement("a");
      const code = document.createElement("code");
      link.href = address(names[name]);
      code.textContent = name;
      link.append(code);
      const item = document.createElement("li");
      item.append(link, " " + names[name].kind.replace(/-/g, " "));
      list.append(item);
    }
    say("Nearest names:").after(list);
  }

  fetch(source)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
    .then((data) => show(wanted(), data.names))
    .catch(() => say("The list of names could not be read."));
})();
