/* Ordering: buttons move an item up or down; the hidden selects with the places follow and tell of the change, as if chosen there.
   Without this script the selects serve. Before the first move every select is empty, so nothing counts as an answer.

   [data-ordering]  [data-items] holds [data-item], each with a select, [data-place] and buttons [data-move=-1|1]; [data-status] is read out. */

const readied = new WeakSet();

function ready(box) {
  const list = box.querySelector("[data-items]");
  if (readied.has(box) || !list || box.querySelector("select:disabled")) return;
  readied.add(box);
  const items = () => [...list.children];
  const select = (item) => item.querySelector("select");

  function show() {
    items().forEach((item, index, all) => {
      item.querySelector("[data-place]").textContent = select(item).value || "–";
      item.querySelector("[data-move='-1']").disabled = index === 0;
      item.querySelector("[data-move='1']").disabled = index === all.length - 1;
    });
  }

  function move(button) {
    const item = button.closest("[data-item]");
    const step = Number(button.dataset.move);
    const neighbour = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!neighbour) return;
    if (step < 0) item.after(neighbour); // the neighbour moves, so that the button keeps its focus
    else item.before(neighbour);
    items().forEach((each, index) => { select(each).value = index + 1; });
    show();
    if (button.disabled) item.querySelector("[data-move]:not(:disabled)")?.focus(); // at an end of the list
    const facts = { item: item.querySelector("[data-words]").textContent.trim(), place: select(item).value, of: items().length };
    box.querySelector("[data-status]").textContent = box.dataset.said.replace(/\{(\w+)\}/g, (_all, name) => facts[name]);
    select(item).dispatchEvent(new Event("change", { bubbles: true }));
  }

  const place = (item) => Number(select(item).value) || Infinity;
  function sort() {
    if (items().some((item) => select(item).value)) list.append(...items().sort((one, other) => place(one) - place(other) || 0));
  }
  sort();
  document.addEventListener("answer-shown", (event) => { // a script has put a kept answer into the selects
    if (!event.target.contains(box)) return;
    sort();
    show();
  });
  box.classList.add("ordering--moving");
  for (const part of box.querySelectorAll("[data-place], [data-moves], [data-with-script]")) part.hidden = false;
  for (const part of box.querySelectorAll("[data-without-script]")) part.hidden = true;
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) move(button);
  });
  show();
}

const readyAll = () => document.querySelectorAll("[data-ordering]").forEach(ready);
new MutationObserver(readyAll).observe(document.documentElement, { childList: true, subtree: true });
readyAll();
