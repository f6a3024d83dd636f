import { afterAll, beforeAll, expect, test } from "vitest";
import type { CatalogChange } from "../../../lib/catalog/live/changes.ts";
import { readAdminFacts, readProposal } from "../../../lib/db/catalog-changes.ts";
import {
  approveChange,
  completeChange,
  ignoreChange,
  prepareRevision,
  rollBackChange,
  saveSettingChange,
} from "../../../lib/db/catalog-decisions.ts";
import type { Database } from "../../../lib/db/client.ts";
import { readDialogue } from "../../../lib/db/dialogues.ts";
import { readLiveCatalog } from "../../../lib/db/live-catalog.ts";
import { RACERS, type Rig, raceAt, racers, startRig, tally } from "../../races/rig.ts";
import type { TestDatabase } from "../../support/database.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const ADMIN = 7;

let rig: Rig;
let db: TestDatabase;
let database: Database;
beforeAll(async () => {
  rig = await startRig({ races: true });
  ({ db, database } = await rig.open());
  await prepareRevision(database, NOW);
});
afterAll(async () => {
  await rig.end();
});

const gone = (model: string): CatalogChange => ({ kind: "gone-model", model });

async function proposed(id: string, change: CatalogChange = gone(id)): Promise<string> {
  await db.rows(
    "insert into catalog_changes (id, kind, payload, status, created_at) values ($1, 'change', $2, 'proposed', $3)",
    [id, JSON.stringify(change), NOW.toISOString()],
  );
  return id;
}

const decision = (proposalId: string) => ({ proposalId, adminId: ADMIN, now: NOW });

async function checked(proposalId: string): Promise<{ revision: number; fingerprint: string }> {
  const { catalogRevision, fingerprint } = await readProposal(database, proposalId);
  return { revision: catalogRevision, fingerprint };
}

const approved = async (id: string) => approveChange(database, { ...decision(id), checked: await checked(id) });
const revision = async () => (await readLiveCatalog(database)).live.revision;
const rowOf = async (id: string) =>
  (
    await db.rows("select status, decided_by, decided_at is null as undecided from catalog_changes where id = $1", [id])
  )[0];

test("B5: one proposal approved by many at once is approved once, and the revision rises by one", async () => {
  const id = await proposed("racing");
  const seen = await checked(id);
  const answers = await raceAt(
    db,
    { sql: "select 1 from settings where key = 'catalog' for update" },
    racers(RACERS, () => approveChange(database, { ...decision(id), checked: seen })),
  );
  expect(tally(answers.map(String))).toEqual({ null: RACERS - 1, [seen.revision + 1]: 1 });
  expect(await revision()).toBe(seen.revision + 1);
  expect(await rowOf(id)).toEqual({ status: "approved", decided_by: String(ADMIN), undecided: false });
});

test("B5: of many proposals that were checked against one catalog only one is approved: the others are checked again", async () => {
  const ids: string[] = [];
  for (let index = 0; index < RACERS; index += 1) ids.push(await proposed(`many-${index}`));
  const seen = await Promise.all(ids.map((id) => checked(id)));
  const before = await revision();
  const answers = await raceAt(
    db,
    { sql: "select 1 from settings where key = 'catalog' for update" },
    ids.map((id, index) => () => approveChange(database, { ...decision(id), checked: seen[index] ?? fail() })),
  );
  expect(answers.filter((answer) => answer !== null)).toEqual([before + 1]);
  expect(await revision()).toBe(before + 1);
});

test("B5: what was completed after it was checked is not approved unseen", async () => {
  const id = await proposed("completed-late");
  const seen = await checked(id);
  expect(await completeChange(database, { proposalId: id, completion: { titleRu: "Новая" } })).toBe(true);
  expect(await approveChange(database, { ...decision(id), checked: seen })).toBeNull();
  expect(await approved(id)).not.toBeNull();
  expect(await completeChange(database, { proposalId: id, completion: { titleRu: "Другая" } })).toBe(false);
});

test("B5: completions add up, and say what was entered last", async () => {
  const id = await proposed("completed");
  await completeChange(database, { proposalId: id, completion: { titleRu: "Первая", titleEn: "First" } });
  await completeChange(database, { proposalId: id, completion: { titleRu: "Вторая" } });
  expect((await readProposal(database, id)).proposal?.completion).toEqual({ titleRu: "Вторая", titleEn: "First" });
});

