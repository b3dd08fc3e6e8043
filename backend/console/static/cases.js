// Through a list by keyboard: j down, k up, / to the search. Enter follows the link that has the focus.
const links = [...document.querySelectorAll("#cases .case-link")];
const search = document.getElementById("q");

function move(by) {
  const at = links.indexOf(document.activeElement);
  const to = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];
  to?.focus();
  to?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "/") { event.preventDefault(); search.focus(); search.select(); }
});
