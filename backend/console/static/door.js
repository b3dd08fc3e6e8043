// The farmer's page: what is filled in is kept on the phone at once, the receipt comes first, photos follow and survive a closed tab.
// Where any of this is missing, the form below it works by itself.
import { drafts, filesOf, forget, forgetFile, keep, keepFile, survives } from "./door-drafts.js";
import { Refused, ask, upload } from "./door-send.js";
import { shrink } from "./door-shrink.js";
import { canRecord, listen } from "./door-voice.js";
import { uuid7 } from "./uuid7.js";

const MOST_PHOTOS = 6;
const KEPT_FOR_MS = { writing: 2 * 86400000, waiting: 14 * 86400000, sent: 14 * 86400000 };
const PATIENCE_MS = [3000, 6000, 12000, 30000, 60000];
const $ = (id) => document.getElementById(id);
const say = JSON.parse($("words").dataset.words);
const form = $("form");
const code = decodeURIComponent(form.getAttribute("action").split("?")[0].split("/").pop());
const fresh = (state) => ({ id: uuid7(), code, at: Date.now(), state, fields: {}, receipt: null });

let writing = fresh("writing");
let files = []; // of the draft that is being written
let shrinking = Promise.resolve();
let delivering = null; // the draft that is on its way, or waits for a line
let sending = false;
let shown = null; // whose receipt is on the page
let tries = 0;
let timer;

// -- writing
function filledIn() {
  const found = {};
  Array.from(form.elements).forEach((one) => {
    const passive = !one.name || one.type === "file" || ((one.type === "radio" || one.type === "checkbox") && !one.checked);
    if (!passive && one.value) found[one.name] = one.value;
  });
  return found;
}

const said = (fields) => Object.keys(fields).some((name) => name !== "id" && name !== "consent");

async function keepWriting() {
  if (writing.state !== "writing") return; // what was sent stays as it was sent
  writing.fields = filledIn();
  writing.at = Date.now();
  if (said(writing.fields) || files.length) await keep(writing);
}

let soon;
function keepSoon() { clearTimeout(soon); soon = setTimeout(keepWriting, 400); }

function fillIn(fields) {
  Array.from(form.elements).forEach((one) => {
    if (!one.name || one.type === "file" || one.type === "hidden" || !(one.name in fields)) return;
    if (one.type === "radio" || one.type === "checkbox") one.checked = one.value === fields[one.name];
    else one.value = fields[one.name];
    if (fields[one.name] && one.closest("details")) one.closest("details").open = true;
  });
  openList();
}

async function restore(draft) {
  writing = draft;
  files = await filesOf(draft);
  fillIn(draft.fields);
  files.forEach((file) => (file.kind === "photo" ? shot(file) : spoken(file)));
  $("restored").hidden = false;
  $("restored").firstElementChild.textContent = say.restored;
}

async function beginAnew() {
  await forget(writing);
  location.reload();
}

// -- photos
function chosen() {
  const picked = Array.from($("photo").files);
  $("photo").value = ""; // the original is let go; what is kept is the small one
  picked.forEach((file) => {
    const place = document.createElement("li"); // it takes an old phone some seconds
    place.className = "busy";
    $("shots").append(place);
    shrinking = shrinking.then(() => take(file)).then(() => place.remove());
  });
}

async function take(file) {
  if (files.filter((each) => each.kind === "photo").length >= MOST_PHOTOS) return complain(say.most);
  if (file.type && file.type.indexOf("image/") !== 0) return complain(say.no_picture);
  const blob = await shrink(file);
  if (blob.size > Number(form.dataset.mostBytes)) return complain(say.too_large);
  const kept = { id: uuid7(), draft: writing.id, kind: "photo", name: file.name || "photo.jpg", blob, step: uuid7(), there: false };
  files.push(kept);
  shot(kept);
  await keepFile(kept);
  await keepWriting();
}

function shot(file) {
  const item = document.createElement("li"), picture = document.createElement("img"), away = document.createElement("button");
  const address = URL.createObjectURL(file.blob);
  picture.src = address;
  picture.alt = say.photo;
  away.type = "button";
  away.textContent = "✕";
  away.setAttribute("aria-label", say.take_away);
  away.onclick = () => { URL.revokeObjectURL(address); item.remove(); drop(file); };
  item.append(picture, away);
  $("shots").insertBefore(item, $("shots").querySelector(".busy"));
}

async function drop(file) {
  files = files.filter((each) => each !== file);
  await forgetFile(file.id);
}

// -- voice
let hearing = null;
const speakLabel = $("record").querySelector("span");

