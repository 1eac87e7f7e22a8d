// Shared by the report and the live page: elements, and charts in the page's colours.
"use strict";

const byId = (id) => document.getElementById(id);

/** An element with properties, attributes (by setAttribute where the name has a dash or is a role) and children. */
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made && !name.includes("-")) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

/** Distinct lines, the same in both schemes; after Okabe and Ito, safe for colour-blind readers. */
const LINES = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a63d2", "#7f8c8d", "#b8a300", "#a0522d", "#2aa198", "#e35d8f"];

/** A number with so many digits, without an exponent where it is large. */
function digits(value, count = 4) {
  if (value === null || value === undefined || value === "") return "";
  const number = Number(value);
  if (Math.abs(number) >= 10 ** count) return Math.round(number).toLocaleString("en");
  const text = number.toPrecision(count);
  return text.includes(".") ? text.replace(/\.?0+($|e)/, "$1") : text;
}

const charts = new Map();

/**
 * Draws a chart on a canvas, in place of the one before.
 * `build` gives Chart.js' configuration; it is asked again when the colour scheme changes.
 */
function draw(canvas, summary, build) {
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", summary);
  charts.get(canvas)?.chart.destroy();
  charts.set(canvas, { build, chart: new Chart(canvas, withColours(build())) });
}

function forget(parent) {
  for (const canvas of parent.querySelectorAll("canvas")) {
    charts.get(canvas)?.chart.destroy();
    charts.delete(canvas);
  }
  parent.replaceChildren();
}

function withColours(configuration) {
  const quiet = colour("quiet");
  const line = colour("line");
  const options = configuration.options ??= {};
  options.responsive = true;
  options.maintainAspectRatio = false;
  options.animation = false;
  options.color = quiet;
  options.plugins ??= {};
  options.plugins.legend = { position: "bottom", labels: { color: quiet, boxWidth: 12, boxHeight: 2, padding: 10 }, ...options.plugins.legend };
  for (const scale of Object.values(options.scales ?? {})) {
    scale.grid = { color: line, ...scale.grid };
    scale.border = { color: line };
    scale.ticks = { color: quiet, maxTicksLimit: 6, ...scale.ticks };
    if (scale.title) scale.title = { display: true, color: quiet, ...scale.title };
  }
  return configuration;
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const [canvas, entry] of charts) {
    entry.chart.destroy();
    entry.chart = new Chart(canvas, withColours(entry.build()));
  }
});

/** A panel with a caption and an empty canvas, which is drawn by the caller. */
function figure(parent, title, note) {
  const canvas = element("canvas");
  parent.append(
    element("figure", { className: "panel" },
      element("figcaption", {}, title, element("small", {}, note)),
      element("div", { className: "chart" }, canvas)));
  return canvas;
}

/** Lines over a common x; a line whose values are all missing is left out. */
function lineChart(xTitle, x, lines, yOptions = {}) {
  return () => ({
    type: "line",
    data: {
      datasets: lines.map((line, i) => ({
        label: line.label, borderColor: line.colour ?? LINES[i], backgroundColor: line.colour ?? LINES[i],
        borderWidth: 1.6, pointRadius: x.length < 3 ? 3 : 0, spanGaps: false,
        data: x.map((at, k) => ({ x: at, y: line.values[k] })),
      })).filter((line) => line.data.some((point) => point.y !== null && point.y !== undefined)),
    },
    options: {
      interaction: { mode: "index", intersect: false },
      parsing: false, normalized: true,
      scales: { x: { type: "linear", title: { text: xTitle } }, y: { ticks: yOptions.type === "logarithmic" ? {} : { callback: (v) => digits(v, 3) }, ...yOptions } },
    },
  });
}
