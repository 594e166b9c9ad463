/* Tells the server what was played of a lesson's recordings, found by [data-recording], for the form [data-watching].

   - Spans of whole seconds as the player itself remembers them, told while it plays, when it stops and when the page is left.
   - A report that found no line stays on the device and is sent with the next one, also from another lesson; twice is once. */

const STORE = "watching";
const WHILE_PLAYING = 20000; // milliseconds
const MOST_KEPT = 50;

const form = document.querySelector("form[data-watching]");

function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const queue = {
  read() {
    try {
      return JSON.parse(localStorage.getItem(STORE)) ?? {};
    } catch {
      return {};
    }
  },
  write(change) {
    const kept = queue.read();
    change(kept);
    for (const id of Object.keys(kept).slice(0, -MOST_KEPT)) delete kept[id];
    try {
      localStorage.setItem(STORE, JSON.stringify(kept));
    } catch {
      // A device without room: the report is sent, and only not kept.
    }
  },
};

function spansOf(media) {
  const spans = [];
  for (let index = 0; index < media.played.length; index += 1) {
    const start = Math.round(media.played.start(index));
    const end = Math.round(media.played.end(index));
    if (start < end) spans.push(`${start}-${end}`);
  }
  return spans.join(",");
}

async function send(id, report) {
  const body = new URLSearchParams({ ...report.fields, client_id: id, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  let reply;
  try {
    reply = await fetch(report.url, { method: "POST", body, keepalive: true, credentials: "same-origin" });
  } catch {
    return; // no line: it stays kept
  }
  const isJson = reply.headers.get("Content-Type")?.startsWith("application/json");
  if (reply.status >= 500 || (reply.ok && !isJson) || reply.status === 403) return; // signed out, or the server is ill
  queue.write((kept) => { delete kept[id]; });
  if (!reply.ok || report.url !== form.dataset.watching) return;
  form.querySelector("[data-watched]").textContent = (await reply.json()).text;
}

function watch(media) {
  let told = "";
  let last = null;

  const tell = () => {
    const spans = spansOf(media);
    if (!spans || spans === told) return;
    told = spans;
    const length = Number.isFinite(media.duration) ? Math.floor(media.duration) : 0;
    const fields = { opening: form.elements.opening.value, recording: media.dataset.recording, spans, length };
    const id = uuid();
    queue.write((kept) => {
      delete kept[last]; // the new report says all that the one before said
      kept[id] = { url: form.dataset.watching, fields };
    });
    last = id;
    send(id, queue.read()[id] ?? { url: form.dataset.watching, fields });
  };

  media.addEventListener("pause", tell);
  media.addEventListener("ended", tell);
  setInterval(() => { if (!media.paused) tell(); }, WHILE_PLAYING);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") tell(); });
  window.addEventListener("pagehide", tell);
}

function sendKept() {
  for (const [id, report] of Object.entries(queue.read())) send(id, report);
}

if (form) {
  document.querySelectorAll("[data-recording]").forEach(watch);
  window.addEventListener("online", sendKept);
  sendKept();
}