test("B5: rolled back once, it may be approved again; every change of force raises the revision", async () => {
  const id = await proposed("back-and-forth");
  const before = await revision();
  expect(await approved(id)).toBe(before + 1);
  const answers = await raceAt(
    db,
    { sql: "select 1 from catalog_changes where id = 'back-and-forth' for update" },
    racers(RACERS, () => rollBackChange(database, decision(id))),
  );
  expect(answers.filter((answer) => answer !== null)).toEqual([before + 2]);
  expect(await approved(id)).toBe(before + 3);
  expect((await readLiveCatalog(database)).live.overrides.map((each) => each.id)).toContain(id);
});

test("B5: an ignored proposal leaves the catalog as it is; an approved one has to be rolled back first", async () => {
  const id = await proposed("ignored");
  const before = await revision();
  expect(await ignoreChange(database, decision(id))).toBe(true);
  expect(await revision()).toBe(before);
  expect(await approved(id)).toBe(before + 1);
  expect(await ignoreChange(database, decision(id))).toBe(false);
});

test("G3: of settings about the same thing the last one is in force", async () => {
  const set = (id: string, second: boolean) =>
    saveSettingChange(database, {
      id,
      setting: { kind: "route", family: "veo-3-1", second },
      adminId: ADMIN,
      now: NOW,
    });
  const before = await revision();
  expect([await set("route-1", true), await set("route-2", false)]).toEqual([before + 1, before + 2]);
  const { live } = await readLiveCatalog(database);
  expect(live.overrides.flatMap((each) => (each.kind === "setting" ? [each.setting] : []))).toEqual([
    { kind: "route", family: "veo-3-1", second: false },
  ]);
});

test("B6 G3: a model that an admin shows again is not hidden", async () => {
  await db.rows(
    "insert into model_health (entry_key, succeeded, failed, mark, hidden, computed_at) values ('z-image', 1, 11, 'broken', true, $1)",
    [NOW.toISOString()],
  );
  const setting = { kind: "visible", entry: "z-image", visible: true } as const;
  await saveSettingChange(database, { id: "shown", setting, adminId: ADMIN, now: NOW });
  expect((await readLiveCatalog(database)).live.health).toEqual([
    { entryKey: "z-image", mark: "broken", isHidden: false },
  ]);
  expect(await db.rows("select keep_shown from model_health")).toEqual([{ keep_shown: true }]);
});

test("a row that this program can not read is left out and named", async () => {
  await db.rows(
    "insert into catalog_changes (id, kind, payload, status, created_at, decided_at) values ('strange', 'change', '{\"kind\": \"moved\"}', 'approved', $1, $1)",
    [NOW.toISOString()],
  );
  const { live, problems } = await readLiveCatalog(database);
  expect(problems.map(({ changeId }) => changeId)).toEqual(["strange"]);
  expect(live.overrides.length).toBeGreaterThan(0);
  expect((await readProposal(database, "strange")).proposal).toBeNull();
});

test("B5: every dialogue brings the revision along", async () => {
  const read = await readDialogue(database, { userId: 99, updateId: 1, needs: {} });
  expect(read.catalogRevision).toBe(await revision());
});

test("B5: an admin's list has pages of eight, newest first, and its counts leave settings out", async () => {
  const facts = await readAdminFacts(database, { proposals: { status: "proposed", page: 0, size: 8 } });
  const [row] = await db.rows(
    "select count(*)::int as many from catalog_changes where kind = 'change' and status = 'proposed'",
  );
  expect(facts.counts.proposed).toBe(row?.["many"]);
  expect(facts.waiting).toEqual({ "gone-model": row?.["many"] });
  expect(facts.proposals).toHaveLength(8);
  const next = await readAdminFacts(database, { proposals: { status: "proposed", page: 1, size: 8 } });
  const ids = [...facts.proposals, ...next.proposals].map(({ id }) => id);
  expect(new Set(ids).size).toBe(16);
});

function fail(): never {
  throw new Error("every proposal was read");
}
