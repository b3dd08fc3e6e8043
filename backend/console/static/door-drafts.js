// Drafts, their photos and recordings: in IndexedDB until the server has all of it; in memory where a browser keeps nothing.
// A draft: {id, code, at, state: "writing" | "waiting" | "sent", fields, receipt}. A file: {id, draft, kind, name, blob, step, there}.
const DATABASE = "lianxin-door";
const STORES = ["drafts", "files"];
const OPENS_WITHIN_MS = 3000; // some iPhones never say anything at the first visit
const memory = { drafts: new Map(), files: new Map() };
let opened;

function open() {
  opened = opened || new Promise((resolve) => {
    let request;
    setTimeout(() => resolve(null), OPENS_WITHIN_MS);
    try { request = indexedDB.open(DATABASE, 1); } catch (error) { return resolve(null); }
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store, { keyPath: "id" }));
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => resolve(null);
  });
  return opened;
}

/** Whether what is kept survives a closed tab. */
export async function survives() { return Boolean(await open()); }

async function put(store, entry) {
  memory[store].delete(entry.id);
  if (!(await inStore(store, "readwrite", (held) => held.put(entry))).done) memory[store].set(entry.id, entry);
}

async function remove(store, id) {
  memory[store].delete(id);
  await inStore(store, "readwrite", (held) => held.delete(id));
}

async function all(store) {
  const kept = await inStore(store, "readonly", (held) => held.getAll());
  return [...(kept.result || []), ...memory[store].values()];
}

async function inStore(store, mode, work) {
  const database = await open();
  if (!database) return { done: false };
  return new Promise((resolve) => {
    try {
      const transaction = database.transaction(store, mode);
      const request = work(transaction.objectStore(store)); // an old browser takes no Blob, or has no getAll: it throws
      transaction.oncomplete = () => resolve({ done: true, result: request.result });
      transaction.onerror = transaction.onabort = () => resolve({ done: false });
    } catch (error) { resolve({ done: false }); }
  });
}

export const keep = (draft) => put("drafts", draft);
export const keepFile = (file) => put("files", file);
export const forgetFile = (id) => remove("files", id);
export const drafts = async () => (await all("drafts")).sort((a, b) => a.at - b.at);
export const filesOf = async (draft) => (await all("files")).filter((file) => file.draft === draft.id).sort((a, b) => (a.id < b.id ? -1 : 1));

/** The draft and all that belongs to it are gone from this phone. */
export async function forget(draft) {
  for (const file of await filesOf(draft)) await forgetFile(file.id);
  await remove("drafts", draft.id);
}
