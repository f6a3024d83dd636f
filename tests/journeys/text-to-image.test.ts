import { expect, test } from "vitest";
import { sharedWorld } from "../support/shared-world.ts";

const world = sharedWorld();

test("A1 C1 C4 D1 D3: a new user tries the example and is charged exactly its price", async () => {
  const anna = world.person(1001);
  await anna.says("/start");
  expect(anna.reads()).toContain("50 ₽ бонусами");
  await anna.taps("Попробовать");
  expect(anna.button("Создать").text).toContain("0,63 ₽");
  await anna.taps("Создать");
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 63n });
  await world.advance(20);
  expect(anna.screen().media).toMatchObject([{ kind: "photo" }]);
  expect(anna.reads()).toContain("списано 0,63 ₽, осталось 49,37 ₽");
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 0n, running: 0, queued: 0 });
});
