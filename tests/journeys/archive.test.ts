import { afterAll, beforeAll, expect, test } from "vitest";
import { startStore, type TestStore } from "../support/archive.ts";
import { create } from "../support/buying.ts";
import { signedJob } from "../support/failures.ts";
import { buysPicture, bytesOf, filesTo } from "../support/results.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

let store: TestStore;
let world: World;
beforeAll(async () => {
  store = await startStore();
  world = await startWorld({ environment: store.environment });
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
  await store.end();
});

/** Buys a picture; the job that copies it comes a moment after the result. */
async function buys(inWorld: World, person: Person, prompt: string): Promise<string> {
  const generationId = await buysPicture(inWorld, person, prompt);
  await inWorld.advance(1);
  return generationId;
}

const archiveOf = async (generationId: string, inWorld = world) =>
  (
    await inWorld.db.rows(
      `select g.state, g.archive_due_at is not null as due, g.archive_attempts as attempts,
        (select count(archive_key)::int from outputs o where o.generation_id = g.id) as kept
      from generations g where g.id = $1`,
      [generationId],
    )
  )[0];
const keysOf = async (generationId: string) =>
  (await store.objects()).map(({ key }) => key).filter((key) => key.includes(generationId));
const logged = (event: string, generationId: string, inWorld = world) =>
  inWorld.logLines.filter((line) => line.includes(`"event":"${event}"`) && line.includes(generationId));
const linkUnder = (person: Person) =>
  person
    .screen()
    .keyboard?.flat()
    .flatMap(({ url }) => url ?? []) ?? [];

/** As after two weeks: the link has expired, and what it led to is deleted. */
const grows = (generationId: string, inWorld = world) =>
  inWorld.db.rows(
    "update outputs set url = replace(url, '/0.png', '/9.png'), expires_at = expires_at - interval '14 days' where generation_id = $1",
    [generationId],
  );

async function sweeps(inWorld = world): Promise<void> {
  const response = await inWorld.request("/api/jobs", signedJob(inWorld, JSON.stringify({ name: "sweep" })));
  expect(response.status).toBe(200);
  await inWorld.idle();
}

test("D8: the files of a delivered result are copied once, under keys that do not tell whose they are", async () => {
  const person = await world.newcomer();
  await person.says("many:3 сад");
  const generationId = await create(person);
  await world.advance(20);
  await world.advance(1);
  expect(await archiveOf(generationId)).toEqual({ state: "delivered", due: false, attempts: 1, kept: 3 });
  const keys = await keysOf(generationId);
  expect(keys).toEqual(
    [0, 1, 2].map((n) => expect.stringMatching(new RegExp(`^bot/files/[0-9a-f]{24}/${generationId}/${n}\\.png$`))),
  );
  expect(keys.join()).not.toContain(String(person.id));
  const [first] = (await store.objects()).filter(({ key }) => key === keys[0]);
  expect(first?.bytes).toEqual(await bytesOf(world, filesTo(person)[0]));

  const puts = store.requests.length;
  const job = signedJob(world, JSON.stringify({ name: "archive-generation", generationId }));
  expect((await world.request("/api/jobs", job)).status).toBe(200);
  await sweeps();
  expect(store.requests).toHaveLength(puts);
});

test("D8: two jobs at once copy each file once", async () => {
  const person = await world.newcomer();
  store.fault = 503;
  const generationId = await buys(world, person, "сон");
  store.fault = null;
  await world.db.rows("update generations set archive_due_at = $2 where id = $1", [
    generationId,
    world.context.clock.now().toISOString(),
  ]);
  const before = store.requests.length;
  const body = JSON.stringify({ name: "archive-generation", generationId });
  await Promise.all(Array.from({ length: 5 }, () => world.request("/api/jobs", signedJob(world, body))));
  expect(store.requests.slice(before)).toHaveLength(1);
  expect(await archiveOf(generationId)).toMatchObject({ due: false, kept: 1 });
});

test("D8: while the store is down the result is there all the same, and the copy is tried again with growing waits", async () => {
  const person = await world.newcomer();
  store.fault = "drop";
  const generationId = await buys(world, person, "мост");
  expect(filesTo(person)).toHaveLength(1);
  expect(await archiveOf(generationId)).toEqual({ state: "delivered", due: true, attempts: 1, kept: 0 });
  expect(logged("archive.failed", generationId)).toHaveLength(1);
  await sweeps();
  expect(await archiveOf(generationId)).toMatchObject({ attempts: 1 });
  store.fault = 503;
  await world.advance(61);
  await sweeps();
  expect(await archiveOf(generationId)).toMatchObject({ due: true, attempts: 2 });
  await world.advance(61);
  await sweeps();
  expect(await archiveOf(generationId)).toMatchObject({ due: true, attempts: 2 });
  store.fault = null;
  await world.advance(600);
  expect(await archiveOf(generationId)).toMatchObject({ due: false, kept: 1 });
  expect(await keysOf(generationId)).toHaveLength(1);
});

