// Doors that wait on the phone. A mark has its letter beside it; each is known by an id, so that sent twice it is there once.
// What is sent stays until a page of the server counts it: state "waiting" → "sent" → "counted" (a few, for slips) → gone.
import { box, whoIsSignedIn } from "./queue.js";

const CACHE = "lianxin-round";
const MOST_MARKS = 1000;
const KEPT_FOR_SLIPS = 10;
const { keep, forget, all } = box("lianxin-round", "doors");
export { forget, keep };

export const doorsOf = async (author) => (await all()).filter((entry) => entry.author === author).sort((a, b) => a.at.localeCompare(b.at));
const markWaits = (entry) => !entry.mark_sent;
const letterWaits = (entry) => entry.letter && !entry.letter_sent;
export const waits = (entry) => markWaits(entry) || Boolean(letterWaits(entry));

/** Send what waits: marks in batches a round, then letters. Answers how many came after their round was closed, or why it stopped: "offline", "signed-out", "other-person". */
export async function sendDoors(author) {
  const entries = (await doorsOf(author)).filter(waits);
  if (!entries.length) return { stopped: null, missed: 0 };
  const signedIn = await whoIsSignedIn();
  if (signedIn === undefined) return { stopped: "offline", missed: 0 };
  if (signedIn !== author) return { stopped: signedIn === null ? "signed-out" : "other-person", missed: 0 };
  const stopped = await sendMarks(entries.filter(markWaits)) || await sendLetters(entries.filter(letterWaits));
  return { stopped, missed: await forgetMissed(author) };
}

async function sendMarks(entries) {
  for (const [round, ofRound] of grouped(entries)) {
    for (let from = 0; from < ofRound.length; from += MOST_MARKS) {
      const batch = ofRound.slice(from, from + MOST_MARKS);
      const marks = batch.map(({ id, household_id, mark, age_band, at }) => ({ id, household_id, mark, age_band, at }));
      const { stopped, problem, told } = await post(`/api/v1/antifraud/rounds/${round}/marks/batch`, { marks });
      if (stopped) return stopped;
      await Promise.all(batch.map((entry, index) => judged(entry, problem || told.rows[index].problem)));
    }
  }
  return null;
}

function grouped(entries) {
  const found = new Map();
  for (const entry of entries) found.set(entry.round, [...(found.get(entry.round) || []), entry]);
  return found;
}

function judged(entry, problem) {
  Object.assign(entry, problem ? { problem } : { mark_sent: true, problem: null });
  return keep(entry);
}

async function sendLetters(entries) {
  for (const entry of entries) {
    const { id, move, serial } = entry.letter;
    const letter = { id, move, first: serial, division_code: entry.village, at: entry.at, round_id: entry.round };
    const { stopped, problem } = await post("/api/v1/antifraud/letters", letter);
    if (stopped) return stopped;
    Object.assign(entry, problem ? { letter_problem: problem } : { letter_sent: true, letter_problem: null });
    await keep(entry);
  }
  return null;
}

// A round that is closed knows no doors any more, and neither may the phone.
async function forgetMissed(author) {
  const missed = (await doorsOf(author)).filter((entry) => entry.problem?.code === "antifraud/round-over");
  const gone = missed.filter((entry) => !letterWaits(entry) || entry.letter_problem);
  await Promise.all(gone.map((entry) => forget(entry.id)));
  return gone.length;
}

async function post(address, body) {
  try {
    const answer = await fetch(address, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, credentials: "same-origin" });
    if (answer.status === 401) return { stopped: "signed-out" };
    if (answer.status >= 500 || answer.status === 429) return { stopped: "offline" };
    const told = await answer.json().catch(() => ({ detail: `HTTP ${answer.status}` }));
    return answer.ok ? { told } : { problem: told };
  } catch {
    return { stopped: "offline" };
  }
}

/** A page of the server counts these: the newest few stay for slips, the others go. */
export async function counted(entries) {
  for (const entry of entries) await keep({ ...entry, counted: true });
  const done = (await all()).filter((entry) => entry.counted && !waits(entry)).sort((a, b) => b.at.localeCompare(a.at));
  await Promise.all(done.slice(KEPT_FOR_SLIPS).map((entry) => forget(entry.id)));
}

/** The doors of this phone are deleted: the page that was kept for a day without signal, and whatever has been sent. */
export async function forgetDoors() {
  await globalThis.caches?.delete(CACHE);
  await Promise.all((await all()).filter((entry) => !waits(entry)).map((entry) => forget(entry.id)));
}

/** Before signing out: everything is sent and nothing of it stays on the phone. False where something still waits. */
export async function leaveDoors() {
  const author = (await all()).find(waits)?.author;
  const outcome = author ? await sendDoors(author) : { stopped: null };
  if (outcome.stopped !== "other-person" && outcome.stopped !== "signed-out" && author && (await doorsOf(author)).some(waits)) return false;
  await forgetDoors();
  return true;
}
