// Shows the data of a report.
"use strict";

const data = JSON.parse(byId("data").textContent);
const column = Object.fromEntries(data.columns.map((c, i) => [c.key, i]));
const value = (row, key) => row[column[key]] ?? "";
const percent = (fraction) => (100 * Number(fraction)).toFixed(2);

// --- Tables that sort and filter -----------------------------------------------------------------

/**
 * @param columns {title, hint, number, value(row): what is sorted by, cell(row, td): fills the cell}
 */
function table(target, controls, caption, columns, rows, options = {}) {
  const body = element("tbody");
  const count = element("span", { className: "quiet", role: "status" });
  const search = element("input", { type: "search", placeholder: "filter", "aria-label": "Filter: " + caption });
  let sorted = null;
  let falling = false;

  const text = (row) => columns.map((c) => c.value(row)).join(" ").toLowerCase();
  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = rows.filter((row) => (options.keep?.(row) ?? true) && words.every((word) => text(row).includes(word)));
    if (sorted) {
      const key = (row) => (sorted.number ? (sorted.value(row) === "" || sorted.value(row) === null ? NaN : Number(sorted.value(row))) : String(sorted.value(row)));
      shown = [...shown].sort((a, b) => {
        const [p, q] = [key(a), key(b)];
        if (sorted.number && (Number.isNaN(p) || Number.isNaN(q))) return Number.isNaN(p) - Number.isNaN(q); // the empty ones last
        const order = sorted.number ? p - q : p.localeCompare(q, "en", { numeric: true });
        return falling ? -order : order;
      });
    }
    body.replaceChildren(...shown.map(line));
    count.textContent = shown.length === rows.length ? rows.length + " rows" : shown.length + " of " + rows.length + " rows";
  }
  function line(row) {
    const tr = element("tr", { className: options.rowClass?.(row) ?? "" });
    columns.forEach((c, i) => {
      const cell = element(i === 0 ? "th" : "td", { className: (c.number ? "number " : "") + (c.wide ? "wide" : "") });
      if (i === 0) cell.scope = "row";
      c.cell ? c.cell(row, cell) : cell.append(String(c.value(row) ?? ""));
      tr.append(cell);
    });
    return tr;
  }
  const heads = columns.map((c) => {
    const button = element("button", { type: "button", title: c.hint ?? "" }, c.title);
    const head = element("th", { scope: "col", className: c.number ? "number" : "", "aria-sort": "none" }, button);
    button.addEventListener("click", () => {
      falling = sorted === c ? !falling : Boolean(c.number);
      sorted = c;
      heads.forEach((h) => h.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      show();
    });
    return head;
  });
  search.addEventListener("input", show);
  controls.append(search, count);
  target.append(element("caption", {}, caption), element("thead", {}, element("tr", {}, ...heads)), body);
  show();
  return show;
}

/** A figure with a faint bar behind it, from the least to the largest of the column. */
function barCell(row, cell, number, shown, least, most) {
  if (number === "" || number === null) return;
  const share = most > least ? 6 + 94 * (Number(number) - least) / (most - least) : 100;
  cell.classList.add("bar");
  cell.style.setProperty("--share", share.toFixed(1) + "%");
  cell.append(shown);
}

// --- Head ----------------------------------------------------------------------------------------

document.title = data.title + " · Dyad report";
byId("title").textContent = data.title;
const names = [...new Set(data.rows.map((row) => value(row, "trial")))];
const datasets = [...new Set(data.rows.map((row) => value(row, "dataset")))];
const means = data.rows.filter((row) => value(row, "split") === "mean");
byId("lead").textContent = names.length + (names.length === 1 ? " trial on " : " trials on ") + datasets.join(", ") +
  ". Teacher: " + [...new Set(data.rows.map((row) => value(row, "teacher")))].join(", ") + ".";
for (const dataset of datasets) {
  const best = means.filter((row) => value(row, "dataset") === dataset)
    .sort((a, b) => Number(value(b, "image_auroc")) - Number(value(a, "image_auroc")))[0];
  if (best) {
    byId("tiles").append(element("div", { className: "tile" },
      element("b", {}, percent(value(best, "image_auroc")) + " %"),
      element("span", {}, "best mean AUROC on " + dataset + ": " + value(best, "trial"))));
  }
}
for (const [label, number] of [["trials", names.length], ["rows", data.rows.length - means.length], ["cells beside the paper", data.comparison.lines.filter((l) => l.paper).length]]) {
  byId("tiles").append(element("div", { className: "tile" }, element("b", {}, String(number)), element("span", {}, label)));
}
if (data.notes.length) {
  byId("notes").append(element("div", { className: "notes", role: "note" }, element("ul", {}, ...data.notes.map((note) => element("li", {}, note)))));
}

