// Photos on a receipt: made small, sent through tus from the byte the server has, then taken up with the page's own form.
// Where anything fails that a thin line does not explain, the form goes as it would without scripts.
import { bytes, Later } from "./door-send.js";
import { shrink } from "./door-shrink.js";
import { uuid7 } from "./uuid7.js";

const said = document.getElementById("receipt-photos").dataset;
const AGAIN_MS = [2000, 5000, 10000, 20000, 30000];
const wait = (ms) => new Promise((go) => setTimeout(go, ms));

async function send(input) {
  const bar = document.createElement("progress");
  const words = document.createElement("p");
  words.setAttribute("role", "status");
  input.after(bar, words);
  bar.max = 100;
  const photos = [];
  for (const file of input.files) photos.push({ id: uuid7(), name: file.name, blob: await shrink(file), begun: 1 });
  const all = photos.reduce((sum, photo) => sum + photo.blob.size, 0);
  let before = 0;
  for (const photo of photos) {
    await whole(photo, words, (sent) => {
      bar.value = Math.floor((100 * (before + sent)) / all);
      words.textContent = said.sending.replace("{n}", bar.value);
    });
    before += photo.blob.size;
  }
  return photos.map((photo) => photo.id).join(" ");
}

/** Again and again, until all of it is there. */
async function whole(photo, words, onProgress) {
  for (let n = 0; ; n++) {
    try {
      return await bytes(photo, said.ticket, onProgress);
    } catch (error) {
      if (!(error instanceof Later)) throw error;
      words.textContent = said.again;
      await wait(AGAIN_MS[Math.min(n, AGAIN_MS.length - 1)]);
    }
  }
}

for (const input of document.querySelectorAll("input[data-tus]")) {
  input.form.addEventListener("submit", async (event) => {
    if (!input.files.length || input.form.dataset.plain) return;
    event.preventDefault();
    const form = input.form;
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => { button.disabled = true; });
    try {
      const ids = document.createElement("input");
      Object.assign(ids, { type: "hidden", name: "photo_ids", value: await send(input) });
      form.append(ids);
      input.disabled = true;
      form.submit();
    } catch (error) {
      form.dataset.plain = "1";
      form.querySelector("[role=status]").textContent = said.refused;
      buttons.forEach((button) => { button.disabled = false; });
    }
  });
}
