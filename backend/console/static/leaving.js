// Signing out takes what was kept for a day without signal off the phone, from whichever page it is done.
document.querySelector('form[action="/console/sign-out"]').addEventListener("submit", async (event) => {
  event.preventDefault();
  await globalThis.caches?.delete("lianxin-log"); // absent where the page came over plain http
  event.target.submit();
});