// --- Beside the paper ----------------------------------------------------------------------------

byId("paper-summary").textContent = data.comparison.summary + " Numbers in percent. A reduced run (fewer iterations, another teacher, smaller images) shows order and direction, not the paper's numbers.";
const everyLine = element("input", { type: "checkbox", checked: !data.comparison.lines.some((l) => l.paper) });
const closeness = ["full", "reduced", "own metric", "no counterpart"];
const lines = [...data.comparison.lines].sort((a, b) => closeness.indexOf(a.kind) - closeness.indexOf(b.kind));
const showLines = table(byId("paper-table"), byId("paper-controls"), "Ours beside the paper's tables", [
  { title: "Who", value: (l) => l.who },
  { title: "Data set", value: (l) => l.dataset },
  { title: "Split", value: (l) => l.split },
  { title: "Table", value: (l) => l.table, number: true },
  { title: "Metric", value: (l) => l.metric },
  {
    title: "Ours", number: true, value: (l) => l.ours ?? "", hint: "mean over seeds with its 95 % interval",
    cell: (l, cell) => {
      const places = l.kind === "own metric" ? 4 : 2;
      cell.append(l.ours === null ? "" : l.ours.toFixed(places) + (l.interval === null ? "" : " ± " + l.interval.toFixed(places)));
    },
  },
  { title: "Paper", number: true, value: (l) => l.paper },
  {
    title: "Difference", number: true, value: (l) => l.difference ?? "",
    cell: (l, cell) => {
      if (l.difference === null) return;
      cell.classList.add(l.difference >= 0 ? "up" : "down");
      cell.append((l.difference >= 0 ? "+" : "−") + Math.abs(l.difference).toFixed(2));
    },
  },
  { title: "Compared", value: (l) => l.kind + " " + l.remark, wide: true, cell: (l, cell) => cell.append(element("span", { className: "tag" }, l.kind), " " + l.remark.replace(/^reduced: |^no counterpart: |^own metric: /, "")) },
], lines, { keep: (l) => everyLine.checked || l.paper });
everyLine.addEventListener("change", showLines);
byId("paper-controls").append(element("label", {}, everyLine, "also rows and metrics without a counterpart"));

// --- Trials --------------------------------------------------------------------------------------

{
  // What is measured stands in front; what never varies is said once.
  const first = ["trial", "split"];
  const front = (c) => (first.includes(c.key) ? first.indexOf(c.key) : c.metric ? 2 : 3);
  const distinct = (c) => new Set(data.rows.map((row) => value(row, c.key)).filter((v) => v !== "")).size;
  const same = data.columns.filter((c) => !c.metric && !first.includes(c.key) && distinct(c) === 1 && data.rows.length > 1);
  byId("trials-same").textContent = same.length ? "The same in all rows: " + same.map((c) => c.key.replaceAll("_", " ") + " " + data.rows.map((row) => value(row, c.key)).find((v) => v !== "")).join(", ") + "." : "";
  const used = data.columns.filter((c) => distinct(c) > 0 && !same.includes(c)).sort((a, b) => front(a) - front(b));
  const columns = used.map((c) => {
    const numbers = data.rows.map((row) => value(row, c.key)).filter((v) => v !== "").map(Number);
    const numeric = numbers.every((n) => Number.isFinite(n)) && c.key !== "trial";
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    return {
      title: c.key.replaceAll("_", " "), number: numeric, hint: c.sentence + (c.unit ? " (" + c.unit + ")" : ""),
      value: (row) => value(row, c.key),
      cell: c.metric
        ? (row, cell) => barCell(row, cell, value(row, c.key), value(row, c.key) === "" ? "" : Number(value(row, c.key)).toFixed(4), least, most)
        : undefined,
    };
  });
  table(byId("trials-table"), byId("trials-controls"), "Results; metrics are fractions", columns, data.rows,
    { rowClass: (row) => (value(row, "split") === "mean" ? "mean" : "") });
}

