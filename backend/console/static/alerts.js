// The form of a warning: characters are counted while one writes, and a moment that is typed in picks its own button.
const written = (text) => [...text.trim()].length;

for (const line of document.querySelectorAll("[data-count]")) {
  const field = document.getElementById(line.dataset.count);
  const most = Number(field.dataset.most);
  const count = () => {
    const n = written(field.value);
    line.textContent = line.dataset.words.replace("{n}", n);
    line.classList.toggle("count-over", n > most);
    field.toggleAttribute("aria-invalid", false);
    if (n > most) field.setAttribute("aria-invalid", "true");
  };
  line.hidden = false;
  field.addEventListener("input", count);
  if (field.value) count(); else line.textContent = line.dataset.words.replace("{n}", 0);
}

for (const field of document.querySelectorAll("[data-picks]")) {
  field.addEventListener("input", () => {
    if (field.value) document.querySelector(`input[name=expires][value="${field.dataset.picks}"]`).checked = true;
  });
}

const some = document.querySelector("details[data-audience]");
for (const choice of document.querySelectorAll("input[name=audience]")) {
  choice.addEventListener("change", () => { some.open = choice.value === "chosen"; });
}
