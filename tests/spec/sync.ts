// An app's sync with nothing but the types that openapi-typescript makes of our document.
import type { operations } from "./api";

type Page = operations["syncPull"]["responses"]["200"]["content"]["application/json"];
type Batch = operations["syncPush"]["requestBody"]["content"]["application/json"];
type Verdict = operations["syncPush"]["responses"]["200"]["content"]["application/json"]["rows"][number];
type Command = Batch["commands"][number];
type Entity = keyof Page["changes"];
type Why = NonNullable<Page["changes"]["tasks"]>["gone"][number]["why"];

export interface Store {
  transaction(work: () => void): void;
  forgetAll(): void;
  put(entity: Entity, id: string, record: unknown): void;
  letGo(entity: Entity, id: string, why: Why): void;
  cursor: string | null;
}

/** Keeps one answer, records and cursor together; whether to pull again at once. */
export function keep(page: Page, store: Store): boolean {
  store.transaction(() => {
    if (page.reset) store.forgetAll();
    for (const entity of Object.keys(page.changes) as Entity[]) {
      for (const record of page.changes[entity]?.put ?? []) store.put(entity, record.id, record);
      for (const gone of page.changes[entity]?.gone ?? []) store.letGo(entity, gone.id, gone.why);
    }
    store.cursor = page.cursor;
  });
  return page.more;
}

export type Standing = "queued" | "waiting" | "done" | "conflict" | "refused";

/** Where a verdict leaves a command. A word that comes later leaves it in the queue. */
export function standingAfter(verdict: Verdict): Standing {
  if (verdict.conflict_id) return "conflict";
  switch (verdict.outcome) {
    case "stored":
    case "merged":
    case "duplicate":
      return "done";
    case "conflict":
    case "waiting":
    case "refused":
      return verdict.outcome;
    case "held_back":
      return "queued";
    default: {
      const notKnownYet: never = verdict.outcome;
      return notKnownYet ?? "queued";
    }
  }
}

/** What is told at the moment at which something is done. */
const frame = () => ({ id: crypto.randomUUID(), captured_at: new Date().toISOString() });

/** The arguments are those of the operation that does the same online: each verb has its own. */
export const aDay = (task: string, note: string): Command[] => [
  {
    ...frame(),
    verb: "recordVisit",
    arguments: { channel: "visit", occurred_at: "2026-11-20T15:31:52+08:00", household_code: "LLM-001" },
  },
  { ...frame(), verb: "completeTask", arguments: { task_id: task, remark: note } },
];

// @ts-expect-error a task is named by its id
export const whichTask: Command = { ...frame(), verb: "completeTask", arguments: { remark: "" } };
// @ts-expect-error nobody can do that offline
export const notOffline: Command = { ...frame(), verb: "signIn", arguments: { phone: "", password: "" } };
// @ts-expect-error no verdict says so
export const noOutcome: Verdict["outcome"] = "lost";
