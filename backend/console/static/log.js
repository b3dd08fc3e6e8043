// The cadre's page: nearest households first, a contact in two taps, saved on the phone before anything else.
import { forget, keep, send, uuid7, waiting, whoIsSignedIn } from "./queue.js";

const say = JSON.parse(document.getElementById("words").dataset.words);
const person = document.body.dataset.person;
const $ = (id) => document.getElementById(id);
const houses = [...document.querySelectorAll(".house")];
const dialog = $("contact");
const form = dialog.querySelector("form");
let here = null;
let chosen = null;
let sending = false, again = false;

// -- where am I: asked once when the page opens, again when a visit is saved; never followed in between
function locate() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    const options = { enableHighAccuracy: true, timeout: 8000, maximumAge: 60000 };
    navigator.geolocation.getCurrentPosition((fix) => resolve(fix), () => resolve(null), options);
  });
}

const pointOf = (fix) => fix && {
  crs: "wgs84", longitude: fix.coords.longitude, latitude: fix.coords.latitude,
  accuracy_m: fix.coords.accuracy, fixed_at: new Date(fix.timestamp).toISOString(), provider: "browser",
};

function metresTo(house) {
  if (!here || !house.dataset.longitude) return Infinity;
  const radians = Math.PI / 180;
  const latitude = Number(house.dataset.latitude) * radians, own = here.coords.latitude * radians;
  const east = (Number(house.dataset.longitude) - here.coords.longitude) * radians;
  const chord = Math.sin((latitude - own) / 2) ** 2 + Math.cos(own) * Math.cos(latitude) * Math.sin(east / 2) ** 2;
  return 2 * 6371009 * Math.asin(Math.sqrt(chord));
}

