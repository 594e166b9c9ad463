/* The overview, where an attempt is handed in, and the pages after its end. */

import { makeFiles } from "./quiz-files.js";
import { forgetPages } from "./quiz-offline.js";
import {
  attempt, deviceNow, facts, follow, hasMoreTime, holdSubmits, iso, keepAll, leave,
  owner, pageFacts, say, startClock, stepWithFile, value, words,
} from "./quiz-page.js";
import { makeQueue } from "./quiz-queue.js";
import { openStore } from "./quiz-store.js";

/** form[data-quiz-submit], [data-place] for each question: show what the device knows better than the page, and hand in. */
export async function overviewPage() {
  const form = document.querySelector("[data-quiz-submit]");
  const goOn = holdSubmits(form);
  const store = await openStore(owner);
  const page = await pageFacts(store);
  const files = makeFiles({ store, words, kept: fileIsKept, refused: say });
  const queue = makeQueue({ store, name: owner, ...facts, csrf: value("csrfmiddlewaretoken"), page, files, told, trouble });
  let hadSomething = false, clock = null;

  async function fileIsKept(file, answer) {
    const record = await queue.change();
    await queue.add(stepWithFile(record, file, answer));
  }

  async function show() {
    const record = await queue.change();
    const waiting = new Set([...record.queue, ...(await files.all())].map((one) => String(one.position)));
    for (const row of document.querySelectorAll("[data-place]")) {
      const known = record.known[row.dataset.place];
      const state = waiting.has(row.dataset.place) ? "device" : known?.fields ? "received" : "";
      const chip = state && document.querySelector(`template[data-saved=${state}]`).content.querySelector(".chip").cloneNode(true);
      if (chip) row.querySelector("[data-answer-state]").replaceChildren(chip);
    }
    hadSomething ||= waiting.size > 0;
    const lead = document.querySelector("[data-waiting]");
    if (lead) {
      lead.hidden = waiting.size === 0;
      document.querySelector("[data-unanswered]")?.toggleAttribute("hidden", waiting.size > 0);
    }
    if (record.submit) rest();
  }

  function rest() {
    say(words("submit-later"));
    form?.querySelector("button").setAttribute("aria-disabled", "true");
  }

  function told(reply) {
    if (follow(reply, queue, clock) || queue.record.submit || queue.record.queue.length) return;
    if (hadSomething) leave();
  }

  function trouble(word) {
    if (queue.record.submit && word === "offline") rest();
    else say(word ? words(word) : "");
    show();
  }

  async function submit() {
    await queue.submit(iso(deviceNow()));
    await queue.flush();
  }

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  document.addEventListener("click", (event) => { // what is handed in no longer changes
    if (queue.record?.submit && event.target.closest("[data-place] a")) event.preventDefault();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) leave(); });

  await show();
  goOn();
  clock = startClock(Date.parse(page.device_then), async () => { if (!(await hasMoreTime(clock))) await submit(); });
  await queue.flush();
  return keepAll();
}

/** [data-ended]: send what is left on the device, then forget the attempt there. */
export async function endedPage() {
  const store = await openStore(owner);
  const before = await store.change();
  const files = makeFiles({ store, words, kept: async () => {}, refused: say });
  const isLeft = before.queue.length > 0 || (await files.waiting()) > 0;
  if (isLeft) {
    const quiet = () => {};
    const queue = makeQueue({ store, name: owner, ...facts, csrf: value("csrfmiddlewaretoken"), page: {}, files, told: quiet, trouble: quiet });
    if (!(await queue.flush())) return;
  }
  await store.drop();
  await forgetPages(attempt);
  if (before.queue.length) leave(); // what came late stands on the page then
}
