import { afterAll, beforeAll } from "vitest";
import { startWorld, type World, type WorldOptions } from "./world.ts";

/**
 * One world for all tests of a file: started before the first, held against its invariants and ended after the last.
 * Usable inside of tests and hooks, not before.
 */
export function sharedWorld(options?: WorldOptions): World {
  let started: World | undefined;
  beforeAll(async () => {
    started = await startWorld(options);
  });
  afterAll(async () => {
    await started?.expectInvariants();
    await started?.end();
  });
  const nobody: Partial<World> = {};
  return new Proxy(nobody, {
    get(_nobody, name) {
      if (started === undefined) throw new Error("the world of this file has not started yet");
      return Reflect.get(started, name);
    },
  }) as World;
}
