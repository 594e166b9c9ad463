/* Brings what the device keeps to the server: steps in their order and the page reached, then files, last the wish to submit. What
   was sent without a reply is sent again under the same id, with growing pauses; twice is once.

   `told(reply, steps)` hears what became of steps, also of those that another tab has sent; `trouble(word)` why nothing is sent:
   "offline", "signed-out", "stranger" (another person is signed in: nothing is sent until this page is opened anew), "too-long" (an answer
   that the server does not take: it stays here until it is changed), "" for none. */

import { newId } from "./quiz-store.js";

const MOST_STEPS = 100, MOST_CHARACTERS = 500000; // in one parcel
const MOST_OWN = 40; // unanswered steps of one question; then the last one takes up what is new
const PATIENCE = 15000, LONGEST_WAIT = 30000, KEEPALIVE_BYTES = 60000;
export const IN_FORCE = ["received", "repeated", "unchanged"];

const asSent = ({ id, position, fields, certainty, based_on, own, device_at, token, device_then, check, flagged }) => ({
  id, position, fields, certainty, based_on, own, device_at, token, device_then, check: check === true, flagged,
});

function put(queue, step) { // onto the end; a step that never left the device takes up what is new
  const waiting = queue.filter((one) => one.position === step.position);
  const last = waiting.at(-1);
  if (!last || last.token !== step.token || !step.own.includes(last.id) || (last.sent && !last.stuck && waiting.length < MOST_OWN)) {
    queue.push(step);
    return step.id;
  }
  const same = last.fields === step.fields && last.certainty === step.certainty;
  const { fields, certainty, device_at, files } = step;
  const check = step.check || (same && last.check); // another answer takes back the wish to have it checked
  Object.assign(last, { fields, certainty, device_at, files, check, flagged: step.flagged ?? last.flagged, stuck: false });
  return last.id;
}

function forParcel(queue, most) { // the oldest steps that fit, at least one; what the server will not take stays behind
  const sendable = queue.filter((step) => !step.stuck);
  let characters = 0;
  const steps = sendable.filter((step, index) => index < most && ((characters += step.fields.length) <= MOST_CHARACTERS || index === 0));
  return { steps, isLast: steps.length === sendable.length };
}

function settle(kept, reply, steps, parcel) {
  const done = new Map(steps.map((step) => [step.id, step]));
  kept.queue = kept.queue.filter((step) => done.get(step.id)?.fields !== step.fields);
  for (const one of reply.steps) {
    const step = done.get(one.id);
    if (!step) continue;
    if (!IN_FORCE.includes(one.status)) {
      delete kept.known[step.position];
      continue;
    }
    const flagged = step.flagged ?? kept.known[step.position]?.flagged;
    const { fields, certainty, files } = step;
    // A repeated step is told what counts now, which may be another device's answer: only our own ids stand for it.
    const seen = one.status === "repeated" ? { sequence: step.based_on, own: [...step.own, step.id] } : { sequence: one.sequence, own: [] };
    kept.known[step.position] = { fields, certainty, files, flagged, text: one.text, ...seen };
  }
  if (parcel.page && kept.page === parcel.page) kept.page = 0;
  if (parcel.submit) kept.submit = null;
}

