// Read the page aloud, only where the browser has a Chinese voice.
const button = document.getElementById("aloud");
const label = button.textContent;
const chinese = () => speechSynthesis.getVoices().find((voice) => /^(zh|cmn)/i.test(voice.lang));

function offer() { button.hidden = !chinese(); }
function quiet() { speechSynthesis.cancel(); button.textContent = label; }

function read() {
  if (speechSynthesis.speaking) return quiet();
  const text = [...document.querySelectorAll("[data-aloud]")].filter((one) => one.getClientRects().length).map((one) => one.innerText).join("\n");
  const said = new SpeechSynthesisUtterance(text.replace(/(\d)(?=\d)/g, "$1 "));
  said.voice = chinese();
  said.lang = said.voice.lang;
  said.rate = 0.9;
  said.onend = quiet;
  button.textContent = button.dataset.stop;
  speechSynthesis.speak(said);
}

if ("speechSynthesis" in window) {
  offer();
  speechSynthesis.addEventListener?.("voiceschanged", offer);
  button.onclick = read;
}