async function record() {
  if (hearing) return hearing.stop();
  try { hearing = await listen(); } catch (error) { $("hearing").textContent = say.no_microphone; $("voice-file").hidden = false; return; }
  $("record").classList.add("hears");
  const began = Date.now();
  const clock = setInterval(() => { speakLabel.textContent = `${say.stop} · ${Math.round((Date.now() - began) / 1000)}″`; }, 250);
  const blob = await hearing.done;
  clearInterval(clock);
  hearing = null;
  $("record").classList.remove("hears");
  speakLabel.textContent = say.record;
  if (!blob.size) return;
  for (const old of files.filter((each) => each.kind === "voice")) await drop(old);
  const kept = { id: uuid7(), draft: writing.id, kind: "voice", name: `voice.${(blob.type.split("/")[1] || "webm")}`, blob, step: uuid7(), there: false };
  files.push(kept);
  spoken(kept);
  await keepFile(kept);
  await keepWriting();
}

function spoken(file) {
  const line = form.querySelector(".spoken");
  line.firstElementChild.src = URL.createObjectURL(file.blob);
  line.hidden = false;
  $("unsay").onclick = () => { line.hidden = true; drop(file); };
}

// -- sending
function complain(words) {
  const line = $("problem");
  line.textContent = words;
  line.hidden = !words;
  if (words) line.scrollIntoView({ block: "center" });
}

async function submit() {
  if (writing.state !== "writing" || $("send").disabled) return;
  complain("");
  busy(true);
  clearTimeout(soon);
  if (hearing) { hearing.stop(); await hearing.done; }
  await shrinking;
  await takeVoiceFile();
  writing.fields = filledIn();
  writing.fields.id = writing.id;
  writing.fields.photos_expected = String(files.length);
  if (navigator.onLine === false) writing.fields.asked_at = new Date().toISOString(); // it is sent later, and said now
  writing.state = "waiting";
  await keep(writing);
  await deliver(writing);
}

async function takeVoiceFile() {
  const given = $("voice").files[0];
  if (!given) return;
  const kept = { id: uuid7(), draft: writing.id, kind: "voice", name: given.name, blob: given, step: uuid7(), there: false };
  files.push(kept);
  await keepFile(kept);
}

function busy(is) {
  const button = $("send");
  button.disabled = is;
  button.dataset.words = button.dataset.words || button.textContent;
  button.textContent = is ? say.sending : button.dataset.words;
}

async function deliver(draft) {
  delivering = draft;
  const elsewhere = () => { timer = setTimeout(retry, PATIENCE_MS[0]); return false; }; // another tab is at it
  const whole = navigator.locks
    ? await navigator.locks.request(`lianxin-door-${draft.id}`, { ifAvailable: true }, (lock) => (lock ? send(draft) : elsewhere()))
    : await send(draft);
  if (!whole) return;
  const waiting = (await drafts()).filter((each) => each.state !== "writing");
  if (waiting.length) await deliver(waiting[0]);
}

// Whether all of it has arrived.
async function send(draft) {
  if (sending) return false;
  sending = true;
  clearTimeout(timer);
  const own = await filesOf(draft);
  try {
    if (!draft.receipt) await ask(draft);
    show(draft, own);
    for (const file of own) await one(draft, file);
    await forget(draft);
    delivering = null;
    tries = 0;
    $("going").querySelector("p").textContent = own.length ? say.all_there : "";
    return true;
  } catch (error) {
    if (error instanceof Refused) await turnedAway(draft, error); else later(draft, own);
    return false;
  } finally {
    sending = false;
  }
}

async function one(draft, file) {
  const line = $(`file-${file.id}`);
  const tell = (word, sent) => { line.querySelector("b").textContent = word; line.querySelector("progress").value = sent; };
  tell(say.goes, 0);
  try {
    await upload(draft, file, (sent) => tell(say.goes, sent));
    tell(say.there, file.blob.size);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    tell(`${say.not_taken} · ${error.message}`, 0);
  }
  await forgetFile(file.id);
}

async function turnedAway(draft, error) {
  if (draft.fields.asked_at && error.status === 400) { // a phone's clock that is wrong: say nothing of the time
    delete draft.fields.asked_at;
    return later(draft, await filesOf(draft));
  }
  delivering = null;
  await forget(draft);
  const again = Object.assign({}, draft, { id: error.status === 409 ? uuid7() : draft.id, state: "writing", at: Date.now() });
  writing = again;
  files.forEach((file) => { file.draft = again.id; });
  for (const file of files) await keepFile(file);
  await keep(again);
  $("unsent").hidden = true;
  form.hidden = false;
  fillIn(again.fields);
  busy(false);
  complain(error.message);
}

function later(draft, own) {
  const words = navigator.onLine === false ? say.no_line : say.again_soon;
  if (draft.receipt) $("going").querySelector("p").textContent = words;
  else waits(draft, own, words);
  timer = setTimeout(retry, PATIENCE_MS[Math.min(tries++, PATIENCE_MS.length - 1)]);
}

