/* The access condition of a page in the admin, as nested groups of rows. What is chosen goes into the hidden field as JSON after every
   change; a row that is not complete yet is left out. The words, and all that may be chosen, come with the page.

   A group is {mode: "all" | "any" | "none", items}; a row is {kind, value, percent, at, zone, negated}. */

const MOMENTS = ["from", "until"];
const OFFSETS = { "Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9 };

// --- between JSON and what is shown ---

function localIn(zone, iso) {
  return new Date(new Date(iso).getTime() + OFFSETS[zone] * 3600e3).toISOString().slice(0, 16);
}

function rowOf(leaf, negated, zone) {
  const kind = Object.keys(leaf).find((key) => key !== "at_least");
  if (!MOMENTS.includes(kind)) return { kind, value: String(leaf[kind]), percent: leaf.at_least ?? "", at: "", zone, negated };
  const hours = Number((leaf[kind].match(/([+-]\d\d):\d\d$/) || [])[1]);
  const own = Object.keys(OFFSETS).find((name) => OFFSETS[name] === hours) || zone;
  return { kind, value: "", percent: "", at: localIn(own, leaf[kind]), zone: own, negated };
}

function itemOf(part, zone, negated = false) {
  if ("not" in part) return itemOf(part.not, zone, !negated);
  const mode = ["all", "any"].find((key) => key in part);
  if (!mode) return rowOf(part, negated, zone);
  const group = { mode, items: part[mode].map((inner) => itemOf(inner, zone)) };
  if (!negated) return group;
  return mode === "any" ? { ...group, mode: "none" } : { mode: "none", items: [group] };
}

function groupOf(tree, zone) {
  if (!Object.keys(tree).length) return { mode: "all", items: [] };
  const item = itemOf(tree, zone);
  return item.items ? item : { mode: "all", items: [item] };
}

function jsonOf(item) {
  if (item.items) {
    const parts = item.items.map(jsonOf).filter(Boolean);
    if (!parts.length) return null;
    if (item.mode === "none") return { not: { any: parts } };
    return parts.length === 1 ? parts[0] : { [item.mode]: parts };
  }
  let leaf = null;
  if (MOMENTS.includes(item.kind)) {
    if (item.at) leaf = { [item.kind]: `${item.at}:00+0${OFFSETS[item.zone]}:00` };
  } else if (item.value !== "" && !(item.kind === "mark" && item.percent === "")) {
    leaf = { [item.kind]: /^\d+$/.test(item.value) ? Number(item.value) : item.value };
    if (item.kind === "mark") leaf.at_least = Number(item.percent);
  }
  return leaf && (item.negated ? { not: leaf } : leaf);
}

// --- words ---

const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_all, name) => values[name] ?? "").replace("%%", "%");

function phrase(item, told, inside) {
  if (item.items) {
    const parts = item.items.map((one) => phrase(one, told, true)).filter(Boolean);
    const text = parts.join(item.mode === "all" ? told.words.and : told.words.or);
    if (item.mode === "none" && text) return `${told.words.not} (${text})`;
    return inside && parts.length > 1 ? `(${text})` : text;
  }
  if (!jsonOf(item)) return "";
  const named = (told.values[item.kind] || []).find(([value]) => String(value) === item.value);
  const zone = (told.zones.find(([name]) => name === item.zone) || [])[1];
  const moment = item.at && `${item.at.slice(8, 10)}/${item.at.slice(5, 7)}/${item.at.slice(0, 4)} ${item.at.slice(11).replace(":", ".")} ${zone}`;
  const values = { name: named ? named[1].replace(/^[— ]+/, "") : "?", mark: `${item.percent}%`, moment };
  return fill(told.phrases[(item.negated ? "not_" : "") + item.kind], values);
}

// --- what is shown ---

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const labelled = (text, control) => element("label", {}, text, control);

function choice(pairs, chosen, change, first = null) {
  const options = pairs.map(([value, label]) => element("option", { value: String(value), textContent: label }));
  if (first) options.unshift(element("option", { value: "", textContent: first }));
  const select = element("select", {}, ...options);
  select.value = chosen;
  select.addEventListener("change", () => change(select.value));
  return select;
}

