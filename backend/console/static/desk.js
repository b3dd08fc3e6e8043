// The duty desk by keyboard: 1–9 opens that row, j and k walk through all of them. No key is taken from somebody who
// writes. A second tap while the first is on its way sends nothing more.
const links = [...document.querySelectorAll("[data-rows] a.open")];

function walk(by) {
  const at = links.indexOf(document.activeElement);
  const to = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];
  to?.focus();
  to?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("input:not([type=radio]), select, textarea")) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (/^[1-9]$/.test(event.key)) links[Number(event.key) - 1]?.click();
});

for (const form of document.querySelectorAll("main form[method=post]")) {
  form.addEventListener("submit", () => setTimeout(() => form.querySelectorAll("button").forEach((one) => { one.disabled = true; })));
}
addEventListener("pageshow", () => document.querySelectorAll("main button[disabled]").forEach((one) => { one.disabled = false; }));
