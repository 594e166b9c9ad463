/* The box of an essay: counts its words, and where `data-essay="rich"` puts a small editor over it: bold, italic, lists.
   The textarea stays what is sent: every change is written into it and told by its own `input` event, as if typed there. */

const WORDS = { strong: "strong", b: "strong", em: "em", i: "em" };
const LISTS = ["ul", "ol"];
const BLOCKS = "p, div, ul, ol, li, h1, h2, h3, h4, blockquote, table";
const nameOf = (node) => node.nodeName.toLowerCase();

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\u00a0/g, " ");
}

function inline(node) {
  if (node.nodeType === Node.TEXT_NODE) return escaped(node.data);
  if (nameOf(node) === "br") return "<br>";
  const within = [...node.childNodes].map(inline).join("");
  const tag = WORDS[nameOf(node)];
  return tag && within.trim() ? `<${tag}>${within}</${tag}>` : within;
}

function paragraph(words) {
  const trimmed = words.replace(/^(?:\s|<br>)+|(?:\s|<br>)+$/g, "");
  return trimmed ? `<p>${trimmed}</p>` : "";
}

function item(node) {
  const lists = [...node.children].filter((child) => LISTS.includes(nameOf(child)));
  const words = [...node.childNodes].filter((child) => !lists.includes(child)).map(inline).join("").replace(/<br>$/, "");
  return `<li>${words}${lists.map((list) => blocks({ childNodes: [list] })).join("")}</li>`;
}

function blocks(parent) { // safe HTML of the few tags an essay has; the server makes it safe again
  let html = "", words = "";
  const close = () => { html += paragraph(words); words = ""; };
  for (const node of parent.childNodes) {
    const name = nameOf(node);
    if (LISTS.includes(name)) {
      close();
      html += `<${name}>${[...node.children].map(item).join("")}</${name}>`;
    } else if (node.nodeType === Node.ELEMENT_NODE && node.matches(BLOCKS)) {
      close();
      html += node.querySelector(BLOCKS) ? blocks(node) : paragraph(inline(node));
    } else {
      words += inline(node);
    }
  }
  close();
  return html;
}

function fromPlain(text) {
  return text.split(/\n\s*\n/).map((part) => paragraph(escaped(part.trim()).replace(/\n/g, "<br>"))).join("");
}

function makeEditor(box, textarea) {
  const editor = document.createElement("div");
  editor.className = "essay__editor";
  editor.contentEditable = "true";
  const label = box.querySelector("label");
  const facts = { role: "textbox", "aria-multiline": "true", "aria-labelledby": label.id };
  facts["aria-describedby"] = textarea.getAttribute("aria-describedby");
  for (const [name, value] of Object.entries(facts)) editor.setAttribute(name, value);
  const kept = box.querySelector("[data-essay-html]").innerHTML;
  function show() {
    const source = textarea.value === textarea.defaultValue ? kept : textarea.value; // else it was brought back
    const page = new DOMParser().parseFromString(/^\s*<(p|ul|ol)\b/.test(source) ? source : fromPlain(source), "text/html");
    editor.innerHTML = blocks(page.body) || "<p><br></p>";
  }
  show();
  document.addEventListener("answer-shown", (event) => { if (event.target.contains(box)) show(); });

  const tools = document.createElement("div");
  tools.className = "essay__tools";
  tools.setAttribute("role", "toolbar");
  tools.setAttribute("aria-label", box.dataset.tools);
  const commands = { bold: "bold", italic: "italic", bullets: "insertUnorderedList", numbered: "insertOrderedList" };
  const buttons = Object.entries(commands).map(([word, command]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet button--small";
    button.textContent = box.dataset[word];
    button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays where it is
    button.addEventListener("click", () => { editor.focus(); document.execCommand(command); changed(); });
    return [button, command];
  });
  tools.append(...buttons.map(([button]) => button));

  function showState() {
    if (!editor.contains(document.getSelection().anchorNode)) return;
    for (const [button, command] of buttons) button.setAttribute("aria-pressed", document.queryCommandState(command));
  }
  function changed() {
    textarea.value = blocks(editor);
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
    showState();
  }
  editor.addEventListener("input", (event) => { event.stopPropagation(); changed(); });
  editor.addEventListener("paste", (event) => {
    event.preventDefault();
    const words = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
    document.execCommand("insertHTML", false, words.includes("\n") ? fromPlain(words) : escaped(words));
  });
  editor.addEventListener("focus", () => document.execCommand("defaultParagraphSeparator", false, "p"), { once: true });
  document.addEventListener("selectionchange", showState);
  label.addEventListener("click", () => editor.focus());
  textarea.before(tools, editor);
  textarea.hidden = true;
}

for (const box of document.querySelectorAll("[data-essay]")) {
  const textarea = box.querySelector("textarea");
  const count = box.querySelector("[data-essay-count]");
  const say = (words, number) => words.replace("{n}", number);
  textarea.addEventListener("input", () => {
    const text = box.dataset.essay === "rich" ? textarea.value.replace(/<\/?(?:p|br|li|ul|ol)>/g, " ").replace(/<[^>]*>/g, "") : textarea.value;
    const words = text.split(/\s+/).filter(Boolean).length;
    const { one, many, least, most, few, over } = count.dataset;
    const parts = [words === 1 ? one : say(many, words)];
    if (words < Number(least)) parts.push(say(few, least - words));
    if (most && words > Number(most)) parts.push(say(over, words - most));
    count.textContent = parts.join(" · ");
  });
  if (box.dataset.essay === "rich" && !textarea.disabled) makeEditor(box, textarea);
}
