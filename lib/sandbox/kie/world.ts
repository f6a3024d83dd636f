import type { SandboxContext } from "../context.ts";
import { createFaultCounts, type FaultCounts } from "../faults/plan.ts";
import { DEFAULT_SWITCHES, type KieSwitches, type KieViolation, switchesSchema } from "./switches.ts";
import type { KieTask } from "./task.ts";

export interface KieOptions {
  /** Where the API is mounted: `/kie` gives `<origin>/kie/api/v1/jobs/createTask`. No trailing slash. */
  prefix: string;
  uploadPrefix: string;
  /** Results and uploads are served below it, without a key. */
  filesPrefix: string;
  apiKey: string;
  /** Signs callbacks when given, as with the account setting switched on. */
  hmacKey?: string;
  /** Balance at the very first start. 100,000 by default. */
  startCredits?: number;
  /** 2 = tasks take half of the time. 1 by default. */
  speed?: number;
  /** Carries a callback to the product; `fetch` by default. */
  deliver?: (request: Request) => Promise<Response>;
  /** Real milliseconds that the product has for its answer to a callback; 15,000 by default, as documented. */
  callbackTimeoutMs?: number;
}

const COLLECTIONS = {
  tasks: "kie-tasks",
  songs: "kie-songs",
  uploads: "kie-uploads",
  links: "kie-links",
  callbacks: "kie-callbacks",
  violations: "kie-violations",
  account: "kie-account",
} as const;
type KieCollection = keyof typeof COLLECTIONS;

const START_CREDITS = 100_000;
/** Credits have at most two decimals in the price list; rounding keeps binary dust out of the balance. */
const rounded = (credits: number): number => Math.round(credits * 10_000) / 10_000;

/** What all parts of the simulator share: the context, the options, and the account's documents in the store. */
export interface KieWorld {
  readonly context: SandboxContext;
  readonly options: KieOptions;
  /** Epoch milliseconds, virtual. */
  now(): number;
  /** Every quicker or slower thing in the simulator goes through this: milliseconds divided by the speed. */
  paced(milliseconds: number): number;
  get<Document>(collection: KieCollection, id: string): Document | undefined;
  put<Document>(collection: KieCollection, id: string, document: Document): void;
  delete(collection: KieCollection, id: string): void;
  list<Document>(collection: KieCollection): { id: string; document: Document }[];
  task(taskId: string): KieTask | undefined;
  credits(): number;
  changeCredits(by: number): void;
  /** The same for a task's price, which counts against the key's cap as well. */
  bookTask(by: number): void;
  switches(): KieSwitches;
  setSwitches(changes: Partial<KieSwitches>): void;
  /** How often each fault was injected. */
  readonly counts: FaultCounts;
  /** Credits that the key has spent since the last reset, refunds deducted. */
  spent(): number;
  /** How many of the next uploads shall be gone at once. */
  uploadsToLose(): number;
  loseUploads(count: number): void;
  violate(kind: KieViolation["kind"], where: string, what: string): void;
  forgetEverything(): void;
}

export function createKieWorld(context: SandboxContext, options: KieOptions): KieWorld {
  const { store, clock } = context;
  let uploadsToLose = 0;
  const world: KieWorld = {
    context,
    options,
    now: () => clock.now().getTime(),
    paced: (milliseconds) => Math.round(milliseconds / (options.speed ?? 1)),
    get: (collection, id) => store.get(COLLECTIONS[collection], id),
    put: (collection, id, document) => store.put(COLLECTIONS[collection], id, document),
    delete: (collection, id) => store.delete(COLLECTIONS[collection], id),
    list: (collection) => store.list(COLLECTIONS[collection]),
    task: (taskId) => store.get<KieTask>(COLLECTIONS.tasks, taskId),
    credits: () => {
      const account = store.get<{ credits: number }>(COLLECTIONS.account, "balance");
      return account?.credits ?? options.startCredits ?? START_CREDITS;
    },
    changeCredits: (by) => {
      store.put(COLLECTIONS.account, "balance", { credits: rounded(world.credits() + by) });
    },
    bookTask: (by) => {
      world.changeCredits(by);
      store.put(COLLECTIONS.account, "spent", { credits: rounded(world.spent() - by) });
    },
    spent: () => store.get<{ credits: number }>(COLLECTIONS.account, "spent")?.credits ?? 0,
    counts: createFaultCounts(),
    uploadsToLose: () => uploadsToLose,
    loseUploads: (count) => {
      uploadsToLose = count;
    },
    switches: () => ({ ...DEFAULT_SWITCHES, ...store.get<Partial<KieSwitches>>(COLLECTIONS.account, "switches") }),
    setSwitches: (changes) => {
      const known = switchesSchema.parse(changes);
      store.put(COLLECTIONS.account, "switches", { ...world.switches(), ...known });
    },
    violate: (kind, where, what) => {
      const violation: KieViolation = { kind, where, what, at: world.now() };
      store.put(COLLECTIONS.violations, String(store.next("kie-violations")), violation);
      context.note(`KIE: the product must not do this: ${what} (${where})`);
    },
    forgetEverything: () => {
      world.counts.clear();
      uploadsToLose = 0;
      for (const { document } of store.list<{ blobId: string }>(COLLECTIONS.uploads)) store.deleteBlob(document.blobId);
      for (const { document } of store.list<KieTask>(COLLECTIONS.tasks)) {
        for (const file of document.result.files) store.deleteBlob(file.blobId);
      }
      for (const collection of Object.values(COLLECTIONS)) {
        for (const { id } of store.list(collection)) store.delete(collection, id);
      }
    },
  };
  return world;
}
