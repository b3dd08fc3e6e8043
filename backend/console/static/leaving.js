// Signing out takes what was kept for a day without signal off the phone, from whichever page it is done.
document.querySelector('form[action="/console/sign-out"]').addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!(await doorsAreGone())) return location.assign("/console/round?leaving=true");
  await globalThis.caches?.delete("lianxin-log"); // absent where the page came over plain http
  event.target.submit();
});

// Only who knocked at doors has any; a browser that keeps nothing has none either.
async function doorsAreGone() {
  try {
    return await (await import("./round-queue.js")).leaveDoors();
  } catch {
    return true;
  }
}