function order(by) {
  const key = by === "distance" ? metresTo : (house) => -Number(house.dataset.days);
  houses.sort((a, b) => key(a) - key(b) || Number(b.dataset.days) - Number(a.dataset.days));
  $("households").append(...houses);
  document.querySelectorAll("[data-order]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.order === by)));
}

function showDistances() {
  for (const house of houses) {
    const metres = metresTo(house), tag = house.querySelector(".distance");
    tag.hidden = !Number.isFinite(metres);
    tag.textContent = metres < 1000 ? `${Math.round(metres / 10) * 10} ${say.m}` : `${(metres / 1000).toFixed(1)} ${say.km}`;
  }
}

// -- one contact
function begin(house, channel) {
  chosen = house;
  form.reset();
  form.querySelector("details").open = false;
  form.elements.channel.value = channel;
  $("contact-title").textContent = house.dataset.name;
  $("place").textContent = "";
  dialog.showModal();
}

async function save() {
  const data = new FormData(form);
  const photo = form.elements.photo.files[0];
  const entry = { id: uuid7(), author: person, name: chosen.dataset.name, photos: [], problem: null };
  const fix = data.get("channel") === "visit" ? await locate() : null;
  if (photo) entry.photos.push({ id: uuid7(), blob: photo, name: photo.name });
  entry.visit = visitOf(entry, data, fix);
  await keep(entry);
  touched(chosen);
  await show();
  await sendAll();
}

function visitOf(entry, data, fix) {
  const text = (name) => (data.get(name) || "").trim() || null;
  const day = text("occurred_at");
  const visit = {
    id: entry.id, household_id: chosen.dataset.id, channel: data.get("channel"), topics: data.getAll("topics"), note: text("note"),
    occurred_at: (day ? new Date(day) : new Date()).toISOString(),
    companions: (text("companions") || "").split(/[,，、;；]/).map((name) => name.trim()).filter(Boolean),
    photos: entry.photos.map((photo) => ({ photo_id: photo.id, kind: "scene" })),
    needs: text("need") ? [{ id: uuid7(), category: text("need_category") || "other", description: text("need") }] : [],
    campaign_code: text("campaign_code"),
  };
  if (fix && !day) visit.point = pointOf(fix);
  return visit;
}

function touched(house) {
  house.dataset.days = "0";
  const tag = house.querySelectorAll(".row")[1].querySelector(".tag");
  tag.className = "tag good";
  tag.textContent = say.today;
}

// -- the queue
async function show() {
  const entries = await waiting(person);
  $("queue").hidden = entries.length === 0;
  $("queue-list").replaceChildren(...entries.map(line));
  const tag = $("line");
  tag.hidden = false;
  tag.className = entries.length || !navigator.onLine ? "push tag warn" : "push tag good";
  tag.textContent = entries.length ? `${say.waiting} ${entries.length}` : navigator.onLine ? say.all_sent : say.offline;
}

function line(entry) {
  const item = document.createElement("li");
  const when = new Date(entry.visit.occurred_at).toLocaleString([], { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  item.textContent = `${entry.name} · ${say.channels[entry.visit.channel]} · ${when}${entry.photos.length ? ` · ${say.photo}` : ""}`;
  if (entry.problem) item.append(refusal(entry));
  return item;
}

function refusal(entry) {
  const box = document.createElement("div");
  box.className = "note bad";
  const why = document.createElement("p");
  why.textContent = [entry.problem.detail, ...(entry.problem.errors || []).map((error) => error.detail)].filter(Boolean).join(" ");
  const drop = document.createElement("button");
  drop.type = "button"; drop.className = "button"; drop.textContent = say.discard;
  drop.onclick = async () => { if (confirm(say.discard_sure)) { await forget(entry.id); await show(); } };
  box.append(why, drop);
  return box;
}

// What is saved while something is under way goes right after it.
async function sendAll() {
  again = true;
  if (sending) return;
  sending = true;
  while (again) {
    again = false;
    const entries = await waiting(person);
    if (entries.length && await mayYetSend()) await sendEach(entries);
    await show();
  }
  sending = false;
}

// A phone is handed on: what one cadre saved is never sent as another.
async function mayYetSend() {
  const signedIn = await whoIsSignedIn();
  if (signedIn === null) askToSignIn(say.sign_in);
  else if (signedIn !== undefined && signedIn !== person) askToSignIn(say.other_person);
  return signedIn === person;
}

function askToSignIn(words) {
  $("queue-send").textContent = words;
  $("queue-send").onclick = () => location.assign("/console/sign-in?next=/console/log");
}

async function sendEach(entries) {
  const bar = $("queue-progress");
  bar.max = entries.length; bar.value = 0; bar.hidden = entries.length < 2;
  for (const entry of entries) {
    const outcome = await send(entry);
    if (outcome === "offline" || outcome === "signed-out") break;
    if (outcome === "sent") await forget(entry.id); else await keep({ ...entry, problem: outcome });
    bar.value += 1;
  }
  bar.hidden = true;
}

// This page and what it is made of, kept on the phone at the first visit already: the next one may be without signal.
async function keepForLater() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/console/service-worker.js", { scope: "/console/" });
  const ready = await navigator.serviceWorker.ready;
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => name.includes("/console/static/"));
  if (navigator.onLine) ready.active.postMessage({ keep: ["/console/log", ...new Set(parts)] });
}

// -- wiring
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-channel], [data-order]");
  if (!button) return;
  event.preventDefault();
  if (button.dataset.order) order(button.dataset.order); else begin(button.closest(".house"), button.dataset.channel);
});
dialog.addEventListener("close", () => { if (dialog.returnValue === "save") save(); });
$("queue-send").onclick = sendAll;
addEventListener("online", sendAll);
addEventListener("offline", show);
document.addEventListener("visibilitychange", () => { if (!document.hidden) sendAll(); });
if ($("order")) $("order").hidden = false;
keepForLater();
navigator.storage?.persist?.();
await show();
await sendAll();
here = await locate();
showDistances();
if (here) order("distance");
