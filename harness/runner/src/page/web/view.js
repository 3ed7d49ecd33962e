// What people see of the run.
"use strict";

const view = (() => {
  const element = (id) => document.getElementById(id);

  /** From the best to the worst; the worst delivery decides the outcome of a case. */
  const RANKS = ["pass", "info", "skip", "known", "warn", "fail", "error"];
  const WORDS = {
    pass: "passed", info: "recorded", skip: "skipped", known: "known failure", warn: "warning",
    fail: "failed", error: "error",
  };

  /** Of each case: its outcome in each delivery, whether a `must` of it counts, its square and its line. */
  const cases = new Map();
  const groups = new Map();
  let planned = 0;

  const worst = (outcomes) =>
    [...outcomes.values()].reduce((one, other) => (RANKS.indexOf(other) > RANKS.indexOf(one) ? other : one));

  const make = (name, text, className) => {
    const node = document.createElement(name);
    if (text !== undefined) node.textContent = text;
    if (className) node.className = className;
    return node;
  };

  /** Puts a node among its siblings, which are sorted by this key. */
  function insert(parent, node, key) {
    node.dataset.key = key;
    parent.insertBefore(node, [...parent.children].find((other) => other.dataset.key > key) ?? null);
  }

  /** The group with this path: a disclosure with a square for each case, and a line for each when it is open. */
  function group(path) {
    let found = groups.get(path);
    if (!found) {
      const [name, tally, cells, lines] = [make("span", path, "name"), make("span", "", "tally"), make("div"), make("ul")];
      cells.className = "cells";
      cells.setAttribute("aria-hidden", "true");
      const [details, summary] = [make("details"), make("summary")];
      summary.append(name, " ", tally, cells);
      details.append(summary, lines);
      insert(element("groups"), details, path);
      groups.set(path, (found = { tally, cells, lines, ids: [] }));
    }
    return found;
  }

  function known(id, title) {
    let found = cases.get(id);
    if (!found) {
      const path = id.slice(0, id.lastIndexOf("/"));
      const { cells, lines, ids } = group(path);
      const [cell, line] = [make("i"), make("li")];
      cell.title = `${title}\n${id}`;
      const word = make("span", "", "word");
      line.append(word, title, make("code", id));
      insert(cells, cell, id);
      insert(lines, line, id);
      ids.push(id);
      cases.set(id, (found = { outcomes: new Map(), must: false, path, title, cell, line, word }));
      drawGroup(path);
    }
    return found;
  }

  function plan(all) {
    planned = all.length;
    for (const { case: id, title } of all) known(id, title);
    draw();
  }

  function result(shown) {
    const { case: id, title, delivery, outcome, must, failure } = shown;
    const found = known(id, title);
    found.outcomes.set(delivery, outcome);
    found.must = must;
    const now = worst(found.outcomes);
    found.cell.className = now;
    found.cell.title = `${title}\n${id}: ${WORDS[now]}`;
    found.line.className = now;
    found.word.textContent = `${WORDS[now]}: `;
    drawGroup(found.path);
    if (failure && (outcome === "fail" || outcome === "error")) problem(shown);
  }

  function problem({ case: id, title, outcome, failure: { expected, observed }, link, rerun }) {
    let item = document.querySelector(`[data-problem="${CSS.escape(id)}"]`);
    if (!item) {
      item = make("li");
      item.dataset.problem = id;
      insert(element("problems"), item, id);
    }
    item.className = outcome;
    item.replaceChildren(make("b", title));
    item.append(make("p", `Expected ${expected}; observed ${observed}.`));
    if (link) {
      const [line, standard] = [make("p"), make("a", "What the standard says")];
      standard.href = link;
      // The run ends if the page is left.
      standard.target = "_blank";
      standard.rel = "noreferrer";
      line.append(standard);
      item.append(line);
    }
    const line = make("p");
    line.append("Run it again: ", make("code", rerun, "rerun"));
    item.append(line);
    element("failures").hidden = false;
  }

  /** The number of cases with each outcome. */
  function count(all) {
    const counts = Object.fromEntries(RANKS.map((rank) => [rank, 0]));
    for (const { outcomes } of all) if (outcomes.size > 0) counts[worst(outcomes)] += 1;
    return counts;
  }

  function drawGroup(path) {
    const { ids, tally } = groups.get(path);
    const counts = count(ids.map((id) => cases.get(id)));
    const parts = RANKS.filter((rank) => counts[rank] > 0).map((rank) => `${counts[rank]} ${WORDS[rank]}`);
    tally.textContent = parts.join(", ") || `${ids.length} to run`;
  }

  function draw() {
    const counts = count(cases.values());
    for (const rank of RANKS) {
      const box = document.querySelector(`[data-count="${rank}"]`);
      box.querySelector("b").textContent = counts[rank];
      box.hidden = counts[rank] === 0 && rank !== "pass" && rank !== "fail";
    }
    const total = Math.max(planned, cases.size);
    element("done").textContent = RANKS.reduce((sum, rank) => sum + counts[rank], 0);
    element("planned").textContent = total;
    element("bar").replaceChildren(
      ...RANKS.filter((rank) => counts[rank] > 0).map((rank) => {
        const part = make("span", undefined, rank);
        part.style.width = `${(100 * counts[rank]) / Math.max(total, 1)}%`;
        return part;
      }),
    );
  }

  const say = (state, text) => {
    document.body.dataset.state = state;
    element("state").textContent = text;
  };

  function frame(url) {
    unframe(url);
    const frame = document.createElement("iframe");
    frame.src = url;
    frame.dataset.lane = url;
    element("lanes").append(frame);
  }

  const unframe = (url) => document.querySelector(`[data-lane="${CSS.escape(url)}"]`)?.remove();

  /** How many of the cases that decide conformance fail, of those that could be judged. */
  function musts() {
    const judged = [...cases.values()].filter(({ must, outcomes }) =>
      must && outcomes.size > 0 && !["skip", "info", "error"].includes(worst(outcomes)));
    const failed = judged.filter(({ outcomes }) => ["fail", "known"].includes(worst(outcomes)));
    return { failed: failed.length, judged: judged.length };
  }

  function done({ exitStatus, seconds, hasBaseline }) {
    element("playing").textContent = "";
    element("case").textContent = "";
    draw();
    const { failed, judged } = musts();
    const fail = failed === 1 ? "fails" : "fail";
    let text = hasBaseline ? "Not as expected" : `${failed} of ${judged} MUSTs ${fail}`;
    if (exitStatus === 0) text = hasBaseline ? "As expected" : `All ${judged} MUSTs hold`;
    else if (exitStatus !== 1) text = "Some cases could not be judged";
    say(exitStatus === 0 ? "good" : "bad", `${text} in ${seconds} s`);
  }

  const isShown = window === window.top;

  return {
    connected({ name, version }, library) {
      const browser = `${name} ${version}`.trim();
      element("browser").textContent = library ? `${library.name} in ${browser}` : browser;
      say("running", "Running");
    },
    parted: () => say("waiting", "The harness has left"),
    busy: () => say("waiting", "Another page runs this suite already"),
    show(progress) {
      // The pages of other lanes are frames, which nobody sees.
      if (!isShown) return;
      if (progress.all) {
        plan(progress.all.planned);
        progress.all.results.forEach((one) => result(one.result));
        progress.all.frames.forEach(frame);
        draw();
        if (progress.all.done) done(progress.all.done);
      } else if (progress.planned !== undefined) {
        plan(progress.planned);
      } else if (progress.playing) {
        element("playing").textContent = progress.playing.title;
        element("case").textContent = progress.playing.case;
      } else if (progress.result) {
        result(progress.result);
        draw();
      } else if (progress.frame) {
        frame(progress.frame.url);
      } else if (progress.unframe) {
        unframe(progress.unframe.url);
      } else if (progress.done) {
        done(progress.done);
      }
    },
  };
})();