// --- ROC and precision–recall --------------------------------------------------------------------

function ranking() {
  const group = data.ranking[Number(byId("ranking-select").value)];
  const unit = (title) => ({ type: "linear", min: 0, max: 1, title: { text: title } });
  const lines = (key, area) => group.lines.map((line, i) => ({
    label: line.trial + " (" + area + " " + line[area === "AUROC" ? "auroc" : "ap"].toFixed(4) + ")",
    borderColor: LINES[i % LINES.length], backgroundColor: LINES[i % LINES.length], borderWidth: 1.8, pointRadius: 0,
    borderDash: i >= LINES.length ? [5, 3] : [],
    data: line[key].map(([x, y]) => ({ x, y })),
  }));
  const build = (key, area, x, y) => () => ({
    type: "line",
    data: { datasets: lines(key, area) },
    options: { parsing: false, interaction: { mode: "nearest", intersect: false }, scales: { x: unit(x), y: unit(y) } },
  });
  const where = group.dataset + " " + group.split;
  draw(byId("roc"), "ROC curves on " + where, build("roc", "AUROC", "false-positive rate", "recall"));
  draw(byId("pr"), "Precision–recall curves on " + where, build("pr", "AP", "recall", "precision"));
}
if (data.ranking.length) {
  data.ranking.forEach((group, i) => byId("ranking-select").append(new Option(group.dataset + " · " + group.split, i)));
  byId("ranking-select").addEventListener("change", ranking);
  ranking();
} else {
  byId("ranking").hidden = true;
}

// --- Parameters ----------------------------------------------------------------------------------

const { keys: parameterKeys = [], trials: tried = [] } = data.parameters;

/** Places of values on an axis: numbers stay what they are, words are counted through. */
function axisOf(index) {
  const values = tried.map((t) => t.values[index]);
  if (values.every((v) => typeof v === "number")) {
    const positive = Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) >= 50;
    return { place: (v) => v, words: null, log: positive, least: Math.min(...values), most: Math.max(...values) };
  }
  const words = [...new Set(values.map(String))];
  return { place: (v) => words.indexOf(String(v)), words, log: false, least: 0, most: Math.max(1, words.length - 1) };
}

function parameter() {
  const index = Number(byId("parameter-select").value);
  const axis = axisOf(index);
  const sets = datasets.map((dataset, i) => ({
    label: dataset, backgroundColor: LINES[i % LINES.length], pointRadius: 4, borderWidth: 0,
    data: tried.filter((t) => t.dataset === dataset).map((t) => ({ x: axis.place(t.values[index]), y: t.auroc, name: t.name })),
  }));
  draw(byId("parameter"), "Mean AUROC over " + parameterKeys[index], () => ({
    type: "scatter",
    data: { datasets: sets },
    options: {
      parsing: false,
      plugins: {
        legend: { labels: { usePointStyle: true, pointStyle: "circle", boxHeight: 7, color: colour("quiet") } },
        tooltip: { callbacks: { label: (item) => item.raw.name + ": " + item.raw.y.toFixed(4) } },
      },
      scales: {
        x: {
          type: axis.log ? "logarithmic" : "linear", title: { text: parameterKeys[index] },
          ...(axis.words ? {
            min: -0.5, max: axis.words.length - 0.5, ticks: { autoSkip: false, callback: (v) => axis.words[v] },
            afterBuildTicks: (scale) => { scale.ticks = axis.words.map((_, i) => ({ value: i })); },
          } : {}),
        },
        y: { title: { text: "mean AUROC" } },
      },
    },
  }));
}

