/* The page of a task: words are saved two seconds after the last key, and wait on the device while there is no line; photos are made
   smaller and sent one by one. Without this script the buttons of the form do the same. */

import { newId, openStore } from "./quiz-store.js";

const PAUSE = 2000, AGAIN = 15000, LONGEST_SIDE = 1600, QUALITY = 0.82, SMALL = 300_000;
const form = document.querySelector("[data-work]");
const box = form.querySelector("textarea[name=teks]");
const field = (name) => form.elements[name];
const secret = () => form.querySelector("[name=csrfmiddlewaretoken]").value;

/* --- words ------------------------------------------------------------------------------------------------------------------- */

const kept = { // what the server has not confirmed, on this device
  name: `${form.dataset.owner} ${field("versi").value}`,
  read() { try { return JSON.parse(localStorage.getItem(this.name)); } catch { return null; } },
  write(text, revision) { try { localStorage.setItem(this.name, JSON.stringify({ text, revision })); } catch { /* full or refused */ } },
  drop() { try { localStorage.removeItem(this.name); } catch { /* nothing is there */ } },
};
let timer, saving, known = box?.defaultValue, passes = false; // somebody may have typed before this script was there

function show(state, { time = "", text = "" } = {}) {
  const place = form.querySelector("[data-state]");
  if (place.querySelector(`[data-saved-state=${state}]`) && state !== "saved" && state !== "kept") return;
  place.replaceChildren(form.querySelector(`template[data-saved=${state}]`).content.cloneNode(true));
  const clock = place.querySelector("[data-time]");
  if (clock) clock.textContent = time;
  if (state === "kept") {
    place.querySelector("[data-other]").textContent = text;
    place.querySelector("[data-reload]").addEventListener("click", () => location.reload());
  }
}

async function send(text, revision) {
  const body = new FormData();
  for (const name of ["versi", "tab", "csrfmiddlewaretoken"]) body.append(name, field(name).value);
  body.append("revisi", revision);
  body.append("teks", text);
  const reply = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  if (reply.status === 401 || reply.status === 403) return { status: "signed-out" };
  if (!reply.ok && reply.status !== 409) throw new Error(reply.status);
  return reply.json();
}

async function save() {
  clearTimeout(timer);
  if (saving || box.value === known) return saving;
  const text = box.value, revision = field("revisi").value;
  kept.write(text, revision);
  saving = send(text, revision).then((told) => {
    if (told.status === "saved") {
      known = text;
      field("revisi").value = told.revision;
      if (box.value === text) kept.drop();
      show("saved", told);
    } else if (told.status === "kept") {
      known = text; // it is on the server, set aside under this tab's name
      kept.drop();
      show("kept", told);
    } else {
      show(told.status === "signed-out" ? "signed-out" : "device");
      timer = setTimeout(save, AGAIN);
    }
  }).catch(() => {
    show("device");
    timer = setTimeout(save, AGAIN);
  }).finally(() => { saving = undefined; });
  await saving;
  if (box.value !== text) wait();
  return undefined;
}

function wait() {
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

async function takeUp() { // words that an earlier opening of this page could not send
  const left = kept.read();
  if (!left) return;
  if (left.text === box.value) { kept.drop(); return; }
  if (String(left.revision) === field("revisi").value) {
    box.value = left.text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    save();
    return;
  }
  const told = await send(left.text, left.revision).catch(() => null);
  if (told?.status === "kept") { kept.drop(); location.reload(); }
}

if (box) {
  box.dispatchEvent(new Event("input", { bubbles: true })); // counts the words
  box.addEventListener("input", () => { kept.write(box.value, field("revisi").value); show("open"); wait(); });
  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  takeUp();
  if (box.value !== known) wait();
}

/* --- photos and files -------------------------------------------------------------------------------------------------------- */

async function smaller(file) { // a photo as a JPEG of at most 1600 pixels; anything else, and what cannot be drawn, as it is
  if (!file.type.startsWith("image/") || file.size < SMALL) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: blob.type }) : file;
  } catch { return file; }
}

