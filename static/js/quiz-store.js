/* What a device keeps of an attempt until the server has it: one record a person and attempt, and files that wait.

   In IndexedDB, where a change is one transaction, so that two tabs never write over each other; where that is refused, in
   localStorage, without files; where that is refused too, in the page alone, and `lasting` is false. */

const DATABASE = "kuis", RECORDS = "attempts", FILES = "files";

const fresh = () => ({ queue: [], known: {}, seen: {}, page: 0, reached: 0, submit: null });

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(RECORDS);
    request.result.createObjectStore(FILES, { keyPath: "id" }).createIndex("owner", "owner");
  };
  return asked(request);
}

function inDatabase(database) {
  function within(store, mode, act) {
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
      act(transaction.objectStore(store), (value) => { result = value; });
    });
  }
  return {
    lasting: true,
    change: (owner, act) => within(RECORDS, "readwrite", (store, done) => {
      const request = store.get(owner);
      request.onsuccess = () => {
        const record = request.result ?? fresh();
        act(record);
        store.put(record, owner);
        done(record);
      };
    }),
    drop: (owner) => within(RECORDS, "readwrite", (store) => store.delete(owner)),
    addFile: (file) => within(FILES, "readwrite", (store) => store.put(file)),
    dropFile: (id) => within(FILES, "readwrite", (store) => store.delete(id)),
    files: (owner) => within(FILES, "readonly", (store, done) => {
      const request = store.index("owner").getAll(owner);
      request.onsuccess = () => done(request.result.sort((one, other) => one.at - other.at));
    }),
  };
}

function inText(read, write, lasting) { // files stay in the page: text has no room for them
  const waiting = new Map();
  return {
    lasting,
    async change(owner, act) {
      const record = JSON.parse(read(owner) ?? "null") ?? fresh();
      act(record);
      write(owner, JSON.stringify(record));
      return record;
    },
    async drop(owner) { write(owner, null); },
    async addFile(file) { waiting.set(file.id, file); },
    async dropFile(id) { waiting.delete(id); },
    async files(owner) { return [...waiting.values()].filter((file) => file.owner === owner); },
  };
}

function inLocalStorage() {
  localStorage.setItem("kuis", "1"); // throws where storage is refused
  const write = (owner, text) => (text === null ? localStorage.removeItem(`kuis ${owner}`) : localStorage.setItem(`kuis ${owner}`, text));
  return inText((owner) => localStorage.getItem(`kuis ${owner}`), write, true);
}

function inPage(owner, record) {
  const records = new Map(record ? [[owner, JSON.stringify(record)]] : []);
  return inText((owner) => records.get(owner), (owner, text) => records.set(owner, text), false);
}

async function firstThatWorks(owner) {
  try {
    const store = inDatabase(await openDatabase());
    await store.change(owner, () => {});
    return store;
  } catch { /* refused: a private window, a full disk */ }
  try { return inLocalStorage(); } catch { return inPage(owner); }
}

/** Open the store of one owner; one that fails later (the disk is full) goes on in the page, and says so by `lasting`. */
export async function openStore(owner) {
  let inner = await firstThatWorks(owner), newest;
  const safely = async (name, ...given) => {
    try {
      return await inner[name](...given);
    } catch {
      inner = inPage(owner, newest);
      return inner[name](...given);
    }
  };
  return {
    get lasting() { return inner.lasting; },
    change: async (act = () => {}) => (newest = await safely("change", owner, act)),
    drop: () => safely("drop", owner),
    files: () => safely("files", owner),
    addFile: (file) => safely("addFile", { ...file, owner }),
    dropFile: (id) => safely("dropFile", id),
  };
}

/* Last words: a page that is being closed has no time for a transaction. The next page takes them over. */

const LAST = "kuis-terakhir ";

export function leaveLastWords(owner, steps) {
  try { localStorage.setItem(LAST + owner, JSON.stringify(steps)); } catch { /* then the parcel on its way must do */ }
}

export function lastWords(owner) {
  try { return JSON.parse(localStorage.getItem(LAST + owner) ?? "[]"); } catch { return []; }
}

export function forgetLastWords(owner) {
  try { localStorage.removeItem(LAST + owner); } catch { /* there are none */ }
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // only where the page is secure
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
