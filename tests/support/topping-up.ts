import { sweep } from "../../lib/services/sweep/sweep.ts";
import { offers } from "./buying.ts";
import { paid } from "./stars.ts";
import type { Person, World } from "./world.ts";

/** Tops up 300 ₽ in Stars, from the command on, and lets everybody be told. @returns the charge id. */
export async function topsUp(world: World, person: Person): Promise<string> {
  await person.says("/topup");
  await person.taps("300 ₽");
  // Where a bank transfer is possible as well, the way is asked for.
  if (offers(person, "money:stars:")) await person.taps("money:stars:");
  const chargeId = await paid(world, person);
  await sweep(world.app);
  await world.idle();
  return chargeId;
}
