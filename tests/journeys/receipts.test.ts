import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { UserFile } from "../../lib/sandbox/telegram/index.ts";
import { makePdf } from "../integration/receipts/pdf.ts";
import { drawReceipt } from "../integration/receipts/pictures.ts";
import { BANK, opensTransfer } from "../support/bank.ts";
import { withSpaces } from "../support/buying.ts";
import { signedJob } from "../support/failures.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

// Reading takes a second of both cores, and many when other files run.
vi.setConfig({ testTimeout: 120_000 });

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld({ environment: { ...BANK, ADMIN_ID: "1", WELCOME_BONUS_KOPECKS: "0" } });
  admin = world.person(1);
  await admin.says("/start");
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

let last = 0;
async function payer(): Promise<{ person: Person; sum: string; number: string }> {
  last += 1;
  // Two payments of one minute in one bank's layout are too much alike.
  await world.advance(120);
  const person = world.person(7600 + last);
  await person.says("/start");
  return { person, sum: await opensTransfer(person, 300), number: `50123456${String(last).padStart(2, "0")}` };
}
/** The moment as a bank in Moscow writes it. */
function moment(): string {
  const [day = "", time = ""] = new Date(world.context.clock.now().getTime() + 3 * 3_600_000).toISOString().split("T");
  return `${day.split("-").reverse().join(".")} ${time.slice(0, 5)}`;
}
async function photo(receipt: { sum: string; number: string; moment?: string }): Promise<UserFile> {
  const bytes = await drawReceipt({ moment: moment(), ...receipt }, { layout: "columns", width: 720 });
  return { bytes, fileName: "photo.png", mime: "image/png", kind: "photo" };
}
const receiptOf = async (person: Person) => {
  const [row] = await world.db.rows(
    "select * from receipts where user_id = $1 order by created_at desc, id desc limit 1",
    [person.id],
  );
  return row ?? {};
};
const card = () => {
  const found = admin.messages().findLast((message) => message.from === "bot" && message.media !== undefined);
  return withSpaces(found?.caption ?? "");
};
const creditsOf = (person: Person) => world.db.rows("select id from transfers where user_id = $1", [person.id]);
const jobFor = (receiptId: unknown) => {
  const body = JSON.stringify({ name: "read-receipt", receiptId });
  return signedJob(world, body, { url: `${world.app.config.PUBLIC_URL}/api/receipts` });
};

test("F3: a good receipt is read within seconds: the admin's card shows sum, time and number; nobody is credited", async () => {
  const { person, sum, number } = await payer();
  await person.sendsFile(await photo({ sum, number }));
  const before = card();
  await world.advance(5);
  const row = await receiptOf(person);
  expect(row).toMatchObject({ status: "read", score: 100, operation_number: number, duplicates: [] });
  expect(row["reading"]).toMatchObject({ sums: [sum.replace(/\D/g, "")], numbers: [number] });
  expect(card()).not.toBe(before);
  expect(card()).toContain(sum);
  expect(await creditsOf(person)).toEqual([]);
});

test("F3: a wrong sum costs the score its points, and nothing else happens", async () => {
  const { person, number } = await payer();
  await person.sendsFile(await photo({ sum: "3,00 ₽", number }));
  await world.advance(5);
  expect(await receiptOf(person)).toMatchObject({ status: "read", score: 40, duplicates: [] });
  expect(await creditsOf(person)).toEqual([]);
});

test("F3: the same picture, and one with another sum painted in, are flagged at another user with score 0", async () => {
  const first = await payer();
  const original = { sum: first.sum, number: first.number, moment: moment() };
  await first.person.sendsFile(await photo(original));
  await world.advance(5);
  const reuser = await payer();
  await reuser.person.sendsFile(await photo(original));
  const editor = await payer();
  await editor.person.sendsFile(await photo({ ...original, sum: editor.sum }));
  await world.advance(5);
  const ofFirst = { userId: first.person.id };
  expect(await receiptOf(reuser.person)).toMatchObject({ score: 0, duplicates: [{ ...ofFirst, by: "bytes" }] });
  const edited = await receiptOf(editor.person);
  expect(edited["score"]).toBe(0);
  expect(edited["duplicates"]).toContainEqual(expect.objectContaining({ ...ofFirst, by: "operation" }));
  expect(await creditsOf(editor.person)).toEqual([]);
});

test("F3: a PDF is read by its text layer", async () => {
  const { person, sum } = await payer();
  const bytes = makePdf([
    { x: 40, y: 760, text: moment() },
    { x: 40, y: 700, text: "Сумма перевода" },
    { x: 400, y: 700, text: sum },
    { x: 40, y: 660, text: "Номер операции C421411260099999" },
  ]);
  await person.sendsFile({ bytes, fileName: "чек.pdf", mime: "application/pdf", kind: "document" });
  await world.advance(5);
  expect(await receiptOf(person)).toMatchObject({ status: "read", score: 100, picture_hash: null });
});

test("F3: a file that can not be read leaves the request without a score; the admin can still decide", async () => {
  const { person, sum } = await payer();
  const bytes = new TextEncoder().encode("%PDF-1.7 and nothing of a document");
  await person.sendsFile({ bytes, fileName: "чек.pdf", mime: "application/pdf", kind: "document" });
  await world.advance(5);
  expect(await receiptOf(person)).toMatchObject({ status: "unreadable", score: null, reading: null });
  expect(card()).toContain(sum);
  expect(await creditsOf(person)).toEqual([]);
});

test("F3: a lost wake-up is made good by the sweeper after five minutes; a repeat reads nothing again", async () => {
  const { person, sum, number } = await payer();
  world.qstash.faults.dailyQuotaExceeded = true;
  await person.sendsFile(await photo({ sum, number }));
  await world.advance(60);
  expect(await receiptOf(person)).toMatchObject({ status: "waiting" });
  world.qstash.faults.clear();
  await world.advance(10 * 60);
  const row = await receiptOf(person);
  expect(row).toMatchObject({ status: "read", score: 100 });
  const repeated = await world.request("/api/receipts", jobFor(row["id"]));
  expect(await repeated.json()).toEqual({ ok: true, result: "done" });
  expect(await receiptOf(person)).toEqual(row);
});

test("F3: while Telegram does not give the file the job fails and is repeated; after half an hour nobody waits any longer", async () => {
  const { person, sum, number } = await payer();
  // Only the sweeper and the calls below ask for the reading.
  world.qstash.faults.dailyQuotaExceeded = true;
  await person.sendsFile(await photo({ sum, number }));
  world.telegram.faults.next("getFile", "server-error", { times: 100 });
  expect((await world.request("/api/receipts", jobFor((await receiptOf(person))["id"]))).status).toBe(500);
  await world.advance(20 * 60);
  expect(await receiptOf(person)).toMatchObject({ status: "waiting" });
  await world.advance(20 * 60);
  expect(await receiptOf(person)).toMatchObject({ status: "unreadable", score: null });
  world.telegram.faults.clear();
  world.qstash.faults.clear();
  expect(card()).toContain(sum);
});

test("F3: the endpoint takes signed jobs for itself only", async () => {
  const body = '{"name":"read-receipt","receiptId":"r1"}';
  expect((await world.request("/api/receipts", { method: "POST", body })).status).toBe(401);
  // Signed for /api/jobs.
  expect((await world.request("/api/receipts", signedJob(world, body))).status).toBe(401);
  expect((await world.request("/api/receipts")).status).toBe(405);
  expect(await (await world.request("/api/receipts", jobFor("nobody"))).json()).toEqual({ ok: true, result: "done" });
});