test("D8: a copy that breaks off goes on with the files that are missing", async () => {
  const person = await world.newcomer();
  store.fault = 500;
  await person.says("many:3 рожь");
  const generationId = await create(person);
  await world.advance(20);
  await world.advance(1);
  store.fault = null;
  const [output] = await world.db.rows("select url from outputs where generation_id = $1 and position = 1", [
    generationId,
  ]);
  await world.db.rows("update outputs set url = 'http://127.0.0.1:1/x.png' where generation_id = $1 and position = 1", [
    generationId,
  ]);
  await world.advance(61);
  await sweeps();
  expect(await archiveOf(generationId)).toMatchObject({ due: true, kept: 1 });
  await world.db.rows("update outputs set url = $2 where generation_id = $1 and position = 1", [
    generationId,
    output?.url,
  ]);
  const before = store.requests.length;
  await world.advance(600);
  expect(await archiveOf(generationId)).toMatchObject({ due: false, kept: 3 });
  expect(store.requests.slice(before)).toHaveLength(2);
});

test("D8: a file that KIE has deleted meanwhile is given up, and the log says so", async () => {
  const person = await world.newcomer();
  store.fault = 503;
  const generationId = await buys(world, person, "дым");
  await world.db.rows("update outputs set url = replace(url, '/0.png', '/9.png') where generation_id = $1", [
    generationId,
  ]);
  store.fault = null;
  await world.advance(600);
  expect(await archiveOf(generationId)).toMatchObject({ due: false, kept: 0 });
  expect(logged("archive.gone", generationId)).toHaveLength(1);
});

test("D8 D1: when KIE's link has expired, 🔗 and 📄 come from the archive", async () => {
  const person = await world.newcomer();
  const generationId = await buys(world, person, "утёс");
  const original = await bytesOf(world, filesTo(person)[0]);
  await person.taps("links:");
  expect(linkUnder(person)[0]).toContain("/kie-files/");

  await grows(generationId);
  await person.taps("links:");
  const [link = ""] = linkUnder(person);
  expect(link).toContain(`/${generationId}/0.png?`);
  expect(link).toContain("X-Amz-Expires=86400");
  expect(person.reads()).toMatch(/Файл 1: до \d+ \S+, \d\d:\d\d/);
  const response = await fetch(link);
  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(original);
  // A link whose signature was touched opens nothing.
  expect((await fetch(link.replace(/.$/, (last) => (last === "0" ? "1" : "0")))).status).toBe(403);

  await person.taps("📄");
  expect(filesTo(person).at(-1)).toMatchObject({ kind: "document", bytes: original.length });
  expect(person.reads()).not.toContain("копия из Telegram");
});

test("D8 D4: a result that nobody could deliver comes from the archive after KIE has deleted it", async () => {
  const person = await world.newcomer();
  await person.says("брод");
  const generationId = await create(person);
  await world.telegram.userBlocks(person.id);
  await world.advance(60);
  expect(await archiveOf(generationId)).toEqual({ state: "undeliverable", due: false, attempts: 1, kept: 1 });
  await grows(generationId);
  await world.telegram.userUnblocks(person.id);
  await person.says("/history");
  await person.taps(`open:${generationId}`);
  await person.taps("Прислать ещё раз");
  expect(filesTo(person)).toMatchObject([{ kind: "photo" }]);
});

test("D8 H5: the health check names the archive, and what is wrong with it", async () => {
  const read = async () => {
    const headers = { authorization: `Bearer ${world.app.config.HEALTH_TOKEN}` };
    return JSON.stringify(await (await world.request("/api/health", { headers })).json());
  };
  expect(await read()).toContain('"archive":{"ok":true,"detail":"bucket results"}');
  store.fault = 403;
  expect(await read()).toContain('"archive":{"ok":false,"detail":"bucket results: Forbidden"}');
  store.fault = null;
});

test("D8: with a wrong key the store's refusal is logged for the operator, the copy stays owed, and nothing is lost", async () => {
  const wrong = await startWorld({
    environment: { ...store.environment, ARCHIVE_S3_SECRET_ACCESS_KEY: "not-the-key" },
  });
  try {
    const person = await wrong.newcomer();
    const generationId = await buys(wrong, person, "ключ");
    expect(filesTo(person)).toHaveLength(1);
    expect(await archiveOf(generationId, wrong)).toEqual({ state: "delivered", due: true, attempts: 1, kept: 0 });
    const [line = ""] = logged("archive.refused", generationId, wrong);
    expect(line).toContain('"level":"error"');
    expect(line).toContain("SignatureDoesNotMatch");
    expect(wrong.logLines.join("\n")).not.toContain("not-the-key");
    await person.taps("links:");
    expect(linkUnder(person)[0]).toContain("/kie-files/");
    expect(await keysOf(generationId)).toEqual([]);
  } finally {
    await wrong.end();
  }
});

test("D8: without configuration nothing is archived, and nobody asks", async () => {
  const without = await startWorld();
  try {
    const person = await without.newcomer();
    const before = store.requests.length;
    const generationId = await buys(without, person, "пусто");
    expect(await archiveOf(generationId, without)).toEqual({ state: "delivered", due: false, attempts: 0, kept: 0 });
    expect(store.requests).toHaveLength(before);
    const headers = { authorization: `Bearer ${without.app.config.HEALTH_TOKEN}` };
    const health = await (await without.request("/api/health", { headers })).json();
    expect(health).not.toHaveProperty("checks.archive");
    await grows(generationId, without);
    await person.taps("links:");
    expect(person.reads()).toContain("срок вышел");
  } finally {
    await without.end();
  }
});