const list = form.querySelector("[data-files]");
if (list) {
  const store = await openStore(form.dataset.owner);
  const add = form.querySelector("[data-add]");
  const problem = form.querySelector("[data-problem]");
  const handIn = form.querySelector("[data-hand-in]");
  const rows = new Map();
  let sending = false;

  const say = (words) => { problem.textContent = words; problem.hidden = !words; };
  const makeRoom = () => { add.hidden = list.children.length >= Number(form.dataset.count); };
  const size = (bytes) => new Intl.NumberFormat(document.documentElement.lang,
    { style: "unit", unit: bytes < 1e6 ? "kilobyte" : "megabyte", maximumFractionDigits: bytes < 1e6 ? 0 : 1 }).format(bytes / (bytes < 1e6 ? 1e3 : 1e6));

  function draw(file) {
    const row = form.querySelector("template[data-file-row]").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = file.name;
    row.querySelector("[data-size]").textContent = size(file.blob.size);
    const button = row.querySelector("[data-remove]");
    button.hidden = false;
    button.querySelector("[data-of]").textContent = ` ${file.name}`;
    button.onclick = async () => { rows.delete(file.id); row.remove(); makeRoom(); await store.dropFile(file.id); };
    list.append(row);
    rows.set(file.id, row);
    makeRoom();
  }

  function settle(row, told) { // the row of a file that the server has
    const link = row.querySelector("[data-name]"), button = row.querySelector("[data-remove]");
    link.textContent = told.name;
    link.href = told.url;
    row.querySelector("[data-size]").textContent = size(told.size);
    row.querySelector("[data-progress]").remove();
    if (told.picture) Object.assign(row.querySelector("[data-thumb]"), { src: told.url, hidden: false });
    else row.querySelector("[data-thumb]").remove();
    Object.assign(button, { type: "submit", value: `hapus-${told.key}`, onclick: null });
  }

  function post(file, progress) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest(), body = new FormData();
      request.open("POST", form.dataset.upload);
      request.setRequestHeader("X-CSRFToken", secret());
      request.responseType = "json";
      request.timeout = 10 * 60 * 1000;
      request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
      request.onload = () => resolve(request.response ?? { status: "offline" });
      request.onerror = request.ontimeout = request.onabort = () => resolve({ status: "offline" });
      body.append("berkas", file.blob, file.name);
      request.send(body);
    });
  }

  async function sendFiles() { // the oldest first, one after the other; what does not arrive is tried again
    if (sending) return;
    sending = true;
    for (let [file] = await store.files(); file; [file] = await store.files()) {
      const row = rows.get(file.id), bar = row?.querySelector("[data-progress]");
      const told = await post(file, (share) => { if (bar) bar.value = share; });
      if (told.status === "kept") {
        await store.dropFile(file.id);
        if (row?.isConnected) settle(row, told);
      } else if (told.status === "refused") {
        await store.dropFile(file.id);
        row?.remove();
        say(told.reason);
      } else {
        setTimeout(sendFiles, AGAIN);
        break;
      }
      makeRoom();
    }
    sending = false;
    handIn.disabled = (await store.files()).length > 0;
  }

  async function choose(input) {
    const chosen = [...input.files].slice(0, Math.max(0, Number(form.dataset.count) - list.children.length));
    input.value = "";
    say("");
    handIn.disabled = true;
    for (const original of chosen) {
      const blob = await smaller(original);
      if (blob.size > Number(form.dataset.size)) {
        say(form.dataset.tooLarge.replace("{name}", original.name));
      } else {
        const file = { id: newId(), name: blob.name, blob, at: Date.now() };
        await store.addFile(file);
        draw(file);
      }
    }
    sendFiles();
  }

  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => choose(input));
    if (input.files.length) choose(input);
  }
  for (const file of await store.files()) draw(file); // chosen in an earlier opening of the page
  window.addEventListener("online", sendFiles);
  makeRoom();
  sendFiles();
}

/* A button sends the form once its words have arrived; without a line the page stays as it is, and says where they are. */
form.addEventListener("submit", async (event) => {
  if (passes || !box || box.value === known) return;
  event.preventDefault();
  for (let tries = 0; tries < 3 && box.value !== known; tries += 1) await save();
  if (box.value !== known) return;
  clearTimeout(timer);
  passes = true;
  form.requestSubmit(event.submitter);
});
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
