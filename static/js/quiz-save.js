/* Answers that cannot be lost, the browser's half (docs/quizzes.md). On the pages of an attempt, found by [data-quiz]:

   - form#answer: each question ([data-question]) is kept on the device when it is answered (at once on a choice, 1.5 s after typing
     stops), then sent; [data-saved-state] says where it is. Page turns wait shortly for that and go on; without a line to a kept page.
   - form[data-quiz-submit]: the overview shows what the device knows better than the page, and hands in.
   - [data-ended]: what is left on the device is sent, then the device forgets the attempt.

   Without this script every page turn sends the form. */

import { makeFiles } from "./quiz-files.js";
import { forgetPage, isKept } from "./quiz-offline.js";
import { endedPage, overviewPage } from "./quiz-overview.js";
import {
  addressOf, attempt, deviceNow, facts, follow, hasMoreTime, holdSubmits, iso, keepAll, leave,
  owner, pageFacts, place, say, sleep, startClock, stepWithFile, value, words,
} from "./quiz-page.js";
import { makeQuestion } from "./quiz-question.js";
import { IN_FORCE, makeQueue } from "./quiz-queue.js";
import { forgetLastWords, lastWords, leaveLastWords, newId, openStore } from "./quiz-store.js";

const PAUSE = 1500, LONGEST_TYPING = 10000, TURN = 2000;