export function makeQueue({ store, name, save, state, csrf, page, files, told, trouble }) {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`kuis ${name}`) : null;
  let record = null, running = null, again = false, stranger = false, wait = 1000, timer = 0, secret = csrf, most = MOST_STEPS;

  const change = async (act) => (record = await store.change(act));
  const isSent = () => record.queue.every((step) => step.stuck);
  const isEmpty = () => isSent() && !record.page && !record.submit;

  async function add(step) {
    let id = step.id;
    await change((kept) => { id = put(kept.queue, step); });
    return id;
  }

  function parcelOf(steps, { isLast, filesAreIn }) {
    const parcel = { ...page, steps: steps.map(asSent) };
    if (isLast && record.page) parcel.page = record.page;
    if (isLast && filesAreIn && record.submit) Object.assign(parcel, { ...record.submit.page, submit: record.submit.wish });
    return parcel;
  }

  function post(parcel, { keepalive, signal } = {}) {
    const body = JSON.stringify(parcel);
    const headers = { "Content-Type": "application/json", "X-CSRFToken": secret };
    return fetch(save, { method: "POST", headers, body, signal, keepalive: keepalive && body.length < KEEPALIVE_BYTES });
  }

  async function renewSecret() { // somebody signed in meanwhile: the same person, or another one
    const reply = await fetch(state, { cache: "no-store" });
    if (reply.ok) secret = (await reply.json()).csrf;
    return reply.status;
  }

  async function delivered(parcel) { // what the server tells, or a word for what is in the way
    const stop = new AbortController();
    const impatience = setTimeout(() => stop.abort(), PATIENCE);
    try {
      let reply = await post(parcel, { signal: stop.signal });
      if (reply.status === 403) {
        const status = await renewSecret();
        if (status !== 200) return status === 401 ? "signed-out" : status === 404 ? "stranger" : "offline";
        reply = await post(parcel, { signal: stop.signal });
      }
      if (reply.status === 401) return "signed-out";
      if (reply.status === 404) return "stranger";
      if ([400, 413].includes(reply.status)) return "too-long";
      if (reply.status !== 200) return "offline";
      const heard = await reply.json();
      return Array.isArray(heard.steps) ? heard : "offline";
    } catch {
      return "offline";
    } finally {
      clearTimeout(impatience);
    }
  }

  async function round() { // one parcel or one file; true: it went well
    await change();
    const waiting = await files.waiting();
    if (isEmpty() && !waiting) return true;
    if (stranger) return problem("stranger");
    if (!navigator.onLine) return problem("offline");
    if (waiting && isSent() && !record.page) return sendFile();
    await change((kept) => forParcel(kept.queue, most).steps.forEach((step) => { step.sent = true; }));
    const { steps, isLast } = forParcel(record.queue, most);
    const parcel = parcelOf(steps, { isLast, filesAreIn: !waiting });
    const reply = await delivered(parcel);
    if (reply === "too-long" && steps.length) return sendSmaller(steps);
    if (typeof reply === "string") return problem(reply === "too-long" ? "offline" : reply);
    await change((kept) => settle(kept, reply, steps, parcel));
    wait = 1000;
    again = again || waiting > 0;
    trouble("");
    channel?.postMessage({ reply, steps });
    told(reply, steps);
    return true;
  }

  async function sendSmaller(steps) { // one by one, so that a single answer the server will not take holds nothing else up
    if (steps.length > 1) most = 1;
    else await change((kept) => kept.queue.forEach((step) => { if (step.id === steps[0].id) step.stuck = true; }));
    again = true;
    if (steps.length === 1) trouble("too-long");
    return true;
  }

  async function sendFile() {
    let word = await files.send(secret);
    if (word === "refused-secret") {
      const status = await renewSecret().catch(() => 0);
      word = status === 200 ? await files.send(secret) : status === 401 ? "signed-out" : status === 404 ? "stranger" : "offline";
    }
    again = true;
    return word ? problem(word === "refused-secret" ? "signed-out" : word) : true;
  }

  function problem(word) {
    if (word === "stranger") stranger = true;
    trouble(word);
    clearTimeout(timer);
    if (!stranger) timer = setTimeout(flush, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT);
    return false;
  }

  const alone = (act) => (navigator.locks ? navigator.locks.request(`kuis ${name}`, act) : act()); // one tab sends

  /** Send all there is; return whether nothing is left. Who asks while it runs is served by one more round. */
  function flush() {
    again = true;
    running ??= alone(async () => {
      clearTimeout(timer);
      timer = 0;
      let well = true;
      while (well && (again || !isEmpty())) {
        again = false;
        well = await round();
      }
      return well;
    }).catch((error) => { // a page that is being left has no locks
      if (!(error instanceof DOMException)) throw error;
      again = false;
      return false;
    }).finally(() => {
      running = null;
      if (again && !timer) flush();
    });
    return running;
  }

  /** Send without waiting for anything: the page is being closed. */
  function sendLast(steps) {
    if (stranger || !record || (!steps.length && isEmpty())) return;
    const parcel = forParcel([...record.queue, ...steps], most);
    post(parcelOf(parcel.steps, { ...parcel, filesAreIn: false }), { keepalive: true }).catch(() => {});
  }

  channel?.addEventListener("message", async ({ data }) => {
    await change();
    told(data.reply, data.steps);
  });
  addEventListener("online", () => { wait = 1000; flush(); });

  return {
    change, add, flush, sendLast,
    get record() { return record ?? { queue: [], known: {}, page: 0, submit: null }; }, // null: not read yet
    reach: (number) => change((kept) => {
      if (number > kept.reached) kept.page = kept.reached = number;
    }),
    submit: (deviceAt) => change((kept) => { kept.submit ??= { wish: { id: newId(), device_at: deviceAt }, page }; }),
  };
}
