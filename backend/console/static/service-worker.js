// Lets a page open with no signal: the network first, what was last seen when it does not answer. Each page has a cache
// of its own, so that the doors of a round can be taken off the phone and nothing else.
const PAGES = { "/console/log": "lianxin-log", "/console/round": "lianxin-round" };
const STATIC = "lianxin-log";
const OF_THE_MOMENT = ["find", "saved", "leaving"];
const PATIENCE_MS = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  const { keep, page } = event.data;
  if (keep) event.waitUntil(caches.open(STATIC).then((cache) => cache.addAll(keep)));
  if (page) event.waitUntil(fresh(new Request(page, { credentials: "same-origin" }), new URL(page, location.origin)));
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname in PAGES) event.respondWith(fresh(event.request, address));
  else if (address.pathname.startsWith("/console/static/")) event.respondWith(kept(event.request));
});

async function fresh(request, address) {
  const cache = await caches.open(PAGES[address.pathname]);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(request, { signal: abort.signal });
    const lasting = !OF_THE_MOMENT.some((name) => address.searchParams.has(name));
    if (answer.ok && !answer.redirected && lasting) await cache.put(address.pathname, answer.clone());
    return answer;
  } catch (error) {
    const last = await cache.match(address.pathname);
    if (last) return last;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function kept(request) {
  const found = await caches.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(STATIC)).put(request, answer.clone());
  return answer;
}
