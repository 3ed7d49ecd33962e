// What people see of the run.
"use strict";

const view = (() => {
  const element = (id) => document.getElementById(id);

  /** From the best to the worst; the worst delivery is what a case came to. */
  const RANKS = ["pass", "info", "skip", "known", "warn", "fail", "error"];
  const WORDS = {
    pass: "passed", info: "recorded", skip: "skipped", known: "known failure", warn: "warning",
    fail: "failed", error: "error",
  };

  /** What each case came to in each delivery, and its square. */
  const cases = new Map();
  const cells = new Map();
  let planned = [];
  let began = 0;

  const worst = (outcomes) =>
    [...outcomes.values()].reduce((one, other) => (RANKS.indexOf(other) > RANKS.indexOf(one) ? other : one));

  function cell(id) {
    let found = cells.get(id);
    if (!found) {
      const name = id.split("/").at(-2) ?? "";
      let group = document.querySelector(`[data-group="${CSS.escape(name)}"] .cells`);
      if (!group) {
        const section = document.createElement("section");
        section.dataset.group = name;
        const heading = document.createElement("h2");
        heading.textContent = name;
        group = document.createElement("div");
        group.className = "cells";
        section.append(heading, group);
        const after = [...element("groups").children].find((other) => other.dataset.group > name);
        element("groups").insertBefore(section, after ?? null);
      }
      found = document.createElement("i");
      const after = [...group.children].find((other) => other.dataset.case > id);
      found.dataset.case = id;
      group.insertBefore(found, after ?? null);
      cells.set(id, found);
    }
    return found;
  }

  function plan(all) {
    planned = all;
    for (const { case: id, title } of all) cell(id).title ||= `${title}\n${id}`;
    draw();
  }

  function result({ case: id, title, delivery, outcome, failure }) {
    began ||= performance.now();
    const outcomes = cases.get(id) ?? new Map();
    cases.set(id, outcomes.set(delivery, outcome));
    const now = worst(outcomes);
    const square = cell(id);
    square.className = now;
    square.title = `${title}\n${id}: ${WORDS[now]}`;
    if (failure && (outcome === "fail" || outcome === "error")) problem(id, title, outcome, failure);
    draw();
  }

  function problem(id, title, outcome, { expected, observed }) {
    let item = document.querySelector(`[data-problem="${CSS.escape(id)}"]`);
    if (!item) {
      item = document.createElement("li");
      item.dataset.problem = id;
      element("problems").prepend(item);
    }
    item.className = outcome;
    const line = (name, text) => {
      const node = document.createElement(name);
      node.textContent = text;
      return node;
    };
    item.replaceChildren(line("b", title), line("code", id));
    item.append(line("p", `expected ${expected}; observed ${observed}`));
    element("problems").hidden = false;
  }

  function draw() {
    const counts = Object.fromEntries(RANKS.map((rank) => [rank, 0]));
    for (const outcomes of cases.values()) counts[worst(outcomes)] += 1;
    for (const rank of RANKS) {
      const box = document.querySelector(`[data-count="${rank}"]`);
      box.querySelector("b").textContent = counts[rank];
      box.hidden = counts[rank] === 0 && rank !== "pass" && rank !== "fail";
    }
    const total = Math.max(planned.length, cases.size);
    element("done").textContent = cases.size;
    element("planned").textContent = total;
    element("bar").replaceChildren(
      ...RANKS.filter((rank) => counts[rank] > 0).map((rank) => {
        const part = document.createElement("span");
        part.className = rank;
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

  function done(exitStatus) {
    element("playing").textContent = "";
    element("case").textContent = "";
    const seconds = began ? ` in ${Math.round((performance.now() - began) / 1000)} s` : "";
    if (exitStatus === 0) say("good", `Conforming, as expected${seconds}`);
    else if (exitStatus === 1) say("bad", `Not as expected${seconds}`);
    else say("bad", `Some cases could not be judged${seconds}`);
  }

  return {
    connected({ name, version }) {
      element("browser").textContent = `${name} ${version}`.trim();
      say("running", "Running");
    },
    parted: () => say("waiting", "The harness has left"),
    busy: () => say("waiting", "Another page runs this suite already"),
    show(progress) {
      if (progress.all) {
        plan(progress.all.planned);
        progress.all.results.forEach((one) => result(one.result));
        if (window === window.top) progress.all.frames.forEach(frame);
        if (progress.all.exitStatus !== null) done(progress.all.exitStatus);
        draw();
      } else if (progress.planned !== undefined) {
        plan(progress.planned);
      } else if (progress.playing) {
        element("playing").textContent = progress.playing.title;
        element("case").textContent = progress.playing.case;
      } else if (progress.result) {
        result(progress.result);
      } else if (progress.frame && window === window.top) {
        frame(progress.frame.url);
      } else if (progress.unframe) {
        unframe(progress.unframe.url);
      } else if (progress.done) {
        done(progress.done.exitStatus);
      }
    },
  };
})();
