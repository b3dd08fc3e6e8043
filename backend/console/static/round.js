// From door to door: a tap on a door, a tap on what became of it. Saved on the phone before anything else, sent when it can be.
import { counted, doorsOf, forget, forgetDoors, keep, sendDoors, waits } from "./round-queue.js";
import { uuid7 } from "./uuid7.js";

const say = JSON.parse(document.getElementById("words").dataset.words);
const person = document.body.dataset.person;
const $ = (id) => document.getElementById(id);
const walk = () => $("walk");
const LATE_DAYS = 2;
const DONE = ["visited", "declined"];
let chosen = null;
let sending = false, again = false;

// -- the doors, as the server counts them with what this phone knows on top
async function show() {
  const entries = await doorsOf(person);
  if (walk()) lay(latest(entries.filter((entry) => entry.round === walk().dataset.round && entry.village === walk().dataset.village)));
  showQueue(entries.filter(waits));
  showRecent(entries.filter((entry) => entry.mark_sent || !entry.problem));
}

const latest = (entries) => new Map(entries.map((entry) => [entry.household_id, entry])).values(); // in the order of `at`: the last one wins

function lay(entries) {
  for (const entry of entries) {
    const door = doorOf(entry.household_id);
    if (entry.counted || (door?.dataset.absent && Date.parse(door.dataset.absent) > Date.parse(entry.at))) continue;
    if (DONE.includes(entry.mark)) door?.closest("li").remove();
    else absent(door || doorLike(entry), entry);
  }
  const left = document.querySelectorAll("#doors .door").length;
  const all = Number(walk().dataset.households);
  if (walk().dataset.found) return;
  $("done").textContent = `${all - left}/${all}`;
  $("progress").value = all - left;
  $("none").hidden = left > 0;
}

const doorOf = (household) => document.querySelector(`#doors [data-id="${CSS.escape(household)}"]`);

function doorLike(entry) {
  const door = document.createElement("a");
  door.className = "door";
  door.href = `/console/round/${entry.round}/doors/${entry.household_id}`;
  Object.assign(door.dataset, { id: entry.household_id, code: entry.code });
  door.append(Object.assign(document.createElement("b"), { textContent: entry.code }));
  return door;
}

// Nobody home: it moves behind the doors that nobody has knocked at.
function absent(door, entry) {
  door.dataset.absent = entry.at;
  door.querySelector(".tag")?.remove();
  const tag = Object.assign(document.createElement("span"), { className: "tag warn", textContent: `${say.marks.absent} ${clockTime(entry.at)}` });
  door.append(tag);
  const line = door.closest("li") || document.createElement("li");
  line.append(door);
  $("doors").append(line);
}

const clockTime = (at) => new Date(at).toLocaleString([], { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });

// -- search by typing a little
function narrow() {
  const typed = $("find").value.trim().toUpperCase();
  for (const door of document.querySelectorAll("#doors .door")) door.closest("li").hidden = !door.dataset.code.toUpperCase().includes(typed);
}

// -- one door
function begin(door, entry = null) {
  const form = $("door").querySelector("form");
  form.reset();
  chosen = { ...door, entry };
  form.elements.serial.value = nextSerial(entry?.letter_sent ? null : entry);
  if (entry) form.elements.age_band.value = entry.age_band;
  if (entry?.letter && !entry.letter_sent) form.elements.letter.value = entry.letter.move;
  $("door-title").textContent = door.code;
  tell(entry?.letter_sent ? say.letter_sent.replace("{serial}", entry.letter.serial) : "");
  $("door").showModal();
}

function tell(words) {
  $("door-note").textContent = words;
  $("door-note").hidden = !words;
}

/** The letter on top of the pile: the next one of the village's stock that no door on this phone has yet. */
let used = new Set();
function nextSerial(entry) {
  if (entry?.letter) return entry.letter.serial;
  for (const range of JSON.parse(walk().dataset.ranges)) {
    const [first, last = first] = range.split(" – ").map((serial) => serial.match(/^(.*?)(\d+)$/).slice(1));
    for (let number = Number(first[1]); number <= Number(last[1]); number += 1) {
      const serial = first[0] + String(number).padStart(first[1].length, "0");
      if (!used.has(serial)) return serial;
    }
  }
  return "";
}

async function save(event) {
  if (event.submitter?.value === "cancel") return;
  event.preventDefault();
  const form = event.target, data = new FormData(form), mark = event.submitter?.value;
  if (!mark) return;
  const move = data.get("letter") === "none" ? null : data.get("letter"), serial = (data.get("serial") || "").trim();
  if (move && mark === "absent") return tell(say.letter_absent);
  if (move && !serial) return tell(say.serial_missing);
  const before = chosen.entry, on = data.get("on");
  await keep({
    id: uuid7(), author: person, round: walk().dataset.round, village: walk().dataset.village, household_id: chosen.id, code: chosen.code, mark,
    age_band: mark === "absent" ? "unsaid" : data.get("age_band"), at: (on ? new Date(on) : new Date()).toISOString(),
    letter: move ? { id: uuid7(), move, serial } : null, mark_sent: false, letter_sent: false, problem: null, letter_problem: null,
  });
  if (before && (waits(before) || before.counted)) await forget(before.id);
  $("door").close();
  $("find").value = "";
  narrow();
  await go();
}

// -- the queue
function showQueue(entries) {
  $("queue").hidden = entries.length === 0;
  $("queue-title").textContent = say.waiting.replace("{n}", entries.length);
  $("queue-list").replaceChildren(...entries.map(line));
  const tag = $("line");
  if (!tag) return;
  tag.hidden = false;
  tag.className = entries.length || !navigator.onLine ? "push tag warn" : "push tag good";
  tag.textContent = entries.length ? say.waiting.replace("{n}", entries.length) : navigator.onLine ? `✓ ${say.all_sent}` : say.offline;
}

