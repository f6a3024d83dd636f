import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type BuiltFunction, buildOutput } from "../../../lib/deploy/build.ts";
import { type RunningFunction, startFunction } from "../../../lib/deploy/run-function.ts";
import { sandboxEnvironment } from "../../../lib/sandbox/environment.ts";
import { BANK, opensTransfer } from "../../support/bank.ts";
import { signedJob } from "../../support/failures.ts";
import { startWorld, type World } from "../../support/world.ts";
import { makePdf } from "../receipts/pdf.ts";
import { drawReceipt } from "../receipts/pictures.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** The budget has a test of its own. */
const ENOUGH = 2_000_000;

// Reading takes a second of both cores, and many when other files run.
vi.setConfig({ testTimeout: 120_000 });

/** The very files that would be deployed, far from node_modules, in a process of their own. */
let world: World;
let output: string;
let built: BuiltFunction[];
let running: RunningFunction;
beforeAll(async () => {
  world = await startWorld({ environment: { ...BANK, ADMIN_ID: "1", WELCOME_BONUS_KOPECKS: "0" } });
  output = await mkdtemp(join(tmpdir(), "receipts-"));
  built = await buildOutput({ root: ROOT, outdir: output, maxFirstLoadBytes: ENOUGH });
  const variables = Object.entries(sandboxEnvironment(world.origin, world.db.url, { ...BANK, ADMIN_ID: "1" }));
  const environment = Object.fromEntries(
    variables.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  running = await startFunction({ directory: join(output, "functions", "api", "receipts.func"), environment });
}, 120_000);
afterAll(async () => {
  await running.close();
  await world.expectInvariants();
  await world.end();
  await rm(output, { recursive: true, force: true });
});

async function readByFunction(userId: number, file: { bytes: Uint8Array; fileName: string }): Promise<unknown> {
  const person = world.person(userId);
  await person.says("/start");
  await opensTransfer(person, 300);
  // The sandbox's own reader is not to be first.
  world.qstash.faults.dailyQuotaExceeded = true;
  const isPdf = file.fileName.endsWith(".pdf");
  await person.sendsFile({
    ...file,
    mime: isPdf ? "application/pdf" : "image/png",
    kind: isPdf ? "document" : "photo",
  });
  const [row] = await world.db.rows("select id from receipts where user_id = $1", [userId]);
  const body = JSON.stringify({ name: "read-receipt", receiptId: row?.["id"] });
  const job = signedJob(world, body, { url: `${world.app.config.PUBLIC_URL}/api/receipts` });
  const response = await running.call(new Request(`${world.origin}/api/receipts`, job));
  expect(await response.json()).toEqual({ ok: true, result: "read" });
  const [read] = await world.db.rows("select status, reading from receipts where user_id = $1", [userId]);
  return read;
}

test("F3: the built function reads a picture with what was deployed beside it", async () => {
  const bytes = await drawReceipt(
    { sum: "1 500,37 ₽", moment: "21 ноября 2026 14:05:12 (МСК)", number: "5012345678" },
    { layout: "columns", width: 720 },
  );
  expect(await readByFunction(7801, { bytes, fileName: "photo.png" })).toEqual({
    status: "read",
    reading: { sums: ["150037"], paidAt: "2026-11-21T14:05:12+03:00", numbers: ["5012345678"] },
  });
});

test("F3: the built function reads the text layer of a PDF", async () => {
  const bytes = makePdf([{ x: 40, y: 700, text: "Сумма перевода 1 500,37 ₽" }]);
  expect(await readByFunction(7802, { bytes, fileName: "check.pdf" })).toEqual({
    status: "read",
    reading: { sums: ["150037"], paidAt: null, numbers: [] },
  });
});

test("F3: the reader's files are in its own function only; a webhook's first load knows nothing of it", async () => {
  for (const { spec, directory, bundled } of built) {
    const files = await readdir(directory, { recursive: true });
    const heavy = files.filter((file) => /\.wasm$|traineddata|tesseract|pdfjs/.test(file));
    if (spec.name === "receipts") expect(heavy).toContain("ocr/eng.traineddata.gz");
    else expect(heavy).toEqual([]);
    expect(bundled.weights.map(({ name }) => name)).not.toContain("tesseract.js");
    expect(bundled.weights.map(({ name }) => name)).not.toContain("unpdf");
  }
});

test("F3: data of the operator's own stands in for npm's; without English the build is refused", async () => {
  const outdir = join(output, "own-data");
  await buildOutput({
    root: ROOT,
    outdir,
    maxFirstLoadBytes: ENOUGH,
    ocrData: "node_modules/@tesseract.js-data/eng/4.0.0_best_int",
  });
  expect(await readdir(join(outdir, "functions", "api", "receipts.func", "ocr"))).toEqual(["eng.traineddata.gz"]);
  await expect(buildOutput({ root: ROOT, outdir, ocrData: "catalog" })).rejects.toThrow("has no eng.traineddata.gz");
});
