import { expect, test } from "vitest";
import { create } from "../support/buying.ts";
import { generationNow, tasksFor } from "../support/failures.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const SWEEP_SECONDS = 5 * 60;

const world = sharedWorld();

const text = (person: Person, messageId: number) =>
  (person.messages().find((message) => message.messageId === messageId)?.text ?? "").replace(/[\u00a0\u202f]/g, " ");

test("C3: after the usual time the status says that it takes longer, with one edit, and that it is waited for longer", async () => {
  const anna = await world.newcomer();
  for (const number of [1, 2, 3, 4, 5]) {
    await anna.says(`з${number}`);
    await create(anna);
    await world.advance(20);
  }
  await world.advance(3 * SWEEP_SECONDS);
  await anna.says("hang: з6");
  await create(anna);
  const { messageId } = anna.screen();
  expect(text(anna, messageId)).toMatch(/\nОбычно это занимает \d+(–\d+)? с\.\n/);
  const edits = () =>
    world.context.calls
      .list()
      .filter(
        ({ method, body }) =>
          method === "editMessageText" && JSON.stringify(body).includes(`"message_id":${messageId}`),
      )
      .filter(({ body }) => JSON.stringify(body).includes(`"chat_id":${anna.id}`)).length;
  const before = edits();
  await world.advance(50);
  expect(text(anna, messageId)).toMatch(/Дольше обычного: обычно это \d+(–\d+)? с\. Kie\.ai ещё работает/);
  expect(edits()).toBe(before + 1);
  // Looks that bring no news leave the message alone.
  await world.advance(15 * 60);
  expect(edits()).toBe(before + 1);
  await world.advance(5 * 60);
  expect(text(anna, messageId)).toMatch(/Kie\.ai ещё работает\. Ждём до \d\d:\d\d, потом вернём деньги\./);
  expect(edits()).toBe(before + 2);
});

test("C4: a generation that waited past its first look is looked at, also when its callback is lost", async () => {
  const anna = await world.newcomer();
  for (const number of [1, 2, 3]) {
    await anna.says(`hang: ж${number}`);
    await create(anna);
  }
  await anna.says("lostcb: ж4");
  const id = await create(anna);
  // The look that was planned with the order finds it in the queue.
  await world.advance(50);
  expect((await generationNow(world, id)).state).toBe("queued");
  await world.kie.finish(tasksFor(world, "hang: ж1")[0]?.taskId ?? "");
  await world.idle();
  expect(tasksFor(world, "lostcb: ж4")).toHaveLength(1);
  await world.advance(120);
  expect((await generationNow(world, id)).state).toBe("delivered");
});