async function retry() {
  clearTimeout(timer);
  if (!delivering || sending) return;
  const now = (await drafts()).find((draft) => draft.id === delivering.id);
  if (now) await deliver(now); else location.reload(); // another tab has sent it
}

// -- showing
function show(draft, own) {
  const receipt = draft.receipt;
  if (shown && shown !== draft.id) { // two had waited: the first receipt stays to be read
    const first = $("given").firstElementChild.cloneNode(true);
    first.querySelectorAll("[data-fill]").forEach((each) => each.removeAttribute("data-fill"));
    $("given").append(first);
  }
  shown = draft.id;
  const words = { number_said: receipt.number_said, secret: (receipt.secret || "").replace(/(...)/, "$1 ") };
  const part = (name) => $("given").querySelector(`[data-fill=${name}]`);
  Object.keys(words).forEach((name) => { part(name).textContent = words[name]; });
  part("qr").src = receipt.qr;
  part("address").href = `/r/${receipt.number}`;
  $("unsent").hidden = form.hidden = $("restored").hidden = document.querySelector(".hero").hidden = true;
  const first = $("given").hidden;
  $("given").hidden = false;
  $("going").hidden = !own.length;
  $("going").querySelector("p").textContent = own.length ? say.still_going : "";
  list($("going"), own);
  if (first) { scrollTo(0, 0); $("given").querySelector("h1").focus(); }
}

function waits(draft, own, words) {
  form.hidden = true;
  $("unsent").hidden = false;
  $("unsent").querySelector("h2").textContent = say.unsent;
  $("unsent").querySelector("p").textContent = words;
  list($("unsent"), own);
  scrollTo(0, 0);
}

function list(section, own) {
  const items = own.map((file, n) => {
    const item = document.createElement("li"), name = document.createElement("span"), state = document.createElement("b"), bar = document.createElement("progress");
    item.id = `file-${file.id}`;
    name.textContent = file.kind === "photo" ? `${say.photo} ${n + 1}` : say.voice;
    state.textContent = say.waits;
    bar.max = file.blob.size;
    bar.value = 0;
    bar.setAttribute("aria-label", name.textContent);
    item.append(name, state, bar);
    return item;
  });
  document.querySelectorAll(".files").forEach((old) => { old.textContent = ""; });
  section.querySelector(".files").append(...items);
}

function openList() {
  $("listed").classList.toggle("open", $("other").checked || Boolean($("crop_other").value));
}

// -- this page without a line, next time
async function keepForLater() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/q/worker.js");
  const ready = await navigator.serviceWorker.ready;
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => name.indexOf("/console/static/") > 0);
  ready.active.postMessage({ keep: [location.pathname + location.search].concat(Array.from(new Set(parts))) });
}

// -- wiring
async function begin() {
  document.documentElement.classList.add("scripted");
  $("photo").multiple = true;
  $("speak").hidden = !canRecord;
  $("voice-file").hidden = canRecord;
  $("discard").textContent = say.discard;
  $("anew").textContent = say.anew;
  $("photo").onchange = chosen;
  $("record").onclick = record;
  $("anew").onclick = beginAnew;
  $("go-on").onclick = retry;
  $("discard").onclick = async () => { if (confirm(say.discard_sure)) { await forget(delivering); location.reload(); } };
  $("crop_other").onchange = () => { if ($("crop_other").value) $("other").checked = true; };
  const agree = form.agree; // in our words and the page's language, whatever the browser speaks
  agree.oninvalid = () => agree.setCustomValidity(agree.dataset.missing);
  agree.onchange = () => agree.setCustomValidity("");
  form.onsubmit = (event) => { event.preventDefault(); submit(); };
  form.oninput = form.onchange = () => { openList(); keepSoon(); };
  addEventListener("pagehide", keepWriting);
  addEventListener("online", retry);
  document.addEventListener("visibilitychange", () => (document.hidden ? keepWriting() : retry()));
  openList();
  await old();
  if (!(await survives())) { const line = form.querySelector(".center"); line.textContent = `${line.textContent} ${say.not_kept}`; }
  keepForLater().catch(() => null);
}

async function old() {
  for (const draft of await drafts()) if (Date.now() - draft.at > KEPT_FOR_MS[draft.state]) await forget(draft);
  const kept = await drafts();
  const mine = kept.filter((draft) => draft.state === "writing" && draft.code === code).pop();
  if (mine) await restore(mine);
  const waiting = kept.filter((draft) => draft.state !== "writing")[0];
  if (!waiting) return;
  if (!waiting.receipt) waits(waiting, await filesOf(waiting), say.again_soon);
  deliver(waiting).then(() => { if (waiting.receipt) $("going").querySelector("h2").textContent = say.unsent; });
}

begin();
