// Lets the farmer's page open without a line: the network first, what was last seen when it does not answer.
const CACHE = "lianxin-door";
const PATIENCE_MS = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keep(event.data.keep));
});

// The page and its parts; parts of an earlier version go.
async function keep(addresses) {
  const cache = await caches.open(CACHE);
  await cache.addAll(addresses);
  const parts = (await cache.keys()).filter((request) => request.url.includes("/console/static/") && !addresses.includes(request.url));
  await Promise.all(parts.map((request) => cache.delete(request)));
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname.startsWith("/q/")) event.respondWith(fresh(event.request));
  else if (address.pathname.startsWith("/console/static/")) event.respondWith(kept(event.request));
});

async function fresh(request) {
  const cache = await caches.open(CACHE);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(request, { signal: abort.signal });
    if (answer.ok && !answer.redirected) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const last = (await cache.match(request, { ignoreVary: true })) || (await cache.match(request, { ignoreVary: true, ignoreSearch: true }));
    if (last) return last;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function kept(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreVary: true })) || fetch(request);
}