async function answerPage(form) {
  const questions = [...form.querySelectorAll("[data-question]")].map((section) => makeQuestion(form, section));
  const at = (position) => questions.find((question) => question.position === position);
  const byName = (field) => questions.find(({ section }) => section.contains(field));
  const number = Number(facts.page);
  const goOn = holdSubmits(form);
  const store = await openStore(owner);
  const page = await pageFacts(store);
  let over = false; // nothing more is taken: the time is up, or the page waits to be left
  let clock = null, mustReload = false;

  const files = makeFiles({ store, words, kept: fileIsKept, refused: say });
  const queue = makeQueue({ store, name: owner, ...facts, csrf: value("csrfmiddlewaretoken"), page, files, told, trouble });
  const waiting = (question) => queue.record.queue.filter((step) => step.position === question.position);
  const isWaiting = (question) => waiting(question).length > 0;

  // --- taking what is on the page

  function stepOf(question, wish = {}) {
    const { position, basedOn, own } = question;
    const based = { based_on: basedOn, own: [...own].slice(-50), device_at: iso(deviceNow()), files: question.files(), ...page };
    return { id: newId(), position, ...question.last, ...based, ...wish };
  }

  const changed = () => (over ? [] : questions.filter((question) => {
    const { fields, certainty } = question.read();
    return fields !== question.last.fields || certainty !== question.last.certainty;
  }));

  async function take(question, wish) {
    question.last = question.read();
    const step = stepOf(question, wish);
    question.own.add(step.id);
    question.show("device");
    question.showClear();
    await queue.add(step);
  }

  async function save() { // what has changed, then everything that waits
    stopTyping();
    for (const question of changed()) await take(question);
    return send();
  }

  async function send() {
    if (navigator.onLine) for (const question of questions) if (isWaiting(question)) question.show("sending");
    return queue.flush();
  }

  async function fileIsKept(file, told) {
    const question = at(file.position);
    if (question) {
      question.addFile(told);
      return take(question);
    }
    return queue.add(stepWithFile(await queue.change(), file, told));
  }

  // --- hearing what became of it

  function told(reply, steps) {
    for (const one of reply.steps) {
      const step = steps.find((sent) => sent.id === one.id);
      const question = step && at(step.position);
      if (!question || !question.own.has(step.id)) continue;
      if (!IN_FORCE.includes(one.status)) {
        question.show("kept");
        mustReload ||= ["older_tab", "finished"].includes(one.status);
      } else {
        if (one.status === "received") {
          question.basedOn = one.sequence;
          question.own.delete(step.id);
        }
        if (!isWaiting(question)) question.show(step.fields ? "received" : "open", step.fields ? ` ${one.text}` : "");
      }
    }
    if (follow(reply, queue, clock)) return;
    const checked = steps.find((step) => step.check && at(step.position));
    if (checked) history.replaceState(null, "", `#soal-${checked.position}`); // where reading goes on
    mustReload ||= Boolean(checked);
    if (mustReload && !queue.record.queue.length && !changed().length) leave();
  }

  function trouble(word) {
    for (const question of questions) if (word ? isWaiting(question) : waiting(question).some((step) => step.stuck)) question.show("device");
    say(word ? words(word === "offline" && !store.lasting ? "not-kept" : word) : "");
  }

  // --- going on

  async function turn(to) {
    const address = addressOf(to), goesOn = "sequential" in facts && to > number;
    for (const question of changed()) await take(question);
    const sent = await Promise.race([send(), sleep(TURN)]);
    if (sent !== true && !(await isKept(address))) return say(words(store.lasting ? "offline" : "not-kept"));
    if (goesOn) {
      await queue.reach(to);
      over = true; // the server takes no more answers to this page
      form.inert = true;
      while ((await Promise.race([queue.flush(), sleep(TURN)])) !== true && !(await isKept(address))) await sleep(TURN);
      for (let left = number; left < to; left += 1) await forgetPage({ ...attempt, address: addressOf(left) });
    }
    return leave(address);
  }

  async function flag(question, flagged) {
    await take(question, { flagged });
    question.showFlag(flagged);
    await send();
  }

  async function check(question) {
    if (!question.read().fields) return say(words("check-empty"));
    await take(question, { check: true });
    return (await send()) || say(words("check-offline"));
  }

  async function choose(button) { // which of two versions counts: the form itself asks, with what the page was shown
    if (!(await save())) return;
    for (const question of questions) form.elements.namedItem(`based_on-${question.position}`).value = question.basedOn ?? "";
    over = true;
    const action = Object.assign(document.createElement("input"), { type: "hidden", name: "aksi", value: button.value });
    form.append(action);
    form.submit();
  }

  function act(event) {
    event.preventDefault();
    if (over) return;
    const button = event.submitter;
    const [action, position] = (button?.value ?? "simpan").split("-");
    const question = at(Number(position));
    const acts = {
      berikutnya: () => turn(number + 1), kembali: () => turn(Math.max(number - 1, 1)), ringkasan: () => turn(Number(facts.pages) + 1),
      halaman: () => turn(Number(position)), tandai: () => flag(question, true), lepas: () => flag(question, false),
      kosongkan: () => { question.fill({ fields: "", certainty: null }); return save(); }, periksa: () => check(question),
      pakai: () => choose(button), pertahankan: () => choose(button),
    };
    (acts[action] ?? save)();
  }

  // --- typing and choosing

  let pause = 0, since = 0;
  function stopTyping() {
    clearTimeout(pause);
    since = 0;
  }
  form.addEventListener("change", (event) => { if (!event.target.matches("[type=file]")) save(); });
  form.addEventListener("input", (event) => {
    if (!event.target.matches("textarea, input:not([type=radio], [type=checkbox], [type=file])")) return;
    since ||= performance.now();
    clearTimeout(pause);
    pause = setTimeout(save, performance.now() - since > LONGEST_TYPING ? 0 : PAUSE);
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  addEventListener("pagehide", () => {
    const steps = changed().map((question) => {
      question.last = question.read();
      return stepOf(question);
    });
    if (steps.length) leaveLastWords(owner, steps);
    steps.forEach(queue.add);
    queue.sendLast(steps);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) leave(); });

  // --- the time

  async function timeIsUp() {
    if (await hasMoreTime(clock)) return;
    for (const question of changed()) await take(question);
    over = true;
    form.inert = true;
    say(words("time-up"));
    await queue.submit(iso(deviceNow()));
    if (!(await queue.flush())) say(`${words("time-up")} ${words("submit-later")}`);
  }

  async function waitForEnd() { // handed in while there was no line: nothing changes any more
    over = true;
    form.inert = true;
    if (await queue.flush()) return;
    if (await isKept(facts.overview)) leave(facts.overview);
    else say(words("submit-later"));
  }

  // --- beginning

  for (const question of questions) {
    files.ready(question, {
      facts: () => ({ step: { ...question.last, based_on: question.basedOn, own: [...question.own], ...page } }),
      changed: async ({ reload = false } = {}) => { if ((await save()) && reload) leave(); },
    });
  }

  function showKept(record) { // what the device knows better than the page
    for (const question of questions) {
      const steps = record.queue.filter((step) => step.position === question.position);
      const known = record.known[question.position];
      const mine = question.read(); // somebody may have been quicker than the store
      const untouched = mine.fields === question.last.fields && mine.certainty === question.last.certainty;
      const isNewer = known && (known.sequence ?? 0) >= (question.basedOn ?? 0);
      if (isNewer) {
        question.basedOn = known.sequence;
        known.own.forEach((id) => question.own.add(id));
      }
      const better = steps.at(-1) ?? (isNewer ? known : null);
      if (better) question.last = { fields: better.fields, certainty: better.certainty };
      if (better && untouched) {
        question.fill(better);
        question.last = question.read();
      }
      if (steps.length) question.basedOn = steps[0].based_on;
      steps.forEach((step) => question.own.add(step.id));
      const flags = [known?.flagged, ...steps.map((step) => step.flagged)].filter((flagged) => flagged !== undefined);
      if (better && flags.length) question.showFlag(flags.at(-1));
      if (steps.length) question.show("device");
      else if (isNewer) question.show(known.fields ? "received" : "open", known.fields ? ` ${known.text}` : "");
      question.showClear();
    }
  }

  for (const step of lastWords(owner)) if (!(await queue.change()).queue.some((one) => one.id === step.id)) await queue.add(step);
  forgetLastWords(owner);
  const record = await queue.change();
  showKept(record);
  if (record.submit) return waitForEnd();
  for (const file of await files.all()) at(file.position)?.showWaiting(file);
  clock = startClock(Date.parse(page.device_then), timeIsUp);
  if (!navigator.onLine) say(words(store.lasting ? "offline" : "not-kept"));
  form.addEventListener("submit", act);
  goOn();
  const sent = await save();
  if ("sequential" in facts && record.reached > number && (sent || (await isKept(addressOf(record.reached))))) {
    return leave(addressOf(record.reached));
  }
  return keepAll();
}

if ("ended" in facts) endedPage();
else if (place.id === "answer") answerPage(place);
else overviewPage();
