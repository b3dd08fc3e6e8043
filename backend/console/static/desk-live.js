// The board is live: the server says that something changed, and the lists are asked for anew. A missed call shows at
// once, everything else at most every five seconds; every 15 seconds by the clock where no stream comes through.
const SECOND = 1000, BREATH = 5 * SECOND, MINUTE = 60 * SECOND;
const board = document.querySelector("[data-live][data-stream]");
const title = document.title;
let source = null, timer = 0, renewed = Date.now(), text = "", held = false, asking = false;

const live = () => source?.readyState === EventSource.OPEN;
const key = (one) => one.getAttribute("href") ?? one.closest("form")?.getAttribute("action");

async function renew() {
  clearTimeout(timer);
  timer = 0;
  if (document.hidden) return;
  if (held || asking) return soon(SECOND / 4); // a row does not move from under a finger
  asking = true;
  renewed = Date.now();
  const answer = await fetch(board.dataset.live, { headers: { Accept: "text/html" } }).catch(() => null);
  const fresh = answer?.ok && !answer.redirected ? await answer.text().catch(() => null) : null;
  asking = false;
  if (fresh === null || fresh === text) return;
  if (held) soon(SECOND / 4);
  else show(fresh);
}

function show(fresh) {
  const had = board.contains(document.activeElement) ? key(document.activeElement) : null;
  board.replaceChildren(document.createRange().createContextualFragment(text = fresh));
  if (had) [...board.querySelectorAll("a, button")].find((one) => key(one) === had)?.focus({ preventScroll: true });
  tell();
}

// How many wait to be rung, where one sees it while another page lies in front.
function tell() {
  const n = Number(board.querySelector("[data-to-ring]")?.dataset.toRing);
  document.title = n ? `(${n}) ${title}` : title;
}

function soon(ms) {
  if (!timer) timer = setTimeout(renew, ms);
}

function told({ data }) {
  if (!JSON.parse(data).includes("missed")) return soon(Math.max(renewed + BREATH - Date.now(), 0));
  clearTimeout(timer);
  timer = 0;
  renew();
}

function listen() {
  if (document.hidden || (source && source.readyState !== EventSource.CLOSED)) return;
  source = new EventSource(board.dataset.stream);
  source.addEventListener("changed", told);
  source.addEventListener("open", () => soon(0)); // what changed while nobody listened
}

// A board that nobody looks at holds no connection: a browser has six for one server.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return source?.close();
  listen();
  soon(0);
});
for (const [event, is] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]]) addEventListener(event, () => { held = is; });

if (board) {
  tell();
  listen();
  setInterval(() => {
    listen();
    if (!live() || Date.now() - renewed >= MINUTE) soon(0); // a minute: clocks run on
  }, 15 * SECOND);
}
