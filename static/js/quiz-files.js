/* Files of answers: a chosen file is kept on the device, sent to [data-upload] when there is a line, and then named by the answer.

   [data-answer-files=<name>] holds the rows; input[type=file][data-upload][data-count][data-size]; template[data-file-row] is a row. */

import { newId } from "./quiz-store.js";

function size(bytes, language) {
  const megabytes = bytes >= 1e6;
  const unit = { style: "unit", unit: megabytes ? "megabyte" : "kilobyte", maximumFractionDigits: megabytes ? 1 : 0 };
  return new Intl.NumberFormat(language, unit).format(bytes / (megabytes ? 1e6 : 1e3));
}

function sent(file, secret, progress) { // the reply: its status and what it says; status 0 without one
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", file.url);
    request.setRequestHeader("X-CSRFToken", secret);
    request.responseType = "json";
    request.timeout = 10 * 60 * 1000;
    request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
    request.onload = () => resolve({ code: request.status, told: request.response ?? {} });
    request.onerror = request.ontimeout = request.onabort = () => resolve({ code: 0, told: {} });
    const body = new FormData();
    body.append("berkas", file.blob, file.name);
    request.send(body);
  });
}

/** `kept(file, told)` hears of a file the server has, `refused(words)` of one that it will never take. */
export function makeFiles({ store, words, kept, refused }) {
  const row = (id) => document.querySelector(`[data-waiting-file="${id}"]`);

  async function send(secret) { // the oldest file that waits; "" or the word for what is in the way
    const [file] = await store.files();
    if (!file) return "";
    const bar = row(file.id)?.querySelector("progress");
    if (bar) bar.hidden = false;
    const { code, told } = await sent(file, secret, (share) => { if (bar) bar.value = share; });
    if (bar) bar.hidden = true;
    if (code === 200 && told.status === "kept") {
      row(file.id)?.remove();
      await kept(file, told);
    } else if (told.status === "refused") {
      const box = row(file.id)?.closest("[data-answer-files]");
      row(file.id)?.remove();
      box?.dispatchEvent(new Event("row-gone"));
      refused(told.reason);
    } else {
      return { 401: "signed-out", 403: "refused-secret", 404: "stranger" }[code] ?? "offline";
    }
    await store.dropFile(file.id);
    return "";
  }

  function draw(list, { name, bytes, url, remove }) {
    const item = document.querySelector("template[data-file-row]").content.firstElementChild.cloneNode(true);
    const place = item.querySelector("[data-file-name]");
    const shown = url ? Object.assign(document.createElement("a"), { href: url }) : document.createElement("span");
    shown.textContent = name;
    place.replaceWith(shown);
    item.querySelector("[data-file-size]").textContent = size(bytes, document.documentElement.lang);
    const button = item.querySelector("button");
    button.querySelector("[data-file-of]").textContent = name;
    button.addEventListener("click", () => { item.remove(); remove(); });
    list.append(item);
    return item;
  }

  function listIn(box) {
    const found = box.querySelector(".answer-files");
    if (found) return found;
    const list = Object.assign(document.createElement("ul"), { className: "stack-small answer-files" });
    box.prepend(list);
    return list;
  }

  /** Make the place for files in a question work: `changed()` after what its answer holds has changed. */
  function ready(question, { changed, facts }) {
    const box = question.section.querySelector("[data-answer-files]");
    const input = box?.querySelector("input[type=file][data-upload]");
    if (!box) return;
    const name = `${box.dataset.answerFiles}-file`;
    const makeRoom = () => {
      if (input) input.closest(".field").hidden = box.querySelectorAll("li").length >= Number(input.dataset.count);
    };

    question.showFiles = (files) => { // those that an answer names, where the page does not show them yet
      const wanted = files.map((file) => file.key);
      for (const shown of box.querySelectorAll(`input[name="${name}"]`)) if (!wanted.includes(shown.value)) shown.closest("li").remove();
      for (const file of files) if (!box.querySelector(`input[name="${name}"][value="${file.key}"]`)) question.addFile(file);
      makeRoom();
    };
    question.files = () => [...box.querySelectorAll(`input[name="${name}"]`)].map((field) => {
      const link = field.closest("li").querySelector("a");
      return { key: field.value, name: link.textContent, url: link.getAttribute("href"), size: Number(field.dataset.size ?? 0) };
    });
    question.addFile = (file) => {
      const remove = () => { makeRoom(); changed(); };
      const item = draw(listIn(box), { name: file.name, bytes: file.size, url: file.url, remove });
      const field = Object.assign(document.createElement("input"), { type: "hidden", name, value: file.key });
      field.dataset.size = file.size;
      item.append(field);
      makeRoom();
    };
    question.showWaiting = (file) => {
      const remove = async () => { makeRoom(); await store.dropFile(file.id); changed(); };
      draw(listIn(box), { name: file.name, bytes: file.blob.size, remove }).dataset.waitingFile = file.id;
      makeRoom();
    };
    box.addEventListener("row-gone", makeRoom);
    box.addEventListener("click", (event) => {
      const button = event.target.closest("button[name$='-hapus']");
      if (!button) return;
      event.preventDefault();
      button.closest("li").remove();
      makeRoom();
      changed({ reload: !input }); // the page has no field for another file: the server draws it
    });
    async function choose() {
      const [blob] = input.files;
      input.value = "";
      if (!blob) return undefined;
      if (blob.size > Number(input.dataset.size)) return refused(words("too-large").replace("{name}", blob.name));
      const file = { id: newId(), position: question.position, name: blob.name, blob, url: input.dataset.upload, at: Date.now(), ...facts() };
      await store.addFile(file);
      question.showWaiting(file);
      return changed();
    }
    input?.addEventListener("change", choose);
    if (input?.files.length) choose(); // chosen before this script was there
  }

  return { ready, send, waiting: async () => (await store.files()).length, all: () => store.files() };
}
