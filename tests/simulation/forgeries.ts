import { createHmac } from "node:crypto";
import { scopes } from "./context.ts";
import type { World } from "./world.ts";

/** A request that somebody else made, or a true one in the wrong place; `allowed`: what it may be answered. */
interface Forgery {
  name: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
  allowed: readonly number[];
}

/** Sends one forged request and holds the product to its answer. A crash in between says nothing. */
export async function forge(world: World): Promise<void> {
  const forgery = await drawForgery(world);
  if (forgery === undefined) return;
  const { engine, history, problems } = world;
  const { name, path, headers, body, allowed } = forgery;
  engine.faults.set(`forged: ${name}`, (engine.faults.get(`forged: ${name}`) ?? 0) + 1);
  history.add(`forged: ${name}`, path);
  const request = new Request(`http://127.0.0.1:9${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  void scopes
    .run({ kind: "outside" }, () => engine.request(request))
    .then(
      ({ status }) => {
        // 500 and 503 are the database's, whose faults go on meanwhile.
        if (allowed.includes(status) || status >= 500) return;
        problems.push({ invariant: "forged requests are refused", detail: `${name}: ${status}`, history: [] });
      },
      () => undefined,
    );
}

async function drawForgery({ dice, kie, time, config, database }: World): Promise<Forgery | undefined> {
  const tasks = kie.tasks();
  const task = dice.pick(tasks);
  const other = dice.pick(tasks);
  const signed = (taskId: string) => {
    const timestamp = String(Math.floor(time.nowMs() / 1_000));
    const signature = createHmac("sha256", config.KIE_WEBHOOK_HMAC_KEY ?? "")
      .update(`${taskId}.${timestamp}`)
      .digest("base64");
    return { "x-webhook-timestamp": timestamp, "x-webhook-signature": signature };
  };
  const success = (taskId: string) => ({
    code: 200,
    msg: "success",
    data: { taskId, state: "success", resultJson: '{"resultUrls":["https://example.com/x.png"]}' },
  });
  const pathOf = (callBackUrl: string | undefined) => (callBackUrl ?? "").replace("http://127.0.0.1:9", "");
  switch (dice.below(6)) {
    case 0:
      return {
        name: "update without the secret",
        path: "/api/telegram",
        headers: {},
        body: { update_id: 1 },
        allowed: [401],
      };
    case 1:
      return {
        name: "job without a signature",
        path: "/api/jobs",
        headers: {},
        body: { name: "sweep" },
        allowed: [401],
      };
    case 2: {
      if (task?.callBackUrl === undefined) return undefined;
      const path = `${pathOf(task.callBackUrl)}x`;
      return {
        name: "callback with a wrong token",
        path,
        headers: signed(task.taskId),
        body: success(task.taskId),
        allowed: [404],
      };
    }
    case 3: {
      if (task?.callBackUrl === undefined) return undefined;
      return {
        name: "callback without a signature",
        path: pathOf(task.callBackUrl),
        headers: {},
        body: success(task.taskId),
        allowed: [401],
      };
    }
    case 4: {
      if (task?.callBackUrl === undefined || other === undefined || other.taskId === task.taskId) return undefined;
      // Before our task is known, token and signature are all that can be checked.
      const known = await database.query("select 1 from generations where task_id = $1", [task.taskId]);
      if (known.rowCount === 0) return undefined;
      return {
        name: "callback of another task",
        path: pathOf(task.callBackUrl),
        headers: signed(other.taskId),
        body: success(other.taskId),
        allowed: [400],
      };
    }
    default: {
      // The body lies; only the record is believed.
      if (task?.callBackUrl === undefined) return undefined;
      return {
        name: "callback that lies",
        path: pathOf(task.callBackUrl),
        headers: signed(task.taskId),
        body: success(task.taskId),
        allowed: [200],
      };
    }
  }
}
