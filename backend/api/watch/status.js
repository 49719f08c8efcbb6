"use strict";
// The token stays in this page's memory: it is never part of an address that is asked for, and not stored.
const EVERY = 2000, GIB = 2 ** 30;
const at = (id) => document.getElementById(id);
let token = "", timer = 0, asked = 0;

function cell(row, text, kind) {
  const made = row.insertCell();
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function fill(id, items, each) {
  const body = document.createElement("tbody");
  body.id = id;
  for (const item of items) each(body.insertRow(), item);
  at(id).replaceWith(body);
}

function lasting(seconds) {
  const all = Math.max(0, Math.round(seconds)), minutes = Math.floor(all / 60), hours = Math.floor(minutes / 60);
  if (hours) return `${hours} h ${minutes % 60} min`;
  return minutes ? `${minutes} min ${all % 60} s` : `${all} s`;
}

function job(worker) {
  if (worker.job) return worker.job;
  return worker.state === "busy" ? "another user's" : "";
}

function show(cluster, now) {
  const who = cluster.user ? `You are ${cluster.user}` : "You have the service's own token";
  say(`${who}. Version ${cluster.version}, ${new Date(now * 1000).toLocaleTimeString()}.`);
  fill("lanes", cluster.lanes, (row, lane) => {
    cell(row, lane.name);
    for (const name of ["waiting", "your_waiting", "making", "your_making"]) cell(row, lane[name], "number");
  });
  fill("workers", cluster.workers, (row, worker) => {
    cell(row, worker.name);
    cell(row, worker.lane);
    cell(row, worker.state, worker.state);
    cell(row, worker.engine);
    cell(row, "").append(Object.assign(document.createElement("code"), {textContent: job(worker)}));
    cell(row, worker.state === "off" ? "" : lasting(now - worker.since), "number");
  });
  at("cards").hidden = !cluster.gpus.length;
  fill("gpus", cluster.gpus, (row, gpu) => {
    cell(row, gpu.index);
    cell(row, gpu.name);
    const used = (gpu.memory_used / GIB).toFixed(1), total = (gpu.memory_total / GIB).toFixed(1);
    const bar = Object.assign(document.createElement("meter"), {max: gpu.memory_total, value: gpu.memory_used});
    cell(row, "").append(bar, `${used} of ${total} GiB`);
    cell(row, gpu.busy === null ? "" : `${Math.round(gpu.busy * 100)} %`, "number");
  });
  at("shown").hidden = false;
}

function say(text, wrong) {
  at("about").textContent = text;
  at("about").className = wrong ? "wrong" : "";
}

function leave(text) {
  token = "";
  asked += 1;
  clearTimeout(timer);
  at("shown").hidden = at("leave").hidden = true;
  at("enter").hidden = false;
  for (const id of ["lanes", "workers", "gpus"]) fill(id, [], () => {});
  say(text || "Enter your token to see what runs here.", Boolean(text));
}

async function ask() {
  const mine = asked;
  try {
    const answer = await fetch("/v1/cluster", {headers: {Authorization: `Bearer ${token}`}, cache: "no-store"});
    const said = await answer.json();
    if (mine !== asked) return;
    if (answer.status === 401) return leave("This token is not known here.");
    if (answer.ok) show(said, (Date.parse(answer.headers.get("date")) || Date.now()) / 1000);
    else say(said.error.message, true);
  } catch {
    if (mine !== asked) return;
    say("The service does not answer. This page goes on asking.", true);
  }
  timer = setTimeout(ask, EVERY);
}

function enter(given) {
  // What a header can't carry is no token.
  if (!/^[!-~]+$/.test(given)) return leave("This token is not known here.");
  token = given;
  asked += 1;
  clearTimeout(timer);
  at("token").value = "";
  at("enter").hidden = true;
  at("leave").hidden = false;
  ask();
}

function fromFragment() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!given) return;
  history.replaceState(null, "", location.pathname);  // it is not to stay in the history, nor on a screen
  enter(given);
}

at("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  enter(at("token").value.trim());
});
at("leave").addEventListener("click", () => leave());
addEventListener("hashchange", fromFragment);
fromFragment();
