// Sending: the request first, for the receipt; then each photo through tus, from the byte the server has; then it is taken up.
// All of it may be sent again: every id was made on this phone, so what was there already is there once.
import { forgetFile, keep, keepFile } from "./door-drafts.js";
import { uuid7 } from "./uuid7.js";

const CHUNK = 256 * 1024;
const SILENCE_MS = 60000; // a thin line takes so long to empty what the phone has buffered
const OPEN_FOR_MS = 2 * 3600 * 1000; // an upload that nobody went on with is ended after that
const TUS = { "Tus-Resumable": "1.0.0" };

/** No line, or the server is busy: try again later. */
export class Later extends Error {
  constructor(status) {
    super("later");
    this.status = status || 0;
  }
}

/** The server says why not; `problem` is RFC 9457. */
export class Refused extends Error {
  constructor(status, problem) {
    super([problem.detail].concat((problem.errors || []).map((error) => error.detail)).filter(Boolean).join(" "));
    this.status = status;
  }
}

function call(method, address, headers, body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let silence;
    const heard = () => { clearTimeout(silence); silence = setTimeout(() => request.abort(), SILENCE_MS); };
    const cut = () => request.abort();
    const over = () => { clearTimeout(silence); removeEventListener("offline", cut); };
    request.open(method, address);
    Object.keys(headers).forEach((name) => request.setRequestHeader(name, headers[name]));
    if (onProgress) request.upload.onprogress = (event) => { heard(); onProgress(event.loaded); };
    request.onload = () => { over(); answered(request, resolve, reject); };
    request.onerror = request.onabort = () => { over(); reject(new Later()); };
    addEventListener("offline", cut);
    heard();
    request.send(body);
  });
}

function answered(request, resolve, reject) {
  if (request.status >= 200 && request.status < 300) return resolve(request);
  if (request.status >= 500 || [0, 408, 423, 429].includes(request.status)) return reject(new Later(request.status));
  let problem = {};
  try { problem = JSON.parse(request.responseText); } catch (error) { problem = { detail: `HTTP ${request.status}` }; }
  reject(new Refused(request.status, problem));
}

function postJson(address, body) {
  return call("POST", address, { "Content-Type": "application/json", Accept: "application/json" }, JSON.stringify(body));
}

/** The receipt of a draft: asked for once, and kept with it. */
export async function ask(draft) {
  if (draft.receipt) return draft.receipt;
  const form = Object.keys(draft.fields).map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(draft.fields[name])}`).join("&");
  const headers = { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" };
  const answer = await call("POST", `/q/${encodeURIComponent(draft.code)}`, headers, form);
  draft.receipt = JSON.parse(answer.responseText);
  draft.state = "sent";
  await keep(draft);
  return draft.receipt;
}

/** One file to the server and into the request. `onProgress` hears how many of its bytes have arrived. */
export async function upload(draft, file, onProgress) {
  if (!file.there) {
    try {
      await withTicket(draft, (ticket) => bytes(file, ticket, onProgress));
    } catch (error) {
      if (isOver(error, file)) await renew(file);
      throw error instanceof Refused && error.status === 409 ? new Later() : error;
    }
    file.there = true;
    await keepFile(file);
  }
  await withTicket(draft, (ticket) => postJson(`/api/v1/receipts/${draft.receipt.number}/photos`, { ticket, id: file.step, photo_ids: [file.id] }));
}

// A ticket is good for half an hour; with the number and the secret this phone gets another one.
async function withTicket(draft, work) {
  try {
    return await work(draft.receipt.ticket);
  } catch (error) {
    if (!(error instanceof Refused) || ![401, 404].includes(error.status)) throw error;
    const answer = await postJson(`/api/v1/receipts/${draft.receipt.number}/tickets`, { secret: draft.receipt.secret });
    draft.receipt.ticket = JSON.parse(answer.responseText).ticket;
    await keep(draft);
    return work(draft.receipt.ticket);
  }
}

// What was begun hours ago is swept on the server: its id stands for nothing any more, or for other bytes.
function isOver(error, file) {
  return [409, 410].includes(error.status) || (error.status === 429 && Date.now() - file.begun > OPEN_FOR_MS);
}

async function renew(file) {
  await forgetFile(file.id);
  file.id = uuid7();
  file.step = uuid7();
  file.begun = null;
  await keepFile(file);
}

/** Opening the same upload again finds it, and says from which byte to go on. */
export async function bytes(file, ticket, onProgress) {
  if (!file.begun) {
    file.begun = Date.now();
    await keepFile(file);
  }
  const opener = Object.assign({ "Upload-Opener": `receipt ${ticket}` }, TUS);
  const words = { id: file.id, filename: file.name, filetype: file.blob.type || "application/octet-stream" };
  const metadata = Object.keys(words).map((name) => `${name} ${base64(words[name])}`).join(",");
  const found = await call("POST", "/uploads", Object.assign({ "Upload-Length": String(file.blob.size), "Upload-Metadata": metadata }, opener), null);
  let offset = Number(found.getResponseHeader("Upload-Offset"));
  while (offset < file.blob.size) {
    onProgress(offset);
    const from = offset;
    const headers = Object.assign({ "Upload-Offset": String(from), "Content-Type": "application/offset+octet-stream" }, opener);
    const answer = await call("PATCH", `/uploads/${file.id}`, headers, file.blob.slice(from, from + CHUNK), (sent) => onProgress(from + sent));
    offset = Number(answer.getResponseHeader("Upload-Offset"));
  }
  onProgress(offset);
}

function base64(text) {
  return btoa(unescape(encodeURIComponent(text)));
}
