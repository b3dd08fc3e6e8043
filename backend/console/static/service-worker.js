// Lets the cadre's page open with no signal: the network first, what was last seen when it does not answer.
const CACHE = "lianxin-log";
const PATIENCE_MS = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(event.data.keep)));
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname === "/console/log") event.respondWith(fresh(event.request));
  else if (address.pathname.startsWith("/console/static/")) event.respondWith(kept(event.request));
});

async function fresh(request) {
  const cache = await caches.open(CACHE);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(request, { signal: abort.signal });
    if (answer.ok && !answer.redirected) await cache.put("/console/log", answer.clone());
    return answer;
  } catch (error) {
    const last = await cache.match("/console/log");
    if (last) return last;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function kept(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}
