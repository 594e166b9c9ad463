/* Measures reading for the form at the end of a lesson, found by [data-reading]. Without it the server's own clock counts.

   - Seconds while the page is visible, in a growing sum of this opening; whether the end of the text was on the screen.
   - What was read is told when the page is hidden or left, so that half a lesson is not lost. */

const LEAST_NEWS = 5; // seconds

function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function stopwatch() {
  let sum = 0;
  let since = document.visibilityState === "visible" ? performance.now() : null;
  const pause = () => {
    if (since !== null) sum += performance.now() - since;
    since = null;
  };
  document.addEventListener("visibilitychange", () => {
    pause();
    if (document.visibilityState === "visible") since = performance.now();
  });
  return () => Math.floor((sum + (since === null ? 0 : performance.now() - since)) / 1000);
}

function watchEnd(selector, whenSeen) {
  const texts = document.querySelectorAll(selector);
  const end = texts.length && texts[texts.length - 1].lastElementChild;
  if (!end || !("IntersectionObserver" in window)) return whenSeen();
  const mark = document.createElement("span");
  mark.setAttribute("aria-hidden", "true");
  end.after(mark);
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting || entry.boundingClientRect.bottom < 0)) return;
    observer.disconnect();
    whenSeen();
  });
  observer.observe(mark);
}

function measure(form) {
  const seconds = stopwatch();
  let ended = false;
  let told = { seconds: 0, ended: false };
  let sent = false;

  const fill = () => {
    form.elements.seconds.value = seconds();
    form.elements.reached_end.value = ended ? "1" : "0";
  };

  const tell = () => {
    if (sent || (seconds() < told.seconds + LEAST_NEWS && ended === told.ended)) return;
    fill();
    told = { seconds: seconds(), ended };
    const body = new FormData(form);
    body.set("client_id", uuid());
    body.set("partial", "1");
    fetch(form.action, { method: "POST", body, keepalive: true, credentials: "same-origin" }).catch(() => {});
  };

  watchEnd(form.dataset.readingText, () => { ended = true; });
  form.addEventListener("submit", () => { fill(); sent = true; });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") tell(); });
  window.addEventListener("pagehide", tell);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sent = false;
    form.elements.client_id.value = uuid();
  });
}

for (const form of document.querySelectorAll("form[data-reading]")) measure(form);