function coordinates() {
  const axes = parameterKeys.map((_, i) => axisOf(i));
  const scores = tried.map((t) => t.auroc);
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  const share = (axis, v) => {
    const at = (x) => (axis.log ? Math.log(x) : x);
    return (at(axis.place(v)) - at(axis.least)) / (at(axis.most) - at(axis.least) || 1);
  };
  const rank = (t) => (t.auroc - least) / (most - least || 1);
  draw(byId("coordinates"), "Parallel coordinates of all parameters and the AUROC", () => ({
    type: "line",
    data: {
      labels: [...parameterKeys, "AUROC"],
      datasets: tried.map((t) => ({
        label: t.name, borderWidth: 1 + 1.5 * rank(t), pointRadius: 2.5, tension: 0.25,
        borderColor: colour("accent") + Math.round(50 + 205 * rank(t)).toString(16).padStart(2, "0"),
        backgroundColor: colour("accent"),
        data: [...t.values.map((v, i) => share(axes[i], v)), rank(t)],
      })),
    },
    options: {
      interaction: { mode: "nearest", intersect: false },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: (item) => item.dataset.label + ": " + (item.dataIndex < parameterKeys.length ? tried[item.datasetIndex].values[item.dataIndex] : tried[item.datasetIndex].auroc.toFixed(4)) } },
      },
      scales: { x: { ticks: { autoSkip: false, maxRotation: 60 } }, y: { display: false } },
    },
  }));
}
/** What a search drew of its candidates: each parameter against its score, and all in parallel. */
function searched() {
  byId("parameters-note").textContent = "Candidates of the search and their score on the validation split; those without one were given up or failed.";
  byId("search-figures").append(...data.search.map((text) => {
    const svg = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
    return element("figure", { className: "panel" }, svg);
  }));
  byId("parameter-controls").hidden = byId("parameter-charts").hidden = true;
}
if (data.search.length) {
  searched();
} else if (parameterKeys.length && tried.length > 2) {
  parameterKeys.forEach((key, i) => byId("parameter-select").append(new Option(key, i)));
  byId("parameter-select").addEventListener("change", parameter);
  parameter();
  coordinates();
} else {
  byId("parameters").hidden = true;
}

// --- One trial -----------------------------------------------------------------------------------

const STUDENTS = { encoder: ["encoder student", "s_E"], decoder: ["decoder student", "s_D"], method: ["student", "score"] };

/** What a sample holds of a student; s_E is that of the class tokens that the trial's score takes. */
const ofStudent = (sample, student, tokens) => sample?.[student === "encoder" && tokens === "all" ? "encoderAll" : student];
const STEPS = ["first step", "last step"];

function training(key) {
  const parent = byId("training");
  forget(parent);
  const { curve, speed } = data.trainings[key] ?? { curve: {}, speed: {} };
  if (!curve.step?.length) {
    parent.append(element("p", { className: "quiet" }, "No training curve is kept of this trial."));
    return;
  }
  const log = { type: "logarithmic" };
  const chart = (title, note, lines, y) => draw(figure(parent, title, note), title + " over the steps", lineChart("step", curve.step, lines, y));
  chart("Loss", "the objective, mean over the batch", [{ label: "loss", values: curve.loss, colour: LINES[6] }], log);
  chart("Losses of the students", "L_E (class tokens) and L_D (patch tokens)", [
    { label: "L_E", values: curve.loss_encoder }, { label: "L_D", values: curve.loss_decoder }], log);
  chart("Effective weights, Eq. (3)", "∂L/∂L_E and ∂L/∂L_D: a student that explains the image damps the other", [
    { label: "w_E", values: curve.weight_encoder }, { label: "w_D", values: curve.weight_decoder }], { suggestedMin: 0 });
  chart("Learning rate", "of the schedule", [{ label: "learning rate", values: curve.learning_rate, colour: LINES[2] }], { min: 0 });
  if (speed.step?.length) {
    draw(figure(parent, "Throughput", "images per second"), "Images per second over the steps",
      lineChart("step", speed.step, [{ label: "images/s", values: speed.images_per_second, colour: LINES[4] }], { min: 0 }));
  }
}

function histograms(sample, tokens) {
  const parent = byId("histograms");
  forget(parent);
  byId("histogram-note").textContent = sample?.count ? sample.count + " test images, half of them anomalous where there are as many; shares within each class." : "";
  for (const [student, [name, letter]] of Object.entries(STUDENTS)) {
    (ofStudent(sample, student, tokens)?.histograms ?? []).forEach((h, step) => {
      const edges = h.normal.map((_, i) => h.from + (i + 0.5) * h.width);
      const bars = (label, values, key) => ({
        label, data: edges.map((x, i) => ({ x, y: values[i] })), backgroundColor: colour(key) + "99", borderColor: colour(key),
        borderWidth: 1, barPercentage: 1, categoryPercentage: 1, grouped: false,
      });
      draw(figure(parent, name + ", " + STEPS[step], letter + " of normal and anomalous images"),
        "Histogram of " + letter + " at the " + STEPS[step], () => ({
          type: "bar",
          data: { datasets: [bars("normal", h.normal, "normal"), bars("anomalous", h.anomalous, "anomalous")] },
          options: {
            parsing: false,
            scales: {
              x: { type: "linear", title: { text: letter }, offset: false, min: h.from, max: h.from + h.width * h.normal.length, ticks: { callback: (v) => digits(v, 3) } },
              y: { title: { text: "share" }, beginAtZero: true },
            },
          },
        }));
    });
  }
  if (!parent.children.length) parent.append(element("p", { className: "quiet" }, "No images were scored again for this trial."));
}

