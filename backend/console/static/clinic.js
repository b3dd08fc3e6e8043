// The expert's desk by keyboard: a list is walked with j and k, a question is taken, answered and sent without a mouse.
// No key is taken from somebody who writes, but Ctrl+Enter (send) and Esc (out of the field).
import "./clinic-photos.js";
import "./clinic-map.js";

const links = [...document.querySelectorAll("#cases .case-link")];
const help = document.getElementById("keys");
const answer = document.getElementById("answer-form");
const WRITES = "input:not([type=radio], [type=checkbox]), select, textarea";

function walk(by) {
  const at = links.indexOf(document.activeElement);
  const to = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];
  to?.focus();
  to?.scrollIntoView({ block: "nearest" });
}

function reach(key) {
  const one = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key && each.checkVisibility());
  one?.click();
  if (one?.matches("summary")) one.parentElement.querySelector("textarea, select, input:not([type=hidden])")?.focus();
  return Boolean(one);
}

// -- templates

function fill(code) {
  const templates = JSON.parse(document.getElementById("templates").textContent);
  const fields = templates[code];
  if (!fields) return;
  for (const field of answer.elements) {
    if (!field.name || field.name === "id" || field.name === "confidence" || field.name.startsWith("visit")) continue;
    const wanted = fields[field.name] ?? [];
    if (field.type === "checkbox") field.checked = wanted.includes(field.value);
    else if (field.type === "radio") field.checked = field.value === (wanted[0] || "pesticide");
    else field.value = wanted[0] ?? "";
  }
  for (const one of document.querySelectorAll("[data-template]")) mark(one, one.dataset.template === code);
  answer.querySelector("details").open = ["timing", "warning", "protection", "protection_more"].some((name) => fields[name]?.[0]);
  (unfilled() ?? answer.elements.confidence[0]).focus();
}

function mark(one, now) {
  if (now) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current");
}

// What a named pesticide still lacks: a template names none of its figures.
function unfilled() {
  return [...answer.querySelectorAll(".product")].filter((row) => row.querySelector(".product-name").value)
    .flatMap((row) => [...row.querySelectorAll("[name^=dose], [name^=unit], [name^=interval], [name^=harvest]")])
    .find((field) => !field.value);
}

for (const one of document.querySelectorAll("[data-template]")) {
  one.onclick = (event) => { event.preventDefault(); fill(one.dataset.template); };
}

// A template may name several to choose from: what is not wanted goes with one tap.
for (const one of document.querySelectorAll("[data-clears]")) {
  one.hidden = false;
  one.onclick = () => {
    for (const field of one.closest(".product").querySelectorAll("input:not([type=radio])")) field.value = "";
    (unfilled() ?? answer.elements.confidence[0]).focus();
  };
}

// -- keys

function send(target) {
  const form = target.closest?.("form") ?? answer;
  if (!form || form.method !== "post") return false;
  form.requestSubmit();
  return true;
}

function typing(target) { return target.matches(WRITES) || target.isContentEditable; }

function pressed(event) {
  if (event.isComposing || event.altKey) return;
  const target = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { if (send(target)) event.preventDefault(); return; }
  if (event.ctrlKey || event.metaKey || help?.open) return;
  if (typing(target)) { if (event.key === "Escape") target.blur(); return; }
  if (act(event.key, target)) event.preventDefault();
}

function act(key, target) {
  if (key === "?") { help?.showModal(); return true; }
  if (links.length && (key === "j" || (key === "ArrowDown" && !target.matches("input")))) { walk(1); return true; }
  if (links.length && (key === "k" || (key === "ArrowUp" && !target.matches("input")))) { walk(-1); return true; }
  if (/^[1-9]$/.test(key)) return pick(Number(key) - 1);
  if (key === "a" && answer) { answer.elements.diagnosis.focus(); return true; }
  return reach(key);
}

function pick(at) {
  const one = document.querySelectorAll("[data-template]")[at] ?? document.querySelectorAll(".tabs a")[at];
  one?.click();
  return Boolean(one);
}

document.addEventListener("keydown", pressed);
for (const one of document.querySelectorAll("[data-opens]")) {
  one.hidden = false;
  one.onclick = () => document.getElementById(one.dataset.opens).showModal();
}

// Under the thumb: the way to the form, and once one is in it, what sends it.
const sends = document.getElementById("send-answer");
if (sends) {
  new IntersectionObserver(([entry]) => {
    sends.hidden = !entry.isIntersecting;
    document.getElementById("to-answer").hidden = entry.isIntersecting;
  }, { rootMargin: "0px 0px -40% 0px" }).observe(document.getElementById("answer"));
}

// What was written is not lost by a key or a tap that leads away.
let unsent = false;
answer?.addEventListener("input", () => { unsent = true; });
answer?.addEventListener("submit", () => { unsent = false; });
addEventListener("beforeunload", (event) => { if (unsent) event.preventDefault(); });

// A second tap while the first is on its way sends nothing more.
for (const form of document.querySelectorAll("main form[method=post]")) {
  form.addEventListener("submit", () => setTimeout(() => form.querySelectorAll("button").forEach((one) => { one.disabled = true; })));
}
addEventListener("pageshow", () => document.querySelectorAll("main button[disabled]").forEach((one) => { one.disabled = false; }));
