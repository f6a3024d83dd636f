import type { World } from "./world.ts";

type Violate = (invariant: string, detail: string, ids?: readonly string[]) => void;

/** Further promises of a world that came to rest, each by itself. */
export async function checkRules(world: World, violate: Violate): Promise<void> {
  checkOrders(await ordersOf(world), world, violate);
  await checkResults(world, violate);
  await checkRate(world, violate);
  await checkGivenUp(world, violate);
  await checkGifts(world, violate);
}

/** Purchases of each person: a generation by itself, or a batch. */
async function ordersOf({ database }: World): Promise<Map<number, number>> {
  const { rows } = await database.query<{ user_id: string; orders: string }>(
    "select user_id, count(distinct coalesce(batch_id, id)) as orders from generations group by user_id",
  );
  return new Map(rows.map(({ user_id, orders }) => [Number(user_id), Number(orders)]));
}

/** A ✅ carries the dialogue's revision, which a purchase moves on: each one buys once, however often it is pressed. */
function checkOrders(orders: ReadonlyMap<number, number>, { people, history }: World, violate: Violate): void {
  for (const { id } of people) {
    const pressed = new Set<string>();
    for (const { text } of history.all()) {
      const [, confirm] = /^person (\d+ presses (?:an old )?(?:show_price_confirmation|confirm)~\w+)$/.exec(text) ?? [];
      if (confirm?.startsWith(`${id} `)) pressed.add(confirm.replace("an old ", ""));
    }
    const bought = orders.get(id) ?? 0;
    if (bought > pressed.size)
      violate("a ✅ buys once", `person ${id}: ${bought} orders by ${pressed.size}`, [String(id)]);
  }
}

/** Whom money was given back although KIE has the result, and we could have known. */
async function checkResults({ database, kie }: World, violate: Violate): Promise<void> {
  const { rows } = await database.query<{ id: string; state: string; task_id: string | null }>(
    "select id, state, task_id from generations where state in ('expired', 'returned')",
  );
  const heard = new Set(kie.callbacks().flatMap(({ taskId, state }) => (state === "delivered" ? [taskId] : [])));
  for (const { taskId, state, callBackUrl, sentinels } of kie.tasks()) {
    const row = rows.find(({ id }) => callBackUrl?.includes(`generation=${id}&`));
    if (row === undefined) continue;
    const ids = [row.id, taskId];
    // KIE knows the task: it is waited for until the end of its extension, and then it is `expired`.
    if (row.state === "returned" && row.task_id === taskId) {
      violate("what KIE works on is not taken for lost", `${row.id}: ${taskId} is ${state}`, ids);
    }
    if (state !== "success") continue;
    // Only what hangs ends after its deadline.
    if (sentinels.hang !== true && row.task_id === taskId) {
      violate("what succeeded in time is delivered", `${row.id}: the money is back, and ${taskId} was ready`, ids);
    }
    if (sentinels.hang === true && heard.has(taskId)) {
      violate("what succeeded too late is given free", `${row.id}: ${taskId} was told of`, ids);
    }
  }
}

/** KIE refuses whoever calls create too often. */
async function checkRate({ database, config }: World, violate: Violate): Promise<void> {
  const { rows } = await database.query<{ id: string; calls: number }>(
    `select g.id, count(*)::int as calls from generations g join generations o
      on o.submitted_at <= g.submitted_at and o.submitted_at > g.submitted_at - interval '10 seconds'
      group by g.id having count(*) > $1`,
    [config.KIE_CREATES_PER_10_SECONDS],
  );
  for (const { id, calls } of rows) violate("KIE's rate is kept", `${calls} calls in ten seconds`, [id]);
}

/** A result is kept back only from who blocked the bot. */
async function checkGivenUp({ database, people }: World, violate: Violate): Promise<void> {
  const { rows } = await database.query<{ id: string; user_id: string }>(
    "select id, user_id from generations where state = 'undeliverable'",
  );
  for (const { id, user_id } of rows) {
    if (people.some((person) => person.id === Number(user_id) && !person.hasBlocked))
      violate("a paid result is given up only where nobody can be reached", `${id} of ${user_id}`, [id]);
  }
}

/** Money that is given twice for one cause comes once. */
async function checkGifts({ database }: World, violate: Violate): Promise<void> {
  const { rows } = await database.query<{ cause: string }>(
    `select array_to_string((string_to_array(id, ':'))[1:3], ':') as cause from transfers
      where kind = 'credit' and id like 'sim:%' group by 1 having count(*) > 1`,
  );
  for (const { cause } of rows) violate("each charge is credited once", `${cause} twice`, [cause]);
}
