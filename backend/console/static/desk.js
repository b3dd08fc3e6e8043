// The duty desk by keyboard: 1–9 opens that row, j and k walk through all of them. No key is taken from somebody who
// writes. The board renews its lists, and a row that had the focus keeps it.
const SECOND = 1000;
const links = () => [...document.querySelectorAll("[data-rows] a.open")];

function walk(by) {
  const rows = links(), at = rows.indexOf(document.activeElement);
  const to = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
  to?.focus();
  to?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("input:not([type=radio]), select, textarea")) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (/^[1-9]$/.test(event.key)) links()[Number(event.key) - 1]?.click();
});

async function renew(lists) {
  if (document.hidden) return;
  const answer = await fetch(lists.dataset.live, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = document.createRange().createContextualFragment(await answer.text());
  const held = lists.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  lists.replaceChildren(fresh);
  if (held) [...lists.querySelectorAll("a")].find((one) => one.getAttribute("href") === held)?.focus({ preventScroll: true });
}

for (const lists of document.querySelectorAll("[data-live]")) setInterval(renew, 15 * SECOND, lists);

// A second tap while the first is on its way sends nothing more.
for (const form of document.querySelectorAll("main form[method=post]")) {
  form.addEventListener("submit", () => setTimeout(() => form.querySelectorAll("button").forEach((one) => { one.disabled = true; })));
}
addEventListener("pageshow", () => document.querySelectorAll("main button[disabled]").forEach((one) => { one.disabled = false; }));
