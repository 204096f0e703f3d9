// Keeps the passport that was opened last, and what it is drawn with, for where there is no network. It asks the network
// first, always. What shows a visa at a desk is never kept: a code is good for a minute, and once.
const KEPT = "passport"; // static/js/site.js deletes it on every page of who is signed out
const PAGE = new URL("{% url "visas:passport" %}", self.location).href;
const PARTS = new URL("{{ static_url }}", self.location).href;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && request.url.split("#")[0] === PAGE) event.respondWith(passport(request));
  else if (request.url.startsWith(PARTS)) event.respondWith(part(request));
});

// The page says which parts it is drawn with, each time that it was opened from the network.
self.addEventListener("message", (event) => event.waitUntil(keepParts(event.data)));

async function passport(request) {
  const cache = await caches.open(KEPT);
  let answer;
  try {
    answer = await fetch(request);
  } catch (error) {
    const kept = await cache.match(PAGE);
    if (!kept) throw error;
    return saying(kept);
  }
  // The house is down, not the person gone.
  const kept = answer.status >= 500 && (await cache.match(PAGE));
  if (kept) return saying(kept);
  await keepPage(cache, answer);
  return answer;
}

// Who is signed out is led elsewhere: then nobody may read any more what was kept.
async function keepPage(cache, answer) {
  if (answer.status === 200 && !answer.redirected) await cache.put(PAGE, answer.clone());
  else await caches.delete(KEPT);
}

// The page as it was kept, which says so.
async function saying(kept) {
  const html = (await kept.text()).replace('data-network="on"', 'data-network="kept"');
  const headers = ["Content-Type", "Content-Security-Policy"].map((name) => [name, kept.headers.get(name)]);
  return new Response(html, { headers });
}

async function part(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { cacheName: KEPT });
    if (!kept) throw error;
    return kept;
  }
}

async function keepParts(parts) {
  const cache = await caches.open(KEPT);
  // The first time, the page came before this worker.
  if (!(await cache.match(PAGE))) await keepPage(cache, await fetch(PAGE));
  const wanted = new Set([PAGE, ...parts.filter((address) => address.startsWith(PARTS))]);
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
  for (const address of wanted) {
    if (address !== PAGE && !(await cache.match(address))) await cache.add(address);
  }
}
