import { spawn } from "node:child_process";
import { once } from "node:events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFamilies } from "../../../lib/catalog/build-index.ts";
import type { Entry } from "../../../lib/catalog/entry.ts";
import { isSold } from "../../../lib/catalog/offers.ts";
import { quote } from "../../../lib/catalog/quote.ts";
import { checkLine, indexEntries } from "../../../lib/catalog/request-check.ts";
import { reviewInput } from "../../../lib/sandbox/kie/validate.ts";
import { catalog, entryOf } from "../../support/catalog-entry.ts";
import { brokenLines, inputOf, type RequestLine, requestOf, validLines } from "../../support/catalog-requests.ts";
import { kieSchemaOf, withKieFacts } from "../../support/kie-facts.ts";
import { kieInputs } from "../../support/kie-requests.ts";

const pricing = { creditToRub: "0.39295", multiplier: "2" };
const index = indexEntries(catalog);
const entries = catalog.entryKeys().map(entryOf);
const sold = entries.filter(isSold);
const valid = sold.flatMap((entry) => validLines(entry, 4, 1));
const broken = sold.flatMap((entry) => brokenLines(entry, 2));

function answerTo(line: object) {
  const answer = checkLine(JSON.stringify(line), index, pricing);
  if (!answer) throw new Error("unreachable: the line is not empty");
  return answer;
}

/** All entries of the same id. */
function indexed({ route: { id, api } }: Entry): readonly Entry[] {
  return (index.get(id) ?? []).filter(({ route }) => route.api === api);
}

/** What the simulated KIE says against a request; empty when it takes it. */
function saidByKie(line: RequestLine): string {
  const input: Record<string, unknown> = JSON.parse(JSON.stringify(inputOf(line)));
  const schema = kieSchemaOf(line.entry);
  if (!schema) throw new Error(`KIE has no ${line.id}`);
  const review = reviewInput(schema, input);
  return [review.refusal?.message ?? "", ...review.unknownFields].join(" ").trim();
}

const show = ({ what, request }: RequestLine): string => `${what} ${JSON.stringify(request).slice(0, 300)}`;

test("there are hundreds of requests to try, right and wrong", () => {
  expect(valid.length).toBeGreaterThanOrEqual(sold.length * 4);
  expect(valid.length + broken.length).toBeGreaterThanOrEqual(300);
});

test("every request that the bot would send is right, priced as the bot prices it, and taken by KIE", () => {
  for (const line of valid) {
    const quoted = quote(line.entry, line.values, pricing);
    // What an earlier task was made with stands in no request, and neither does a price by it.
    const { params, price } = line.entry;
    const untold = params.filter((param) => param.kind === "earlier" && param.sent === false).map(({ name }) => name);
    const isTold = !price.rows.some((row) => untold.some((name) => name in row.when));
    const priceKopecks = quoted.ok && isTold ? Number(quoted.value.kopecks) : null;
    expect(answerTo(line), show(line)).toEqual({ id: line.id, api: line.api, ok: true, errors: [], priceKopecks });
    expect(saidByKie(line), show(line)).toBe("");
  }
});

test("every request with one thing wrong is refused, without a price, with a sentence that names what is wrong", () => {
  for (const line of broken) {
    const { ok, errors, priceKopecks } = answerTo(line);
    // What is wrong for one mode of a model may be right for another one: then KIE has to think so as well.
    if (ok && indexed(line.entry).length > 1 && saidByKie(line) === "") continue;
    expect({ ok, priceKopecks }, show(line)).toEqual({ ok: false, priceKopecks: null });
    expect(errors.length, show(line)).toBeGreaterThan(0);
    for (const { message } of errors) expect(message, show(line)).toMatch(/^.{8,}[.?!]$/su);
  }
});

test("every rule of what is sold is among the broken ones", () => {
  const tried = new Set(broken.map(({ what }) => what));
  const rules = sold.flatMap((entry) => entry.rules.map((rule) => `${entry.key}: ${rule.say.en}`));
  expect(rules.filter((rule) => !tried.has(rule))).toEqual([]);
});

test("what KIE takes beyond our cards is in the data (node tests/support/kie-facts.ts writes it)", () => {
  for (const { file, family } of readFamilies(new URL("../../../catalog/", import.meta.url))) {
    expect(withKieFacts(family), file).toEqual(family);
  }
});

test("every field of the market's models is placed", () => {
  for (const entry of entries) {
    if (entry.route.api !== "market") continue;
    const names = entry.params.map((param) => param.name);
    expect(
      Object.keys(kieSchemaOf(entry)?.input ?? {}).filter((name) => !names.includes(name)),
      entry.key,
    ).toEqual([]);
  }
});

