/* The slots of a quiz in the admin: each shows the part it needs, a question or a draw, and the server says what all of them come
   to: what can be drawn now, which versions there are, the sum of the marks, and what stands in each other's way. */

const PAUSE = 400;
const SETTINGS = ["behaviour", "password", "opens_at", "closes_at", "time_limit_minutes", "closing_ends_attempts", "completion_rule",
  "pass_mark", "csrfmiddlewaretoken"];

const holder = document.querySelector("[data-foresee]");
const slots = holder && document.getElementById(holder.dataset.slots);
const form = holder?.closest("form");

const slotsNow = () => [...slots.querySelectorAll("[data-inline-panel-child]")];
const prefixOf = (slot) => slot.querySelector("[name$=-question]")?.name.replace(/-question$/, "");

function line(className, text) {
  const words = document.createElement("p");
  words.className = className;
  words.textContent = text;
  return words;
}

function showParts(slot) {
  const fixed = Boolean(slot.querySelector("[name$=-question]")?.value);
  for (const part of slot.querySelectorAll("[data-slot-part]")) part.hidden = (part.dataset.slotPart === "fixed") !== fixed;
}

function offer(select, versions) { // keep what is chosen where it is still there
  const chosen = select.value;
  select.replaceChildren(...versions.map(([value, words]) => new Option(words, value, false, value === chosen)));
}

function tell(slot, told) {
  slot.querySelector(".slot-told")?.remove();
  if (!told || !(told.text || told.problem)) return;
  const words = line(told.problem ? "slot-told slot-told--problem" : "slot-told", told.problem || told.text);
  if (told.preview) {
    const link = Object.assign(document.createElement("a"), { href: told.preview, target: "_blank", textContent: told.preview_text });
    words.append(link);
  }
  const parts = slot.querySelectorAll("[data-slot-part]");
  parts[parts.length - 1].after(words);
  const select = slot.querySelector("select[name$=-pinned_version]");
  if (select && told.versions.length) offer(select, told.versions);
}

function sent() {
  const all = new FormData(form);
  const body = new URLSearchParams();
  for (const [name, value] of all) {
    if ((name.startsWith("slots-") || SETTINGS.includes(name)) && typeof value === "string") body.append(name, value);
  }
  return body;
}

let asked = 0;
async function foresee() {
  const turn = (asked += 1);
  let told;
  try {
    const answer = await fetch(holder.dataset.foresee, { method: "POST", body: sent(), credentials: "same-origin" });
    if (!answer.ok) return;
    told = await answer.json();
  } catch { return; } // no line: the server says it again when the form is sent
  if (turn !== asked) return;
  for (const slot of slotsNow()) tell(slot, told.slots[prefixOf(slot)]);
  holder.replaceChildren(
    ...(slotsNow().length ? [line("quiz-foreseen__total", told.total)] : []),
    ...told.problems.map((words) => line("quiz-foreseen__problem", words)),
    ...told.notes.map((words) => line("quiz-foreseen__note", words)),
  );
  for (const part of form.querySelectorAll("[data-when-people-mark]")) part.hidden = !told.people_mark;
}

let timer = 0;
function soon() {
  for (const slot of slotsNow()) showParts(slot);
  clearTimeout(timer);
  timer = setTimeout(foresee, PAUSE);
}

if (holder) {
  // Wagtail's panel, with a second button: what is chosen comes as slots of its own, a draw begins empty.
  const panel = new window.MultipleChooserPanel(JSON.parse(holder.dataset.panel));
  document.getElementById(holder.dataset.draw).addEventListener("click", () => panel.addForm());
  // A chooser writes into its hidden field without telling; slots come and go.
  new MutationObserver((changes) => {
    if (changes.some((change) => change.type === "attributes" || change.target === slots)) soon();
  }).observe(slots, { childList: true, subtree: true, attributes: true, attributeFilter: ["value"] });
  form.addEventListener("change", soon);
  form.addEventListener("input", soon);
  soon();
}
