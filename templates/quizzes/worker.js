/* The worker of the site. It has one task: while there is no line, the pages of the attempts that this device keeps are shown from what
   static/js/quiz-offline.js has kept. The network comes first; everything else passes by. A sign-in or sign-out on this
   device throws the kept pages away (not the answers that wait: they are kept by person, and shown to nobody else). */

const PREFIX = "kuis ";
const PAGE = /^\/kuis\/([0-9a-f-]{36})\/(?:\d+|ringkasan)\/$/;
const ASSET = /^\/(?:static|media)\//;
const DOORS = ["/masuk/", "/keluar/"];
const PARTS = ["style", "script", "image", "font"];
const PATIENCE = 4000; // how long the network may take
const CUT = 10000; // how long a line that failed is taken to be cut, for what the page then shows needs

let failedAt = 0;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keptNames(attempt = "") {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name.endsWith(attempt));
}

async function forget(attempt) {
  for (const name of await keptNames(attempt)) await caches.delete(name);
}

async function inTime(request) {
  let timer;
  const late = new Promise((resolve, reject) => { timer = setTimeout(reject, PATIENCE); });
  try {
    return await Promise.race([fetch(request), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function keep(cache, request, reply) { // the newest page, with the moment it came, by the device's clock
  const headers = new Headers(reply.headers);
  headers.set("X-Received", String(Date.now()));
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  await cache.put(new URL(request.url).pathname, new Response(await reply.blob(), { headers }));
}

async function showPage(event, attempt) {
  const { request } = event;
  const [name] = await keptNames(attempt);
  const cache = name && (await caches.open(name));
  const copy = cache && (await cache.match(new URL(request.url).pathname, { ignoreVary: true }));
  if (!copy) return fetch(request);
  try {
    const reply = await inTime(request);
    if (reply.status >= 500) throw new Error("the server is away");
    if (reply.status === 404) await forget(attempt); // somebody else is signed in
    if (reply.status === 200 && request.method === "GET") event.waitUntil(keep(cache, request, reply.clone()));
    return reply;
  } catch {
    failedAt = Date.now();
    return copy;
  }
}

async function showAsset(request) {
  const kept = () => caches.match(request, { ignoreVary: true });
  if (Date.now() - failedAt < CUT) return (await kept()) ?? fetch(request);
  try {
    return await fetch(request);
  } catch (error) {
    const copy = await kept();
    if (copy) return copy;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && DOORS.includes(pathname)) event.waitUntil(forget());
  if (request.method !== "GET") return;
  const page = request.mode === "navigate" && PAGE.exec(pathname);
  if (page) event.respondWith(showPage(event, page[1]));
  else if (ASSET.test(pathname) && PARTS.includes(request.destination)) event.respondWith(showAsset(request));
});