function line(entry) {
  const item = document.createElement("li");
  const letter = entry.letter ? ` · ${say.letter} ${entry.letter.serial} ${say.letters[entry.letter.move]}` : "";
  item.textContent = `${entry.code} · ${say.marks[entry.mark]} · ${clockTime(entry.at)}${letter}`;
  const problem = entry.problem || entry.letter_problem;
  if (problem) item.append(refusal(entry, problem));
  return item;
}

function refusal(entry, problem) {
  const why = [problem.detail, ...(problem.errors || []).map((error) => error.detail)].filter(Boolean).join(" ");
  const box = Object.assign(document.createElement("div"), { className: "note bad" });
  box.append(Object.assign(document.createElement("p"), { textContent: why }), discarding(entry));
  if (walk()) box.append(" ", changing(entry));
  return box;
}

function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words });
  made.onclick = act;
  return made;
}

// What the server has stays there: of a door whose letter was refused, the letter alone is discarded.
const discarding = (entry) => button(say.discard, async () => {
  if (!confirm(say.discard_sure)) return;
  if (entry.mark_sent) await keep({ ...entry, letter: null, letter_problem: null }); else await forget(entry.id);
  await go();
});

const changing = (entry) => button(say.change, () => begin({ id: entry.household_id, code: entry.code }, entry));

function showRecent(entries) {
  used = new Set(entries.filter((entry) => entry.letter).map((entry) => entry.letter.serial));
  if (!walk()) return;
  const mine = [...latest(entries.filter((entry) => entry.round === walk().dataset.round && entry.village === walk().dataset.village))].reverse().slice(0, 10);
  $("recent-part").hidden = mine.length === 0;
  $("recent").replaceChildren(...mine.map((entry) => {
    const item = document.createElement("li"), door = button("", () => begin({ id: entry.household_id, code: entry.code }, entry));
    door.className = "door";
    door.append(Object.assign(document.createElement("b"), { textContent: entry.code }), `${say.marks[entry.mark]} · ${say.change}`);
    item.append(door);
    return item;
  }));
}

// What is saved while something is under way goes right after it.
async function go() {
  await show();
  again = true;
  if (sending) return;
  sending = true;
  while (again) {
    again = false;
    await sendAll();
    await show();
  }
  sending = false;
}

async function sendAll() {
  const { stopped, missed } = await sendDoors(person);
  if (missed) announce(say.missed.replace("{n}", missed));
  if (stopped === "signed-out" || stopped === "other-person") askToSignIn(stopped === "signed-out" ? say.sign_in : say.other_person);
  if (!stopped) await renew();
}

function announce(words) {
  $("said").textContent = words;
  $("said").hidden = false;
}

function askToSignIn(words) {
  $("queue-send").textContent = words;
  $("queue-send").onclick = () => location.assign("/console/sign-in?next=/console/round");
}

// The server's own count of what was sent; only then may the phone forget it.
async function renew() {
  const sent = (await doorsOf(person)).filter((entry) => !waits(entry) && !entry.counted);
  if (!walk() || walk().dataset.found || !sent.length) return;
  const text = await fetch(walk().dataset.address, { credentials: "same-origin" }).then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""), () => "");
  if (!text) return;
  const page = new DOMParser().parseFromString(text, "text/html");
  const renewed = page.getElementById("walk");
  if (!renewed) return location.reload();
  if (renewed.dataset.made <= walk().dataset.made) return; // what was kept on the phone, not the server's answer
  for (const part of ["walk", "doors-part"]) $(part).replaceWith(document.adoptNode(page.getElementById(part)));
  await counted(sent);
  narrow();
}

// -- what a closed round leaves on the phone: nothing
async function endOfRound() {
  const over = walk() && Date.parse(`${walk().dataset.ends}T23:59:59+08:00`) + LATE_DAYS * 86_400_000 < Date.now();
  if (walk() && !over) return;
  await go();
  await forgetDoors();
  if (over) { for (const part of ["walk", "doors-part", "search", "recent-part"]) $(part).remove(); announce(say.over); }
}

// This page and what it is made of, kept on the phone at the first visit already: the next one may be without signal.
async function keepForLater() {
  if (!navigator.serviceWorker || !walk() || walk().dataset.found) return;
  await navigator.serviceWorker.register("/console/service-worker.js", { scope: "/console/" });
  const ready = await navigator.serviceWorker.ready;
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => name.includes("/console/static/"));
  if (navigator.onLine) ready.active.postMessage({ page: walk().dataset.address, keep: [...new Set(parts)] });
}

// -- wiring
document.addEventListener("click", (event) => {
  const door = event.target.closest("#doors a.door");
  if (!door || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  begin({ id: door.dataset.id, code: door.dataset.code });
});
if ($("door")) $("door").querySelector("form").addEventListener("submit", save);
$("find")?.addEventListener("input", narrow);
$("search")?.addEventListener("submit", (event) => {
  const door = document.querySelector("#doors li:not([hidden]) .door");
  if (!$("find").value.trim() || !door) return;
  event.preventDefault();
  begin({ id: door.dataset.id, code: door.dataset.code });
});
$("queue-send").onclick = go;
addEventListener("online", go);
addEventListener("offline", show);
document.addEventListener("visibilitychange", () => { if (!document.hidden) go(); });
keepForLater();
navigator.storage?.persist?.();
await endOfRound();
if (walk()) await go();