class Field {
  constructor(root) {
    this.root = root;
    this.told = JSON.parse(document.getElementById(root.dataset.condition).textContent);
    this.hidden = root.querySelector("[data-condition-tree]");
    this.group = groupOf(JSON.parse(this.hidden.value), this.told.zone);
    root.querySelector("[data-condition-mode]").value = "tree";
    root.querySelector("[data-condition-plain]").remove();
    this.place = root.appendChild(element("div"));
    this.draw();
  }

  keep() {
    const text = JSON.stringify(jsonOf(this.group) || {});
    const { words } = this.told;
    const said = phrase(this.group, this.told, false);
    this.root.querySelector("[data-condition-sentence]").textContent = said ? fill(words.opens, { condition: said }) : words.nothing;
    if (text === this.hidden.value) return;
    this.hidden.value = text;
    this.hidden.dispatchEvent(new Event("change", { bubbles: true }));
  }

  draw(focus = "") {
    this.place.replaceChildren(this.drawGroup(this.group, null, "0"));
    this.keep();
    if (focus) this.place.querySelector(`[data-place="${focus}"] select, [data-place="${focus}"] button`)?.focus();
  }

  button(text, click) {
    const made = element("button", { type: "button", className: "button button-small button-secondary", textContent: text });
    made.addEventListener("click", click);
    return made;
  }

  add(group, item, place) {
    group.items.push(item);
    this.draw(`${place}.${group.items.length - 1}`);
  }

  remove(group, item, place) {
    group.items.splice(group.items.indexOf(item), 1);
    this.draw(place);
  }

  drawGroup(group, above, place) {
    const { words } = this.told;
    const modes = ["all", "any", "none"].map((mode) => [mode, words[mode]]);
    const fresh = () => ({ kind: this.told.kinds[0][0], value: "", percent: "", at: "", zone: this.told.zone, negated: false });
    const depth = place.split(".").length;
    const tools = element("div", { className: "condition__tools" },
      labelled(words.how, choice(modes, group.mode, (mode) => { group.mode = mode; this.keep(); })),
      this.button(words.add, () => this.add(group, fresh(), place)));
    if (depth < 4) tools.append(this.button(words.addGroup, () => this.add(group, { mode: "any", items: [fresh()] }, place)));
    if (above) tools.append(this.button(words.remove, () => this.remove(above, group, place.replace(/\.\d+$/, ""))));
    const inside = group.items.map((item, number) => (
      item.items ? this.drawGroup(item, group, `${place}.${number}`) : this.drawRow(item, group, `${place}.${number}`)));
    const made = element("fieldset", { className: "condition__group" },
      element("legend", { className: "w-sr-only", textContent: words.group }), tools, ...inside);
    made.dataset.place = place;
    return made;
  }

  drawRow(row, group, place) {
    const { words, kinds, values, zones } = this.told;
    const set = (name) => (value) => { row[name] = value; this.keep(); };
    const input = (type, name, more = {}) => {
      const made = element("input", { type, value: row[name], ...more });
      made.addEventListener("input", () => set(name)(made.value));
      return made;
    };
    const not = element("input", { type: "checkbox", checked: row.negated });
    not.addEventListener("change", () => set("negated")(not.checked));
    const parts = [
      element("label", {}, not, words.not),
      labelled(words.what, choice(kinds, row.kind, (kind) => { Object.assign(row, { kind, value: "" }); this.draw(place); })),
    ];
    if (MOMENTS.includes(row.kind)) {
      parts.push(labelled(words.at, input("datetime-local", "at")), labelled(words.zone, choice(zones, row.zone, set("zone"))));
    } else parts.push(labelled(words.value, choice(values[row.kind], row.value, set("value"), words.choose)));
    if (row.kind === "mark") parts.push(labelled(words.percent, input("number", "percent", { min: 0, max: 100 })));
    parts.push(this.button(words.remove, () => this.remove(group, row, place.replace(/\.\d+$/, ""))));
    const made = element("div", { className: "condition__row" }, ...parts);
    made.dataset.place = place;
    return made;
  }
}

for (const root of document.querySelectorAll("[data-condition]")) {
  try { new Field(root); } catch { /* a tree that cannot be read stays as the page shows it */ }
}
