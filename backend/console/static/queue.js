// The offline queue: contacts wait in IndexedDB, photos with them, until the server has said that they are on disk.
// Every entry keeps the id it was made with (sent twice, it is there once) and its author: it is only ever sent as him.

export { uuid7 } from "./uuid7.js";

/** A box of entries in IndexedDB, known by their ids; what was put in is on the disk when it says so. */
export function box(database, name) {
  const open = () => new Promise((resolve, reject) => {
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(name, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  async function within(mode, work) {
    const opened = await open();
    return new Promise((resolve, reject) => {
      const transaction = opened.transaction(name, mode, { durability: "strict" });
      const request = work(transaction.objectStore(name));
      transaction.oncomplete = () => { opened.close(); resolve(request.result); };
      transaction.onerror = transaction.onabort = () => { opened.close(); reject(transaction.error); };
    });
  }
  return {
    keep: (entry) => within("readwrite", (store) => store.put(entry)),
    forget: (id) => within("readwrite", (store) => store.delete(id)),
    all: () => within("readonly", (store) => store.getAll()),
  };
}

const contacts = box("lianxin", "contacts");
export const { keep, forget } = contacts;
export const waiting = async (author) => (await contacts.all()).filter((entry) => entry.author === author);

/** Who the server thinks is signed in: his id, null for nobody, undefined when the server cannot be reached. */
export async function whoIsSignedIn() {
  try {
    const answer = await fetch("/api/v1/me", { credentials: "same-origin" });
    if (answer.status === 401) return null;
    return answer.ok ? (await answer.json()).person_id : undefined;
  } catch {
    return undefined;
  }
}

/** Send one entry: photos first, then the contact. Answers "sent", "signed-out", "offline" or the problem that refused it. */
export async function send(entry) {
  try {
    for (const photo of entry.photos) {
      const answer = await post("/api/v1/photos", photoForm(photo));
      if (answer !== "sent") return answer;
    }
    const visit = { ...entry.visit, sent_at: new Date().toISOString() };
    return await post("/api/v1/visits", JSON.stringify(visit), { "Content-Type": "application/json" });
  } catch {
    return "offline";
  }
}

function photoForm(photo) {
  const form = new FormData();
  form.append("id", photo.id);
  form.append("photo", photo.blob, photo.name || "photo.jpg");
  return form;
}

async function post(address, body, headers = {}) {
  const answer = await fetch(address, { method: "POST", body, headers, credentials: "same-origin" });
  if (answer.ok) return "sent";
  if (answer.status === 401) return "signed-out";
  if (answer.status >= 500 || answer.status === 429) return "offline";
  return await answer.json().catch(() => ({ detail: `HTTP ${answer.status}` }));
}
