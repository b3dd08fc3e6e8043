// Clocks that run on, and a list that renews itself. Without this file the page says what was right when it was loaded.
const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const SOON = 2 * MINUTE;
const page = document.querySelector("[data-now]");
const ahead = page ? Date.parse(page.dataset.now) - Date.now() : 0; // a phone's own clock may be wrong

function told(words, rest) {
  const way = rest >= 0 ? "left" : "over", span = Math.abs(rest);
  if (span < MINUTE) return words[`${way}Now`];
  const size = span >= DAY ? "Day" : span >= HOUR ? "Hour" : "Minute";
  const parts = { d: Math.floor(span / DAY), h: Math.floor((span % DAY) / HOUR), m: Math.floor((span % HOUR) / MINUTE) };
  return words[way + size].replace(/\{(\w)\}/g, (_, name) => parts[name]);
}

function run(clock) {
  const rest = Date.parse(clock.dataset.due) - Date.now() - ahead;
  const [sign, tone] = rest < 0 ? ["■", "bad"] : rest <= SOON ? ["▲", "warn"] : ["○", "good"];
  const text = told(clock.closest("[data-clocks]").dataset, rest);
  const left = clock.querySelector("b");
  if (left.textContent === text) return;
  left.textContent = text;
  clock.querySelector("i").textContent = sign;
  clock.classList.remove("bad", "warn", "good");
  clock.classList.add(tone);
}

const runAll = () => document.querySelectorAll("[data-clocks] [data-due]").forEach(run);

async function renew(list) {
  if (document.hidden || list.contains(document.activeElement)) return;
  const answer = await fetch(list.dataset.live, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || list.contains(document.activeElement)) return;
  list.replaceChildren(document.createRange().createContextualFragment(await answer.text()));
  runAll();
}

runAll();
setInterval(runAll, SECOND);
for (const list of document.querySelectorAll("[data-live]")) setInterval(renew, 15 * SECOND, list);
