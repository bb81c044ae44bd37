"use strict";
(() => {
  const field = document.getElementById("search");
  const list = document.getElementById("found");
  const root = document.body.dataset.root;
  let chosen = -1;

  // How well an entry fits: its name first, then parts of it, then its columns.
  const rank = (entry, words) => {
    const name = entry[0].toLowerCase();
    let sum = 0;
    for (const word of words) {
      if (name === word) sum += 0;
      else if (name.startsWith(word)) sum += 1;
      else if (name.includes(word)) sum += 2;
      else if ((" " + entry[3].toLowerCase()).includes(" " + word)) sum += 4;
      else if (entry[3].toLowerCase().includes(word)) sum += 5;
      else return Infinity;
    }
    return sum;
  };

  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.replaceChildren();
    chosen = -1;
    if (!words.length) return;
    (window.redstartNames || [])
      .map((entry) => [rank(entry, words), entry])
      .filter((pair) => pair[0] < Infinity)
      .sort((a, b) => a[0] - b[0] || a[1][0].localeCompare(b[1][0]))
      .slice(0, 12)
      .forEach(([, entry]) => {
        const link = document.createElement("a");
        link.href = root + entry[2];
        link.append(entry[0]);
        const kind = document.createElement("small");
        const column = entry[3].split(" ").find((name) => words.some((word) => name.includes(word)));
        kind.textContent = column ? entry[1] + " · " + column : entry[1];
        link.append(kind);
        const item = document.createElement("li");
        item.append(link);
        list.append(item);
      });
  };

  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    const links = list.querySelectorAll("a");
    if (event.key === "Escape") { field.value = ""; show(); field.blur(); }
    if (!links.length) return;
    if (event.key === "Enter") location.href = links[Math.max(chosen, 0)].href;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    chosen = (chosen + step + links.length) % links.length;
    links.forEach((link, index) => link.classList.toggle("chosen", index === chosen));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== field) { event.preventDefault(); field.focus(); }
  });
})();