test("of requests made by KIE's schemas alone, all that we take KIE takes, and we refuse more only by our own rules", () => {
  for (const entry of entries) {
    const schema = kieSchemaOf(entry);
    if (!schema) continue;
    const { id, api } = entry.route;
    const say = new Set(indexed(entry).flatMap((each) => each.rules.map((rule) => rule.say.en)));
    const placed = new Set(indexed(entry).flatMap((each) => each.params.map((param) => param.name)));
    for (const drawn of fc.sample(kieInputs(schema), { numRuns: 20, seed: 3 })) {
      const input = Object.fromEntries(Object.entries(drawn).filter(([name]) => placed.has(name)));
      const line = { what: "drawn", entry, id, api, request: requestOf(entry, input), facts: {} };
      const { ok, errors } = answerTo(line);
      const said = saidByKie(line);
      if (ok) expect(said, show(line)).toBe("");
      if (!ok && said === "") {
        expect(
          errors.filter(({ message }) => !say.has(message)),
          show(line),
        ).toEqual([]);
      }
    }
  }
});

test("our own key names the same entry as KIE's id", () => {
  for (const line of valid) expect(answerTo({ ...line, id: line.entry.key }).ok, show(line)).toBe(true);
});

describe("one line", () => {
  const photo = "https://files.example/photo.png";
  const voice = "https://files.example/voice.mp3";
  const cat = { model: "z-image", input: { prompt: "кот", aspect_ratio: "1:1" } };
  const zImage = (request: object) => answerTo({ id: "z-image", api: "market", request });
  const avatar = (facts?: object) =>
    answerTo({
      id: "kling/ai-avatar-standard",
      api: "market",
      request: { model: "kling/ai-avatar-standard", input: { prompt: "речь", image_url: photo, audio_url: voice } },
      ...(facts === undefined ? {} : { facts: { [voice]: facts } }),
    });
  const kling = (fields: object) => {
    const plain = {
      duration: "5",
      mode: "std",
      sound: false,
      aspect_ratio: "16:9",
      multi_shots: false,
      prompt: "море",
    };
    const input = { ...plain, ...fields };
    return answerTo({ id: "kling-3.0/video", api: "market", request: { model: "kling-3.0/video", input } });
  };

  test("that is empty has no answer; one that can not be read has an error", () => {
    for (const empty of ["", "  ", "\r"]) expect(checkLine(empty, index, pricing)).toBeNull();
    for (const bad of ["{", "5", "null", "[]", "{}", '{"id":5}', '{"id":"z-image"}', '{"id":"z-image","request":5}']) {
      expect(checkLine(bad, index, pricing), bad).toMatchObject({ ok: false, priceKopecks: null });
    }
  });
  test("with an unknown model, or one of another api, says so", () => {
    expect(answerTo({ id: "nope/at-all", api: "market", request: {} })).toEqual({
      id: "nope/at-all",
      api: "market",
      ok: false,
      errors: [{ path: "id", message: "No model with the id or key nope/at-all is known." }],
      priceKopecks: null,
    });
    expect(answerTo({ id: "z-image", api: "suno", request: {} }).errors[0]?.path).toBe("api");
  });
  test("is checked around its input as well", () => {
    expect(zImage(cat)).toMatchObject({ ok: true, priceKopecks: 63 });
    expect(zImage({ ...cat, callBackUrl: "https://bot.example/callback" }).ok).toBe(true);
    const paths = (request: object) => zImage(request).errors.map(({ path }) => path);
    expect(paths({ ...cat, model: "other" })).toEqual(["model"]);
    expect(paths({ input: cat.input })).toEqual(["model"]);
    expect(paths({ ...cat, callBackUrl: "nowhere" })).toEqual(["callBackUrl"]);
    expect(paths({ ...cat, prompt: "кот" })).toEqual(["prompt"]);
    expect(paths({ model: "z-image" })).toEqual(["input"]);
  });
  test("is told everything that is wrong with it, each with its place", () => {
    const { errors } = zImage({ model: "z-image", input: { prompt: "ы".repeat(1001), aspect_ratio: "2:7", size: 1 } });
    expect(errors.map(({ path }) => path)).toEqual(["input.size", "input.prompt", "input.aspect_ratio"]);
    expect(errors[1]?.message).toBe("prompt may have at most 1000 characters; it has 1001.");
    expect(errors[2]?.message).toBe('aspect_ratio must be one of "1:1", "4:3", "3:4", "16:9", "9:16"; got "2:7".');
    expect(zImage({ model: "z-image", input: {} }).errors.map(({ message }) => message)).toEqual([
      "prompt is required.",
      "aspect_ratio is required.",
    ]);
  });
  test("may spell a number as a text and a text as a number, and nothing else", () => {
    expect(kling({ duration: 5 })).toMatchObject({ ok: true, priceKopecks: 5501 });
    expect(kling({ duration: 2 }).ok).toBe(false);
    expect(kling({ sound: "false" }).ok).toBe(false);
    expect(kling({ duration: ["5"] }).ok).toBe(false);
  });
  test("finds the entry of an id that has several by its fixed values", () => {
    const song = { instrumental: true, model: "V6", prompt: "песня" };
    const suno = (input: object) =>
      answerTo({ id: "ai-music-api/generate", api: "market", request: { model: "ai-music-api/generate", input } });
    expect(suno({ ...song, custom_mode: false })).toMatchObject({ ok: true, priceKopecks: 943 });
    expect(suno({ ...song, custom_mode: true, style: "рок", title: "Море" }).ok).toBe(true);
    expect(suno({ ...song, custom_mode: true }).ok).toBe(false);
  });
  test("of what a card does not offer is priced all the same, when KIE takes it", () => {
    const speech = (text: string) => {
      const request = { model: "elevenlabs/text-to-dialogue-v3", input: { dialogue: [{ text, voice: "Bill" }] } };
      return answerTo({ id: "elevenlabs/text-to-dialogue-v3", api: "market", request });
    };
    const [voice] = kieSchemaOf(entryOf("elevenlabs-dialogue"))?.input.dialogue?.items?.properties?.voice?.enum ?? [];
    expect(speech("ы".repeat(100)).ok).toBe(false);
    const input = { dialogue: [{ text: "ы".repeat(6000), voice }] };
    const request = { model: "elevenlabs/text-to-dialogue-v3", input };
    // 14 credits for a thousand characters; our card stops at five thousand.
    expect(answerTo({ id: "elevenlabs-dialogue", api: "market", request })).toMatchObject({
      ok: true,
      priceKopecks: 6602,
    });
  });
  test("without measured files has no price where the price depends on them, and is right all the same", () => {
    expect(avatar()).toMatchObject({ ok: true, priceKopecks: null });
    expect(avatar({ durationSeconds: 7.01 })).toMatchObject({ ok: true, priceKopecks: 5030 });
    expect(avatar({ durationSeconds: 60 })).toMatchObject({ ok: false, priceKopecks: null });
    expect(avatar({ durationSeconds: -1 }).errors[0]?.path).toBe("facts");
    const topaz = (facts: object) => {
      const input = { image_url: photo, upscale_factor: "2" };
      const request = { model: "topaz/image-upscale", input };
      return answerTo({ id: "topaz/image-upscale", api: "market", request, facts: { [photo]: facts } });
    };
    expect(topaz({})).toMatchObject({ ok: true, priceKopecks: null });
    expect(topaz({ width: 1024, height: 800 }).priceKopecks).toBe(786);
    expect(topaz({ width: 1025, height: 800 }).priceKopecks).toBe(1572);
    expect(topaz({ width: 4000, height: 3000 }).errors[0]?.message).toContain("larger than 4K");
  });
});

