// Whether a slip's number fits its check digit (H. M. Damm, 2004), told while it is typed; the server looks at it again.
const DAMM = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978", "3674209581", "5869720134", "8945362017",
  "9438617205", "2581436790"];
const LEAST = 10; // GZ and eight digits

const plain = (text) => text.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();
const fits = (number) => /^GZ\d{7,10}$/.test(number)
  && [...number.slice(2)].reduce((interim, digit) => Number(DAMM[interim][digit]), 0) === 0;

for (const field of document.querySelectorAll("input[data-slip]")) {
  const told = document.getElementById("wrong-number");
  field.addEventListener("input", () => {
    const number = plain(field.value), done = number.length >= LEAST, wrong = done && !fits(number);
    field.setAttribute("aria-invalid", String(wrong));
    told.hidden = !done;
    told.className = wrong ? "note bad" : "note good";
    told.textContent = done ? (wrong ? `✕ ${field.dataset.slip}` : `✓ ${field.dataset.fits}`) : "";
  });
}
