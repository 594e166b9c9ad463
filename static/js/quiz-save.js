/* Sends an answer when it is given: at once on a change, 1.5 s after typing stops. What was not received stays on the device and is
   sent again, by the same id, so that twice is once. Without this script every page turn sends the answer with its form.

   form[data-quiz-save=<address>]  hidden fields client_id, based_on, own; [data-saved-state] says where the answer is,
   template[data-saved=<state>] how each state looks, [data-saved-hint] has room for words. */

const PAUSE = 1500, PATIENCE = 15000, LONGEST_WAIT = 30000;

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // only where the page is secure
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function keeper(key) { // a private window may refuse storage; then the page itself is the only copy
  const attempt = (act) => { try { return act(); } catch { return null; } };
  return {
    read: () => attempt(() => JSON.parse(localStorage.getItem(key))),
    write: (value) => attempt(() => localStorage.setItem(key, JSON.stringify(value))),
    clear: () => attempt(() => localStorage.removeItem(key)) ?? null,
  };
}

function keepAnswers(form) {
  const address = form.dataset.quizSave;
  const store = keeper(`answer:${address}`);
  const field = (name) => form.elements.namedItem(name);
  const answer = () => new URLSearchParams([...new FormData(form)].filter(([name]) => name.startsWith("jawaban"))).toString();
  const live = form.querySelector("[data-saved-state]");
  const hint = form.querySelector("[data-saved-hint]");
  let confirmed = answer();
  let unsent = store.read(); // {id, answer, basedOn, own, at}
  const leftBehind = unsent?.id;
  let busy = false, over = false, wait = 1000, timer = 0; // over: the page is on its way to what the server knows

  function show(state, words = "", advice = "") {
    const look = document.querySelector(`template[data-saved=${state}]`).content.querySelector("[data-saved-state]");
    live.replaceChildren(...look.cloneNode(true).childNodes, words);
    live.dataset.savedState = state;
    hint.textContent = advice;
    hint.hidden = !advice;
  }

  function take() { // notes what is on the page as the answer to send; an answer sent without reply is still ours
    const now = answer();
    if (over || now === (unsent ? unsent.answer : confirmed)) return;
    const own = unsent ? [...unsent.own, unsent.id].slice(-50) : [];
    unsent = { id: newId(), answer: now, basedOn: field("based_on").value, own, at: new Date().toISOString() };
    store.write(unsent);
  }

  async function send() {
    clearTimeout(timer);
    if (busy || over || !unsent) return;
    busy = true;
    const sent = unsent;
    const body = new URLSearchParams(sent.answer);
    const facts = { client_id: sent.id, based_on: sent.basedOn, own: sent.own.join(","), device_at: sent.at };
    for (const [name, value] of Object.entries(facts)) body.set(name, value);
    body.set("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value);
    const stop = new AbortController();
    const impatience = setTimeout(() => stop.abort(), PATIENCE);
    show("sending");
    try {
      const reply = await fetch(address, { method: "POST", body, keepalive: true, signal: stop.signal });
      await heard(sent, reply);
    } catch {
      later(form.dataset.noSignal);
    } finally {
      clearTimeout(impatience);
      busy = false;
    }
    if (unsent && unsent !== sent) send();
  }

  async function heard(sent, reply) {
    if (reply.status === 401 || reply.status === 403) return later(form.dataset.signedOut);
    if (reply.status !== 200 && reply.status !== 409) return later(form.dataset.noSignal);
    const told = await reply.json();
    if (unsent === sent) unsent = store.clear();
    if (reply.status === 409 || (sent.id === leftBehind && told.status === "received")) return startAgain();
    wait = 1000;
    confirmed = sent.answer;
    field("based_on").value = told.sequence ?? "";
    if (unsent) Object.assign(unsent, { basedOn: field("based_on").value, own: [] });
    show(sent.answer ? "received" : "open", told.text);
  }

  const startAgain = () => { over = true; location.reload(); };

  function later(advice) {
    show("device", "", advice);
    wait = Math.min(wait * 2, LONGEST_WAIT);
    timer = setTimeout(send, wait);
  }

  const soon = (pause) => { clearTimeout(timer); timer = setTimeout(() => { take(); send(); }, pause); };
  form.addEventListener("change", () => soon(0));
  form.addEventListener("input", (event) => { if (event.target.matches("textarea, [type=text]")) soon(PAUSE); });
  addEventListener("online", send);
  addEventListener("pagehide", () => { take(); send(); });
  addEventListener("pageshow", (event) => { if (event.persisted) startAgain(); });
  form.addEventListener("submit", (event) => { // the form itself carries the answer, under the id it already has
    take();
    if (!unsent) return;
    field("client_id").value = unsent.id;
    field("own").value = unsent.own.join(",");
    if (navigator.onLine) return;
    event.preventDefault();
    later(form.dataset.noSignal);
  });
  if (unsent) send();
}

document.querySelectorAll("form[data-quiz-save]").forEach(keepAnswers);
