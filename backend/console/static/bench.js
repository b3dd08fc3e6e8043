// The bench: a file dropped anywhere is sent at once, its progress shown; what was only looked at is stored by one more
// tap, because the page and the chosen file stay. Scanners type and press Enter. Every page works without this.
import { uuid7 } from "./uuid7.js";

const drop = document.getElementById("drop");
const file = document.getElementById("file");
const answer = document.getElementById("answer");
const lookFirst = document.getElementById("look-first");
const REMEMBERED = "lianxin-look-first";

document.body.classList.add("scripted");

// -- a file

function carriesFile(event) { return [...(event.dataTransfer?.types ?? [])].includes("Files"); }

function take(files) {
  if (!files?.length) return;
  file.files = files;
  send(lookFirst.checked);
}

// Another file is another import; the same one sent again after a lost answer is the same.
const ids = new WeakMap();
function idOf(one) {
  if (!ids.has(one)) ids.set(one, uuid7());
  return ids.get(one);
}

async function send(onlyLook) {
  if (!drop.reportValidity()) return;
  const files = [...file.files];
  document.getElementById("chosen").textContent = files.map((one) => one.name).join(", ");
  answer.replaceChildren();
  try {
    for (const one of files) arrived(await upload(filledIn(one, onlyLook)), files.length === 1);
  } catch {
    told(drop.dataset.failed);
  } finally {
    idle();
  }
  const stores = answer.querySelectorAll("#store-now");
  for (const one of stores) one.addEventListener("click", () => send(false));
  stores[0]?.focus({ preventScroll: true });
  if (answer.childElementCount) answer.scrollIntoView({ behavior: "smooth", block: "start" });
}

function filledIn(one, onlyLook) {
  const form = new FormData(drop);
  form.set("file", one, one.name);
  form.set("id", idOf(one));
  if (onlyLook) form.set("dry_run", "1"); else form.delete("dry_run");
  busy(`${drop.dataset.sending} ${one.name}`, 0);
  return form;
}

function upload(form) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of an upload's progress
    request.upload.onprogress = (event) => busy(drop.dataset.sending, event.lengthComputable ? (100 * event.loaded) / event.total : 0);
    request.upload.onload = () => busy(drop.dataset.judging);
    request.onload = () => resolve(request);
    request.onerror = request.onabort = reject;
    request.open("POST", drop.action);
    request.setRequestHeader("Accept", "text/html");
    request.send(form);
  });
}

// What came of one file. Alone it has a page of its own; of several each says a line that leads there.
function arrived(request, alone) {
  const led = new URL(request.responseURL).pathname;
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  if (led === new URL(drop.action).pathname) show(page);
  else if (alone || !page.getElementById("answer")) location.assign(led); // stored, or signed out
  else say(page.querySelector("h1").textContent, page.querySelector("[role=status]").textContent, led);
}

function show(page) {
  const found = page.getElementById("answer") ?? page.querySelector("main");
  if (found?.textContent.trim()) answer.append(...found.childNodes);
  else told(drop.dataset.failed);
}

function say(name, words, address) {
  const line = document.createElement("p");
  line.className = "note";
  const link = document.createElement("a");
  link.href = address;
  link.textContent = name;
  line.append(link, ` ${words}`);
  answer.append(line);
}

function told(words) {
  const note = document.createElement("p");
  note.className = "note bad";
  note.setAttribute("role", "alert");
  note.textContent = words;
  answer.append(note);
}

function busy(words, percent) {
  const box = document.getElementById("sending");
  const bar = box.querySelector("progress");
  box.hidden = false;
  if (percent === undefined) bar.removeAttribute("value"); else bar.value = percent;
  box.querySelector("p").textContent = percent ? `${words} ${Math.floor(percent)} %` : `${words} …`;
  for (const one of drop.querySelectorAll("button")) one.disabled = true;
}

function idle() {
  document.getElementById("sending").hidden = true;
  for (const one of drop.querySelectorAll("button")) one.disabled = false;
}

if (drop) {
  lookFirst.checked = localStorage.getItem(REMEMBERED) === "yes";
  lookFirst.onchange = () => localStorage.setItem(REMEMBERED, lookFirst.checked ? "yes" : "no");
  file.multiple = true; // the form itself sends one
  file.onchange = () => { if (file.files.length) send(lookFirst.checked); };
  drop.onsubmit = (event) => { event.preventDefault(); send(event.submitter?.name === "dry_run"); };
  addEventListener("dragover", (event) => { if (carriesFile(event)) { event.preventDefault(); drop.classList.add("over"); } });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
  addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    drop.classList.remove("over");
    take(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => take(event.clipboardData?.files));
}

// -- a long file comes in behind the answer

async function follow(going) {
  const known = going.querySelector("#progress-words").textContent;
  const one = await fetch(`/api/v1/laboratory/imports/${going.dataset.import}`).then((found) => (found.ok ? found.json() : null)).catch(() => null);
  if (one && !["queued", "running"].includes(one.state)) { location.reload(); return; }
  if (one?.lines_n) {
    const bar = going.querySelector("progress");
    bar.max = one.lines_n;
    bar.value = one.read_n;
    const figures = [one.read_n, one.lines_n, Math.floor((100 * one.read_n) / one.lines_n)];
    let at = 0;
    const said = known.replace(/\d+/g, () => figures[at++] ?? "");
    if (at === figures.length) going.querySelector("#progress-words").textContent = said;
  }
  setTimeout(() => follow(going), 1000);
}
const going = document.getElementById("going");
if (going) follow(going);

// -- a scanner types a code and presses Enter: on to the next field, not off with half a form

for (const one of document.querySelectorAll("[data-scan-on]")) {
  one.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    document.getElementById(one.dataset.scanOn)?.focus();
  });
}
if (matchMedia("(pointer: fine)").matches) document.querySelector("[data-scan]")?.focus({ preventScroll: true });
for (const one of document.querySelectorAll("[data-prints]")) {
  one.hidden = false;
  one.onclick = () => print();
}

// What belongs to one kind of sample only is out of the way for the other.
const kinds = [...document.querySelectorAll("[data-kind-of]")];
function fold() {
  const kind = document.querySelector("input[name=kind]:checked")?.value;
  for (const one of kinds) one.hidden = Boolean(kind) && one.dataset.kindOf !== kind;
}
if (kinds.length) {
  for (const one of document.querySelectorAll("input[name=kind]")) one.addEventListener("change", fold);
  fold();
}

// What opens in another tab leaves this one as it was: it is read anew when somebody comes back to it.
for (const one of document.querySelectorAll("[data-stays]")) {
  one.addEventListener("click", () => addEventListener("focus", () => location.reload(), { once: true }));
}

// A second tap while the first is on its way sends nothing more.
for (const form of document.querySelectorAll("main form[method=post]:not(#drop)")) {
  form.addEventListener("submit", () => setTimeout(() => form.querySelectorAll("button").forEach((one) => { one.disabled = true; })));
}
addEventListener("pageshow", () => document.querySelectorAll("main button[disabled]").forEach((one) => { one.disabled = false; }));
