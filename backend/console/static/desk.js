// The duty desk by keyboard: 1–9 opens that row, j and k walk through all of them; r opens whom to ring first, c and n go
// to a call's number and to a note. No key is taken from somebody who writes.
const links = () => [...document.querySelectorAll("[data-rows] a.open")];

function walk(by) {
  const rows = links(), at = rows.indexOf(document.activeElement);
  const to = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
  to?.focus();
  to?.scrollIntoView({ block: "nearest" });
}

function write(event, field) {
  if (!field) return;
  event.preventDefault(); // else the letter stands in it
  field.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("input:not([type=radio]), select, textarea")) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "r") document.querySelector("#ring + [data-rows] a.open")?.click();
  else if (event.key === "c") write(event, document.querySelector("#caller"));
  else if (event.key === "n") write(event, document.querySelector("[data-live] ~ section #text"));
  else if (/^[1-9]$/.test(event.key)) links()[Number(event.key) - 1]?.click();
});

// A second tap while the first is on its way sends nothing more.
document.addEventListener("submit", ({ target }) => {
  if (target.matches("main form[method=post]")) setTimeout(() => target.querySelectorAll("button").forEach((one) => { one.disabled = true; }));
});
addEventListener("pageshow", () => document.querySelectorAll("main button[disabled]").forEach((one) => { one.disabled = false; }));