describe("the program", () => {
  /** Runs it as npm does; `lines` goes to its input. */
  async function run(args: readonly string[], lines = ""): Promise<{ out: string; err: string; code: unknown }> {
    const child = spawn(process.execPath, ["lib/catalog/command.ts", ...args]);
    const texts = { out: "", err: "" };
    child.stdout.on("data", (chunk) => {
      texts.out += String(chunk);
    });
    child.stderr.on("data", (chunk) => {
      texts.err += String(chunk);
    });
    child.stdin.end(lines);
    const [code] = await once(child, "close");
    return { ...texts, code };
  }
  const cat =
    '{"id":"z-image","api":"market","request":{"model":"z-image","input":{"prompt":"к\u2028т","aspect_ratio":"1:1"}}}';

  test("answers line by line at the given rate, skips empty lines and survives what is no JSON", async () => {
    const { out, code } = await run(["check", "--rate", "1", "--multiplier", "1"], `\uFEFF${cat}\r\n\n{oops\n${cat}`);
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).priceKopecks),
    ).toEqual([80, null, 80]);
    expect(code).toBe(0);
  });
  test("lists what is sold and shows one model, for people and for programs", async () => {
    const { out } = await run(["list", "--json"]);
    expect(
      JSON.parse(out)
        .map((each: { key: string }) => each.key)
        .toSorted(),
    ).toEqual(sold.map(({ key }) => key).toSorted());
    expect((await run(["list"])).out.trimEnd().split("\n")).toHaveLength(sold.length);
    expect((await run(["show", "z-image"])).out).toContain("0.8 credits = 0.63 ₽ per image");
    expect(JSON.parse((await run(["show", "ai-music-api/generate", "--json"])).out).length).toBeGreaterThan(1);
  });
  test("says what it did not understand", async () => {
    for (const args of [
      [],
      ["show"],
      ["show", "nope"],
      ["check", "--rate", "dear"],
      ["check", "/nowhere.jsonl"],
      ["--x"],
    ]) {
      const { out, err, code } = await run(args);
      expect({ out, code, said: err.length > 10 }, args.join(" ")).toEqual({ out: "", code: 1, said: true });
    }
  });
  test("ends quietly when nobody reads on", async () => {
    const child = spawn(process.execPath, ["lib/catalog/command.ts", "check"]);
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += String(chunk);
    });
    child.stdin.on("error", () => {});
    child.stdout.once("data", () => child.stdout.destroy());
    child.stdin.end(`${cat}\n`.repeat(20_000));
    const [code] = await once(child, "close");
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });
});
