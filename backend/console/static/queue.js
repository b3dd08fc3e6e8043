// The offline queue: contacts wait in IndexedDB, photos with them, until the server has said that they are on disk.
// Every entry keeps the id it was made with (sent twice, it is there once) and its author: it is only ever sent as him.

const DATABASE = "lianxin";
const STORE = "contacts";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => { database.close(); resolve(request.result); };
    transaction.onerror = transaction.onabort = () => { database.close(); reject(transaction.error); };
  });
}

export const keep = (entry) => inStore("readwrite", (store) => store.put(entry));
export const forget = (id) => inStore("readwrite", (store) => store.delete(id));
export const waiting = async (author) => (await inStore("readonly", (store) => store.getAll())).filter((entry) => entry.author === author);

/** A version 7 UUID: the phone makes the id, so that a retry is the same record. */
export function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let milliseconds = Date.now();
  for (let i = 5; i >= 0; i--) { bytes[i] = milliseconds % 256; milliseconds = Math.floor(milliseconds / 256); }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

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
