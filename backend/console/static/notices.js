// News without a reload: the inbox when the server tells of a notice, campaigns every two seconds while they go on.
// What has been on the screen for two seconds counts as seen, so that no further way is tried for it.
const SECONDS = 1000;
const news = document.getElementById("news");
const inbox = document.getElementById("inbox");

async function renew(part) {
  if (part.querySelector("details[open]")) return;
  const answer = await fetch(part.dataset.live, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || part.querySelector("details[open]")) return;
  const held = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.replaceChildren(document.createRange().createContextualFragment(await answer.text()));
  if (held) document.getElementById(held)?.focus();
  if (part === inbox) dressed();
}

// -- campaigns: often while something goes on, seldom when all is quiet, never behind another window
async function count(part) {
  if (!document.hidden) await renew(part);
  const busy = part.querySelector("[data-going-on]")?.dataset.goingOn !== "0";
  setTimeout(count, (busy ? Number(part.dataset.every) : 15) * SECONDS, part);
}

for (const part of document.querySelectorAll("[data-every]")) setTimeout(count, Number(part.dataset.every) * SECONDS, part);

// -- the inbox
const seen = new Set();
const waits = new Map();
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    clearTimeout(waits.get(target));
    if (isIntersecting) waits.set(target, setTimeout(sawIt, 2 * SECONDS, target));
  }
}, { threshold: 0.6 });

function sawIt(target) {
  watcher.unobserve(target);
  if (document.hidden || !target.isConnected || seen.has(target.dataset.unseen)) return;
  seen.add(target.dataset.unseen);
  const body = JSON.stringify({ notice_ids: [target.dataset.unseen] });
  fetch("/api/v1/my/notices/seen", { method: "POST", headers: { "Content-Type": "application/json" }, body });
}

const chinese = () => window.speechSynthesis?.getVoices().find((voice) => voice.lang.replace("_", "-").startsWith("zh"));

function readable() {
  for (const button of document.querySelectorAll("[data-aloud]")) {
    button.parentElement.hidden = !chinese();
    button.onclick = () => {
      const words = new SpeechSynthesisUtterance(button.dataset.aloud);
      words.voice = chinese();
      speechSynthesis.cancel();
      speechSynthesis.speak(words);
    };
  }
}

function dressed() {
  for (const notice of inbox.querySelectorAll("[data-unseen]")) watcher.observe(notice);
  readable();
}

if (inbox) {
  dressed();
  window.speechSynthesis?.addEventListener("voiceschanged", readable);
  const stream = new EventSource("/api/v1/my/notices/stream");
  stream.addEventListener("notice", async (event) => {
    if (document.getElementById(`n-${JSON.parse(event.data).id}`)) return;
    await renew(inbox);
    news.hidden = false;
  });
  addEventListener("pagehide", () => stream.close());
}
