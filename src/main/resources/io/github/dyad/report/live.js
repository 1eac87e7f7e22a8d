// Follows a run: asks once a second for what is new.
"use strict";

const PERIOD = 1000;
const state = { training: -1, points: [], rows: 0, samplesMade: -1, columns: [] };

const CHARTS = [
  ["Loss", "the objective, mean over the batch", [["loss", "loss"]], { type: "logarithmic" }],
  ["Losses of the students", "L_E and L_D", [["L_E", "loss_encoder"], ["L_D", "loss_decoder"]], { type: "logarithmic" }],
  ["Effective weights, Eq. (3)", "∂L/∂L_E and ∂L/∂L_D", [["w_E", "weight_encoder"], ["w_D", "weight_decoder"]], { suggestedMin: 0 }],
  ["Learning rate", "of the schedule", [["learning rate", "learning_rate"]], { min: 0 }],
  ["Throughput", "images per second", [["images/s", "images_per_second"]], { min: 0 }],
  ["Memory", "megabytes", [["heap", "heap_mb"], ["process", "process_mb"]], { min: 0 }],
].map(([title, note, lines, y]) => ({ canvas: figure(byId("curves"), title, note), title, lines, y }));

const values = (name) => state.points.map((point) => point[state.columns.indexOf(name)]);

function curves() {
  const steps = values("step");
  for (const { canvas, title, lines, y } of CHARTS) {
    const shown = lines.map(([label, column]) => ({ label, values: values(column) }));
    draw(canvas, title + " over the steps", lineChart("step", steps, shown, y));
  }
}

function tile(title, text) {
  return element("div", { className: "tile" }, element("b", {}, text), element("span", {}, title));
}

function tiles(told) {
  const last = (name) => values(name).at(-1);
  const shown = [["step", told.step < 0 ? "–" : told.step + 1 + " / " + told.iterations]];
  for (const [title, name, unit] of [["loss", "loss", ""], ["w_E", "weight_encoder", ""], ["w_D", "weight_decoder", ""], ["images per second", "images_per_second", ""], ["process memory", "process_mb", " MB"]]) {
    const value = last(name);
    if (value !== undefined && value !== null) shown.push([title, digits(value, 3) + unit]);
  }
  shown.push(["of the run", (100 * told.share).toFixed(0) + " %"]);
  byId("tiles").replaceChildren(...shown.map(([title, text]) => tile(title, text)));
}

function samples(told) {
  byId("samples-section").hidden = told.samples.length === 0;
  byId("samples-note").textContent = "Test images after step " + told.samplesStep + " of " + told.samplesLabel + ", all maps on one scale. Made while this page is open, in at most 1 % of the time.";
  byId("samples").replaceChildren(...told.samples.map((s) => {
    const views = element("div", { className: "views" }, element("img", { src: s.image, alt: "Test image " + s.path }));
    if (s.map) views.append(element("img", { src: s.map, alt: "Anomaly map over it" }));
    const kind = s.anomalous ? "anomalous" : "normal";
    const scores = (s.encoder === null ? "" : " · s_E " + digits(s.encoder, 3)) + (s.decoder === null ? "" : " · s_D " + digits(s.decoder, 3));
    return element("li", { className: "panel" }, views, element("p", {}, element("b", { className: kind }, kind), scores, element("br"), element("small", { className: "quiet" }, s.path)));
  }));
}

function show(told) {
  if (told.training !== state.training) {
    state.training = told.training;
    state.points = [];
  }
  state.columns = told.columns;
  state.points.splice(told.from, Infinity, ...told.points);
  byId("label").textContent = told.label || "starting";
  byId("doing").textContent = told.doing + (told.plan.trials ? " · " + told.plan.missing + " of " + told.plan.rows + " rows to do, training " + told.training + " of " + told.plan.trainings : "");
  byId("share").value = told.share;
  document.title = (100 * told.share).toFixed(0) + " % · " + (told.label || "Dyad");
  byId("messages").replaceChildren(...told.messages.map((m) => element("p", { className: "message" }, m)));
  tiles(told);
  if (told.points.length) curves();
  if (told.samples) samples(told);
  state.samplesMade = told.samplesMade;
  for (const row of told.rows) {
    byId("rows").append(element("tr", {}, element("th", { scope: "row" }, row.trial), element("td", {}, row.split), element("td", { className: "number" }, row.auroc.toFixed(4))));
  }
  state.rows += told.rows.length;
  byId("rows-section").hidden = state.rows === 0;
}

async function follow() {
  try {
    const known = [state.training, state.points.length, state.rows, state.samplesMade].join(".");
    const answer = await fetch("/state?" + known, { cache: "no-store" });
    show(await answer.json());
    document.documentElement.dataset.ready = "true";
    setTimeout(follow, PERIOD);
  } catch {
    byId("doing").textContent = "The run has ended, or was stopped. This page stays as it was; dyad report shows the results.";
  }
}
follow();
