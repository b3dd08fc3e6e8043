// Nearest first, on a tap only: where the phone is stays on the phone. Within each urgency; a second tap undoes it.
import { waiting } from "./queue.js";

const list = document.getElementById("tasks");
const button = document.getElementById("by-distance");
const tasks = [...list.querySelectorAll(".task")];
const located = tasks.filter((task) => task.dataset.longitude);

function locate() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    const options = { enableHighAccuracy: true, timeout: 8000, maximumAge: 60000 };
    navigator.geolocation.getCurrentPosition((fix) => resolve(fix.coords), () => resolve(null), options);
  });
}

function metresTo(task, here) {
  if (!task.dataset.longitude) return Infinity;
  const radians = Math.PI / 180;
  const latitude = Number(task.dataset.latitude) * radians, own = here.latitude * radians;
  const east = (Number(task.dataset.longitude) - here.longitude) * radians;
  const chord = Math.sin((latitude - own) / 2) ** 2 + Math.cos(own) * Math.cos(latitude) * Math.sin(east / 2) ** 2;
  return 2 * 6371009 * Math.asin(Math.sqrt(chord));
}

function show(metres, task) {
  const tag = task.querySelector(".distance");
  tag.hidden = !Number.isFinite(metres);
  tag.textContent = metres < 1000 ? `${Math.round(metres / 10) * 10} ${list.dataset.m}` : `${(metres / 1000).toFixed(1)} ${list.dataset.km}`;
}

function order(here) {
  const far = new Map(tasks.map((task) => [task, metresTo(task, here)]));
  far.forEach(show);
  const nearest = [...tasks].sort((a, b) => a.dataset.urgency - b.dataset.urgency || (far.get(a) === far.get(b) ? 0 : far.get(a) - far.get(b)));
  list.append(...nearest);
}

async function tapped() {
  const pressed = button.getAttribute("aria-pressed") === "true";
  const here = pressed ? null : await locate();
  document.getElementById("no-place").hidden = pressed || here !== null;
  if (here) order(here); else list.append(...tasks);
  button.setAttribute("aria-pressed", String(here !== null));
}

button.hidden = located.length < 2;
button.onclick = tapped;
document.getElementById("unsent").hidden = (await waiting(document.body.dataset.person)).length === 0;