const dots = (label, points, key, radius) => ({
  type: "scatter", label, data: points, backgroundColor: colour(key) + "8c", borderWidth: 0, pointRadius: radius, pointHoverRadius: radius + 2,
});

/** s_D at which 1 − P = c, for s_E = e: the Noisy-OR's level line. */
const level = (c, e) => -Math.log(1 - c / -Math.expm1(-e));

function scatter(trial) {
  const parent = byId("together");
  forget(parent);
  const { encoder, decoder, anomalous, temperature, images, tokens } = trial.scatter;
  if (!encoder.length) {
    parent.append(element("p", { className: "quiet" }, "This trial's scores do not come from two students."));
    return;
  }
  // Logarithmic: most images crowd near 0. What rounding left at or below 0 stands at the edge.
  const least = { x: Math.min(...encoder.filter((v) => v > 0)), y: Math.min(...decoder.filter((v) => v > 0)) };
  const points = encoder.map((x, i) => ({ x: Math.max(x, least.x), y: Math.max(decoder[i], least.y), a: anomalous[i] }));
  const edge = { left: least.x / 1.15, right: 1.15 * Math.max(...encoder), low: least.y / 1.15, high: 1.15 * Math.max(...decoder) };
  const scores = points.map((p) => -Math.expm1(-p.x / temperature) * -Math.expm1(-p.y / temperature)).sort((a, b) => a - b);
  const levels = [...new Set([0.1, 0.5, 0.9, 0.99].map((q) => scores[Math.floor(q * (scores.length - 1))]))].filter((c) => c > 0 && c < 1);
  const lines = levels.map((c) => {
    const line = [];
    for (let k = 0; k <= 300; k++) {
      const x = edge.left * (edge.right / edge.left) ** (k / 300);
      const y = temperature * level(c, x / temperature);
      if (y >= edge.low && y <= edge.high) line.push({ x, y });
    }
    return { type: "line", label: "score " + digits(c, 3), data: line, borderColor: colour("quiet"), borderWidth: 1, borderDash: [4, 3], pointRadius: 0 };
  });
  const canvas = figure(parent, "s_E against s_D",
    (images > points.length ? points.length + " of " + images : images) + " test images, " + tokens + " class token" + (tokens === "all" ? "s" : "") +
    "; dashed: equal Noisy-OR score at the 10, 50, 90 and 99 % quantile");
  canvas.parentElement.classList.add("tall");
  draw(canvas, "Scatter of the encoder student's against the decoder student's score with level lines of the Noisy-OR", () => ({
    type: "scatter",
    data: { datasets: [dots("normal", points.filter((p) => !p.a), "normal", 2.5), dots("anomalous", points.filter((p) => p.a), "anomalous", 2.5), ...lines] },
    options: {
      parsing: false,
      plugins: { legend: { labels: { filter: (item) => !item.text.startsWith("score"), usePointStyle: true, pointStyle: "circle", boxHeight: 7, color: colour("quiet") } } },
      scales: {
        x: { type: "logarithmic", title: { text: "s_E" }, min: edge.left, max: edge.right, ticks: { callback: (v) => digits(v, 2) } },
        y: { type: "logarithmic", title: { text: "s_D" }, min: edge.low, max: edge.high, ticks: { callback: (v) => digits(v, 2) } },
      },
    },
  }));
}

