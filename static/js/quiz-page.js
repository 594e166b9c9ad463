/* What the scripts of an attempt's pages share: the facts of the page, its words, the device's clock, and leaving. */

import { countDown } from "./quiz-clock.js";
import { keepPages, keptSince } from "./quiz-offline.js";
import { newId } from "./quiz-store.js";

const KEEP_AFTER = 1500;

export const place = document.querySelector("[data-quiz]");
export const facts = place.dataset;
export const owner = `${facts.person} ${facts.quiz}`;
export const attempt = { person: facts.person, attempt: facts.quiz };
export const value = (name) => place.querySelector(`[name=${name}]`)?.value ?? "";
export const words = (name) => document.querySelector(`template[data-words]`).content.querySelector(`[data-word="${name}"]`).textContent;
export const addressOf = (page) => (page > Number(facts.pages) ? facts.overview : facts.overview.replace(/[^/]+\/$/, `${page}/`));
export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/* The device's clock, steady while the page is open: setting it changes nothing that is written here. */
const opened = { wall: Date.now(), steady: performance.now() };
export const deviceNow = () => opened.wall + performance.now() - opened.steady;
export const iso = (moment) => new Date(moment).toISOString();

if (location.hash.startsWith("#soal-")) document.getElementById(location.hash.slice(1))?.focus();

let leaving = false; // the page is on its way to another one
export function leave(address) {
  if (leaving) return;
  leaving = true;
  if (address) location.assign(address);
  else location.reload();
}

export function say(text) {
  const hint = document.querySelector("[data-saved-hint]");
  if (!hint || hint.textContent === text) return;
  hint.textContent = text;
  hint.hidden = !text;
}

/** Return the token of this page and what the device's clock said when it got the page: the evidence of late answers. */
export async function pageFacts(store) {
  const token = value("token");
  const got = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  const kept = (await store.change()).seen[token] ?? (await keptSince(token)) ?? opened.wall - opened.steady + got;
  await store.change((record) => {
    record.seen = Object.fromEntries([...Object.entries(record.seen).slice(-100), [token, kept]]);
  });
  return { token, device_then: iso(kept) };
}

export function startClock(since, end) {
  const chip = document.querySelector("[data-time-left]");
  return chip && countDown(chip, { elapsed: Math.max(deviceNow() - since, 0), words, end });
}

/** Say whether the server gives more time than this page knows. */
export async function hasMoreTime(clock) {
  try {
    const told = await (await fetch(facts.state, { cache: "no-store" })).json();
    const left = (Date.parse(told.deadline) - Date.parse(told.now)) / 1000;
    if (!(told.deadline === null || left > 5)) return false;
    if (told.deadline) clock.set(left);
    return true;
  } catch {
    return false;
  }
}

export function follow(reply, queue, clock) { // where the server says the attempt is; true: the page is left
  if (!reply.is_open) {
    if (!queue.record.queue.length) leave(facts.result);
    return true;
  }
  if (reply.state === "overdue") leave(facts.overview);
  else if (clock && reply.deadline) clock.set((Date.parse(reply.deadline) - Date.parse(reply.now)) / 1000);
  return leaving;
}

/** The step of a question that is not on this page: its last answer, with one more file that has been sent. */
export function stepWithFile(record, file, told) {
  const before = record.queue.filter((step) => step.position === file.position);
  const known = record.known[file.position];
  const last = before.at(-1) ?? known ?? file.step;
  const fields = new URLSearchParams(last.fields);
  const name = `jawaban-${file.position}-file`;
  if (!fields.getAll(name).includes(told.key)) fields.append(name, told.key);
  return {
    id: newId(), position: file.position, fields: fields.toString(), certainty: last.certainty, device_at: iso(file.at),
    based_on: known ? known.sequence : file.step.based_on, own: [...(known?.own ?? file.step.own), ...before.map((step) => step.id)],
    token: file.step.token, device_then: file.step.device_then, files: [...(last.files ?? []), told],
  };
}

/** Hold back what is submitted before the device's store is open; the function returned lets it go on. */
export function holdSubmits(form) {
  let held = null;
  const hold = (event) => {
    event.preventDefault();
    held = event;
  };
  form?.addEventListener("submit", hold);
  return () => {
    form?.removeEventListener("submit", hold);
    if (held) form.requestSubmit(held.submitter);
  };
}

export async function keepAll() { // when nothing else is to be done
  await sleep(KEEP_AFTER);
  const first = "sequential" in facts ? Number(facts.page) : 1;
  const addresses = [facts.overview];
  for (let page = Number(facts.pages); page >= first; page -= 1) addresses.unshift(addressOf(page));
  if (!leaving) await keepPages({ ...attempt, addresses }).catch(() => {}); // no room, or no line: the next page tries again
}
