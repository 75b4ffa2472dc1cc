// Draws what stands in data-chart, again when it changes. The same numbers stand in a sentence and a table beside it.
"use strict";

const drawn = new Map();
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const draw = () => {
  for (const [place, {chart}] of drawn) if (!place.isConnected) { chart.dispose(); drawn.delete(place); }
  for (const place of document.querySelectorAll("[data-chart]")) {
    if (drawn.get(place)?.said === place.dataset.chart || typeof echarts === "undefined") continue;
    const {name, kind, colour: ink, at, values} = JSON.parse(place.dataset.chart);
    const chart = drawn.get(place)?.chart || echarts.init(place, null, {renderer: "canvas"});
    const label = {show: true, position: "top", color: colour("ink"), fontFamily: "inherit"};
    const axis = {axisLine: {lineStyle: {color: colour("line")}}, axisTick: {show: false}, axisLabel: {color: colour("ink-2")}};
    chart.setOption({
      animation: false,
      aria: {enabled: true, label: {enabled: false}, decal: {show: kind === "bar"}},
      grid: {left: 4, right: 4, top: 24, bottom: 4, containLabel: true},
      tooltip: {renderMode: "richText"},
      xAxis: {...axis, type: "category", data: at.map((hour) => `${hour}`)},
      yAxis: {type: "value", minInterval: 1, show: false},
      series: [{name, type: kind, data: values, label, color: colour(ink), barMaxWidth: 40, symbolSize: 8, lineStyle: {width: 2}}],
    });
    drawn.set(place, {chart, said: place.dataset.chart});
  }
};
draw();
document.addEventListener("htmx:after:swap", draw);
addEventListener("resize", () => drawn.forEach(({chart}) => chart.resize()));
// What somebody has unfolded stays so when the part around it is brought again.
let unfolded = [];
document.addEventListener("htmx:before:swap", () => {
  unfolded = [...document.querySelectorAll("details[open][id]")].map((each) => each.id);
});
document.addEventListener("htmx:after:swap", () => {
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
});