function embeddings(sample) {
  const parent = byId("embeddings");
  forget(parent);
  byId("embedding-note").textContent = "";
  for (const [student, [name]] of Object.entries(STUDENTS)) {
    (sample?.[student]?.embeddings ?? []).forEach((points, step) => {
      const all = points.map(([x, y], i) => ({ x, y, a: sample.anomalous[i], path: sample.paths[i] }));
      draw(figure(parent, name + ", " + STEPS[step], "teacher less student"), "t-SNE of teacher less " + name + ", " + STEPS[step], () => ({
        type: "scatter",
        data: { datasets: [dots("normal", all.filter((p) => !p.a), "normal", 3), dots("anomalous", all.filter((p) => p.a), "anomalous", 3)] },
        options: {
          parsing: false,
          plugins: {
            legend: { labels: { usePointStyle: true, pointStyle: "circle", boxHeight: 7, color: colour("quiet") } },
            tooltip: { callbacks: { label: (item) => item.raw.path } },
          },
          scales: { x: { grace: "6%", ticks: { display: false } }, y: { grace: "6%", ticks: { display: false } } },
        },
      }));
      byId("embedding-note").textContent = "Exact t-SNE, perplexity 30, of the difference between teacher and student features of " + sample.count +
        " test images (encoder: last class token; others: unit patch features of both groups, or of all stages). Axes have no meaning.";
    });
  }
  if (!parent.children.length) parent.append(element("p", { className: "quiet" }, "Too few images were looked at again for an embedding."));
}

function gallery(trial) {
  byId("gallery-trial").textContent = trial.name;
  const entries = trial.gallery ?? [];
  byId("gallery").replaceChildren(...entries.map((entry) => {
    const view = (source, title, description) =>
      element("figure", {}, element("img", { src: source, alt: description }), element("figcaption", {}, title));
    const kind = entry.anomalous ? "anomalous" : "normal";
    const views = element("div", { className: "views" }, view(entry.image, "image", "Test image " + entry.path));
    if (entry.map) views.append(view(entry.map, "map", "Anomaly map over the image"));
    if (entry.mask) views.append(view(entry.mask, "mask", "Mask of the anomaly"));
    const scores = "score " + digits(entry.score) + (entry.encoder === null ? "" : " · s_E " + digits(entry.encoder, 3)) + (entry.decoder === null ? "" : " · s_D " + digits(entry.decoder, 3));
    return element("li", { className: "panel" }, views,
      element("div", { className: "what" },
        element("b", { className: kind }, kind), " · " + entry.category + (entry.anomalous && entry.defect !== entry.category ? " · " + entry.defect : ""),
        element("br"), scores, element("br"), "wrong by " + (100 * entry.wrong).toFixed(1) + " %", element("br"),
        element("small", { className: "quiet" }, entry.path)));
  }));
  if (!entries.length) byId("gallery").append(element("li", { className: "quiet" }, "No images of this trial are at hand."));
}

function trial() {
  const shown = data.trials[Number(byId("trial-select").value)];
  const sample = shown.sample === undefined ? null : data.samples[shown.sample];
  const trainings = shown.trainings ?? [];
  byId("training-label").hidden = trainings.length < 2;
  byId("training-select").replaceChildren(...trainings.map((t) => new Option(t.split, t.key)));
  training(trainings[0]?.key);
  histograms(sample, shown.scatter.tokens);
  scatter(shown);
  embeddings(sample);
  gallery(shown);
}
if (data.trials.length) {
  data.trials.forEach((t, i) => byId("trial-select").append(new Option(t.name, i)));
  // The last is the whole method in the paper's order of rows; else the one with both students.
  const both = data.trials.findLastIndex((t) => t.scatter.encoder.length && t.gallery);
  byId("trial-select").value = String(both >= 0 ? both : 0);
  byId("trial-select").addEventListener("change", trial);
  byId("training-select").addEventListener("change", (event) => training(event.target.value));
  trial();
} else {
  byId("trial").hidden = true;
  byId("gallery-section").hidden = true;
}

// --- Feature variance ----------------------------------------------------------------------------

for (const map of data.variance) {
  byId("variance").append(element("figure", {},
    element("img", { src: map.picture, alt: "Variance map of " + map.category }),
    element("figcaption", {}, map.category, element("small", {}, map.dataset + ", " + map.images + " images, " + digits(map.least, 3) + " to " + digits(map.most, 3)))));
}
if (!data.variance.length) byId("variance-section").hidden = true;
document.documentElement.dataset.ready = "true";
