// Filters the rows of the matrices. Its state is in the fragment of the URL, like #?query=cr&show=bad, so that a filtered
// view can be reloaded and sent to others. Without this script, the page shows everything.
"use strict";

const form = document.getElementById("filter");
const fields = ["query", "level", "show"].map((id) => document.getElementById(id));
const bodies = [...document.querySelectorAll("table.matrix tbody")];
const rows = bodies.flatMap((body) => [...body.rows].filter((row) => row.id));
const isBad = (cell) => /^[fkw]$/.test(cell.className);

const shows = {
  bad: (cells) => cells.some(isBad),
  differs: (cells) => new Set(cells.map((cell) => cell.className).filter((name) => !/^[sn]$/.test(name))).size > 1,
  i: (cells) => cells.some((cell) => cell.className === "i"),
  e: (cells) => cells.some((cell) => cell.className === "e"),
};

function apply() {
  const [query, level, show] = fields.map((field) => field.value.trim().toLowerCase());
  const test = shows[show];
  let shown = 0;
  for (const row of rows) {
    const name = `${row.id.replaceAll(".", "/")} ${row.id} ${row.cells[0].firstElementChild.title.toLowerCase()}`;
    row.hidden = !(name.includes(query) && (!level || row.className === level)
      && (!test || test([...row.cells].slice(1))));
    shown += row.hidden ? 0 : 1;
  }
  for (const body of bodies) body.hidden = [...body.rows].every((row) => row.hidden || !row.id);
  document.getElementById("shown").textContent = shown === rows.length ? "" : `${shown} of ${rows.length} cases`;
}

function remember() {
  const state = new URLSearchParams();
  for (const field of fields) if (field.value) state.set(field.id, field.value);
  history.replaceState(null, "", `#${state.size ? "?" : ""}${state}`);
}

function recall() {
  const state = new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : "");
  for (const field of fields) {
    field.value = state.get(field.id) ?? "";
    // A value that a select does not have leaves it empty.
    if (field.selectedIndex === -1) field.selectedIndex = 0;
  }
  apply();
}

form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => { remember(); apply(); });
window.addEventListener("hashchange", () => { if (/^#(\?|$)/.test(location.hash) || !location.hash) recall(); });
recall();
