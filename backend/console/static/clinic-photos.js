// Photos: a tap or the wheel brings one closer, dragging or the arrows move it, left and right go to the next.
const CLOSE = 2.5, CLOSEST = 6;
const views = new WeakMap();
let latest = document.querySelector("[data-shots]");

function view(shot) {
  if (!views.has(shot)) views.set(shot, { scale: 1, x: 0, y: 0 });
  return views.get(shot);
}

function draw(shot) {
  const at = view(shot), { width, height } = shot.getBoundingClientRect(), image = shot.querySelector("img");
  at.x = Math.min(0, Math.max(at.x, width * (1 - at.scale)));
  at.y = Math.min(0, Math.max(at.y, height * (1 - at.scale)));
  image.style.transformOrigin = "0 0";
  image.style.transform = at.scale === 1 ? "" : `translate(${at.x}px, ${at.y}px) scale(${at.scale})`;
  shot.classList.toggle("close", at.scale > 1);
  if (at.scale > 1 && image.src !== shot.href) image.src = shot.href;
}

function zoom(shot, scale, x, y) {
  const at = view(shot), wanted = Math.min(Math.max(scale, 1), CLOSEST);
  at.x = x - (x - at.x) * (wanted / at.scale);
  at.y = y - (y - at.y) * (wanted / at.scale);
  at.scale = wanted;
  draw(shot);
}

function middle(shot) {
  const { width, height } = shot.getBoundingClientRect();
  return [width / 2, height / 2];
}

function within(shot, event) {
  const box = shot.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function shownIn(strip) {
  const all = [...strip.querySelectorAll("[data-zoom]")];
  return all[Math.min(Math.round(strip.scrollLeft / strip.clientWidth), all.length - 1)];
}

function go(strip, to) {
  const all = [...strip.querySelectorAll("[data-zoom]")];
  const at = Math.min(Math.max(to, 0), all.length - 1);
  strip.scrollTo({ left: at * (strip.clientWidth + 8), behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function held(shot) {
  let from = null, moved = false;
  shot.addEventListener("pointerdown", (event) => {
    latest = shot.closest("[data-shots]");
    moved = false;
    if (view(shot).scale === 1 || event.button) return;
    from = { x: event.clientX - view(shot).x, y: event.clientY - view(shot).y };
    shot.setPointerCapture(event.pointerId);
  });
  shot.addEventListener("pointermove", (event) => {
    if (!from) return;
    const at = view(shot), x = event.clientX - from.x, y = event.clientY - from.y;
    moved ||= Math.hypot(x - at.x, y - at.y) > 4;
    Object.assign(at, { x, y });
    draw(shot);
  });
  for (const end of ["pointerup", "pointercancel"]) shot.addEventListener(end, () => { from = null; });
  shot.addEventListener("dragstart", (event) => event.preventDefault());
  shot.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!moved) zoom(shot, view(shot).scale > 1 ? 1 : CLOSE, ...(event.detail ? within(shot, event) : middle(shot)));
  });
  shot.addEventListener("wheel", (event) => {
    if (event.deltaY > 0 && view(shot).scale === 1) return;
    event.preventDefault();
    zoom(shot, view(shot).scale * Math.exp(-event.deltaY / 300), ...within(shot, event));
  }, { passive: false });
}

function near(strip) {
  const film = strip.nextElementSibling;
  const marks = film?.matches(".film") ? [...film.querySelectorAll("[data-goes]")] : [];
  const mark = () => {
    const now = Math.round(strip.scrollLeft / strip.clientWidth);
    marks.forEach((one, at) => { if (at === now) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current"); });
    const image = shownIn(strip)?.querySelector("img");
    if (image && image.getAttribute("src") !== image.dataset.large) image.src = image.dataset.large;
  };
  strip.addEventListener("scroll", mark, { passive: true });
  marks.forEach((one, at) => { one.onclick = (event) => { event.preventDefault(); latest = strip; go(strip, at); }; });
  mark();
}

const STEPS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function pressed(event) {
  if (!latest || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, select, textarea, audio")) return;
  const shot = shownIn(latest), at = view(shot);
  if (event.key === "Escape" && at.scale > 1) { zoom(shot, 1, 0, 0); event.stopImmediatePropagation(); }
  else if (event.key === "+" || event.key === "=") zoom(shot, at.scale * 1.5, ...middle(shot));
  else if (event.key === "-") zoom(shot, at.scale / 1.5, ...middle(shot));
  else if (event.key === "0") zoom(shot, 1, 0, 0);
  else if (event.key in STEPS && at.scale > 1) { at.x += 80 * STEPS[event.key][0]; at.y += 80 * STEPS[event.key][1]; draw(shot); }
  else if (event.key === "ArrowLeft" || event.key === "ArrowRight") go(latest, [...latest.querySelectorAll("[data-zoom]")].indexOf(shot) - STEPS[event.key][0]);
  else return;
  event.preventDefault();
}

document.querySelectorAll("[data-zoom]").forEach(held);
document.querySelectorAll("[data-shots]").forEach(near);
document.addEventListener("keydown", pressed);
