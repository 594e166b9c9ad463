/* Pages of an open attempt that this device keeps for the time without a line. The worker (/pekerja.js) shows them when the network
   fails; only pages of attempts are kept, each attempt in a cache that names its person and itself. */

const PREFIX = "kuis ";
const RECEIVED = "X-Received";
const ASSETS = /^\/(?:static|media)\//;
const SOURCES = "link[rel=stylesheet][href], link[rel=icon][href], script[src], img[src]";

const nameOf = (person, attempt) => `${PREFIX}${person} ${attempt}`;
const isPossible = "serviceWorker" in navigator && "caches" in window;

function dated(reply) { // a copy that says when the device got it, by the device's clock
  const headers = new Headers(reply.headers);
  headers.set(RECEIVED, String(Date.now()));
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return reply.blob().then((body) => new Response(body, { status: 200, headers }));
}

function assetsOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return [...page.querySelectorAll(SOURCES)].map((part) => part.getAttribute("href") ?? part.getAttribute("src"));
}

async function keepPage(cache, address) {
  const reply = await fetch(address, { cache: "no-store", headers: { "X-Kept-Copy": "1" } });
  if (!reply.ok || reply.redirected) return [];
  const copy = await dated(reply);
  await cache.put(address, copy.clone());
  return assetsOf(await copy.text());
}

async function keepAsset(cache, address) {
  if (await cache.match(address)) return;
  const reply = await fetch(address);
  if (reply.ok) await cache.put(address, reply);
}

/** Keep the pages of an attempt that are not kept yet, with what they need, one after the other; other people's are thrown away. */
export async function keepPages({ person, attempt, addresses }) {
  if (!isPossible) return;
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && !name.startsWith(`${PREFIX}${person} `)) await caches.delete(name);
  await navigator.serviceWorker.register("/pekerja.js");
  const cache = await caches.open(nameOf(person, attempt));
  const assets = new Set(performance.getEntriesByType("resource").map((entry) => entry.name));
  for (const address of addresses) {
    if (await cache.match(address)) continue;
    for (const asset of await keepPage(cache, address)) assets.add(asset);
  }
  for (const asset of assets) {
    const url = new URL(asset, location.href);
    if (url.origin === location.origin && ASSETS.test(url.pathname)) await keepAsset(cache, url.href);
  }
}

/** Say whether a page would be shown without a line. */
export async function isKept(address) {
  return isPossible && navigator.serviceWorker.controller !== null && (await caches.match(address)) !== undefined;
}

/** Throw one page away: a fixed sequence does not go back. */
export async function forgetPage({ person, attempt, address }) {
  if (isPossible) await (await caches.open(nameOf(person, attempt))).delete(address);
}

/** Throw all pages of an attempt away: it has ended. */
export async function forgetPages({ person, attempt }) {
  if (isPossible) await caches.delete(nameOf(person, attempt));
}

/** Return when the device got the page that holds the token, if it is a kept one; else undefined. */
export async function keptSince(token) {
  if (!isPossible) return undefined;
  const copy = await caches.match(location.pathname);
  return copy && (await copy.clone().text()).includes(token) ? Number(copy.headers.get(RECEIVED)) : undefined;
}
