// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lines of the product as they stand there, placeholders and all.
import type { Patch } from "./hooks.ts";

/** A mistake that somebody could make in a line or two, and what it would break. */
export interface Bug extends Patch {
  id: string;
  /** What goes wrong, and for whom. */
  breaks: string;
}

/** Mistakes of the kind that is made in exactly this product. Each must break a promise that the checks know. */
export const BUGS: readonly Bug[] = [
  // — holds, charges, returns —
  {
    id: "return-the-whole-hold",
    breaks: "The price is taken and given back as well: every result is free, and the books do not balance.",
    file: "lib/ledger/settlement.ts",
    find: "const bonusBack = heldBonus - bonusPosted;\n  const mainBack = heldMain - mainPosted;",
    replace: "const bonusBack = heldBonus;\n  const mainBack = heldMain;",
  },
  {
    id: "charge-more-than-held",
    breaks: "KIE makes more pictures than asked for: the charge exceeds the hold, and the result never comes.",
    file: "lib/ledger/settlement.ts",
    find: 'job.charge === "generation" || job.receivedOutputs >= job.expectedOutputs',
    replace: 'job.charge === "generation"',
  },
  {
    id: "bonus-returned-as-money",
    breaks: "Bonus money that was held comes back as real money in the ledger: balances are not their transfers.",
    file: "lib/ledger/settlement.ts",
    find: 'source: "held", destination: "bonus" },',
    replace: 'source: "held", destination: "main" },',
  },
  {
    id: "late-success-is-no-loss",
    breaks: "A result that came after the money was returned is given free, and nobody counts what it cost us.",
    file: "lib/generation/life-cycle.ts",
    find: 'effects: ["deliver", "count-loss"]',
    replace: 'effects: ["deliver"]',
  },
  {
    id: "late-success-ignored",
    breaks: "A result that came after the money was returned is thrown away although KIE was paid for it.",
    file: "lib/generation/life-cycle.ts",
    find: "expired: { finished: lateSuccess },\n  returned: { finished: lateSuccess },",
    replace: "expired: {},\n  returned: {},",
  },
  {
    id: "late-success-charged",
    breaks: "A late result takes the money once more, which was returned: the write is refused and the result lost.",
    file: "lib/generation/life-cycle.ts",
    find: 'effects: ["deliver", "count-loss"]',
    replace: 'effects: ["post-hold", "deliver", "count-loss"]',
  },
  {
    id: "credit-id-from-chance",
    breaks:
      "The id of a credit comes from chance instead of its cause: a payment that is told twice is credited twice.",
    file: "lib/db/ledger.ts",
    find: "select r.id, r.user_id, r.kind, r.kopecks, r.source",
    replace: "select r.id || ':' || md5(random()::text), r.user_id, r.kind, r.kopecks, r.source",
  },
  // — a task is created once —
  {
    id: "dropped-create-is-busy",
    breaks: "A create call without an answer is made again: KIE makes two tasks, and we pay for both.",
    file: "lib/kie/start-outcome.ts",
    find: ': { kind: "unknown", reason: result.reason };',
    replace: ': { kind: "busy", code: 0, message: result.reason };',
  },
  {
    id: "unreadable-create-is-busy",
    breaks: "A create call whose answer can not be read is made again: KIE makes two tasks, and we pay for both.",
    file: "lib/kie/start-outcome.ts",
    find: '      : { kind: "unknown", reason };',
    replace: '      : { kind: "busy", code: 0, message: reason };',
  },
  {
    id: "post-is-retried",
    breaks: "The HTTP client repeats a paid POST whose connection broke: two tasks for one order.",
    file: "lib/kie/http.ts",
    find: "retry: 0,",
    replace: 'retry: { limit: 2, methods: ["get", "post"], backoffLimit: 1 },',
  },
  {
    id: "claim-without-state",
    breaks: "Two jobs take the same generation to KIE at once: two tasks for one order.",
    file: "lib/db/queue.ts",
    find: "where id = ${input.generationId} and state = 'queued' for update",
    replace: "where id = ${input.generationId} for update",
  },
  {
    id: "lost-claim-goes-on",
    breaks: "Whoever finds the generation taken by another job calls KIE all the same: two tasks for one order.",
    file: "lib/services/generation/submit.ts",
    find: 'if (claim.kind !== "claimed") {',
    replace: 'if (claim.kind !== "claimed" && claim.kind !== "not-queued") {',
  },
  {
    id: "create-before-claim",
    breaks: "KIE is called before the claim is stored: a process that dies in between, or a second job, pays twice.",
    file: "lib/services/generation/submit.ts",
    find: "  const claim = await claimForSubmit(app.database, {",
    replace:
      "  await startTask(app, { ...generation, submittedAt: now }, ways, stored.urls);\n  const claim = await claimForSubmit(app.database, {",
  },
  // — looks and deadlines —
  {
    id: "unavailable-is-failed",
    breaks: "KIE can not be asked for a moment, and the task counts as failed: no result for a task that succeeds.",
    file: "lib/services/generation/look.ts",
    find: '    case "pending":\n    case "not-found":\n    case "unavailable":',
    replace:
      '    case "unavailable":\n      return await applyOutcome(app, generation, { event: "errored", code: 500, message: "", taskId });\n    case "pending":\n    case "not-found":',
  },
  {
    id: "no-last-look",
    breaks: "At the deadline nobody looks once more: the money goes back although the result is there.",
    file: "lib/services/generation/look.ts",
    find: "  if (taskId === null) {",
    replace: "  if (taskId === null || isOverdue) {",
  },
  {
    id: "extended-for-ever",
    breaks: "A task that hangs is extended again and again: the money never comes back.",
    file: "lib/services/generation/look.ts",
    find: "if (generation.isExtended) return",
    replace: "if (generation.isExtended && generation.taskId === null) return",
  },
  {
    id: "no-next-look",
    breaks: "The plan forgets the next look: after a lost callback nothing ever finishes the generation.",
    file: "lib/db/generations.ts",
    find: "      due_at = ${input.dueAt.toISOString()}::timestamptz,\n      task_id = coalesce",
    replace: "      due_at = null,\n      task_id = coalesce",
  },
  // — callbacks, and requests of strangers —
  {
    id: "callback-believed",
    breaks: "What a callback says is believed without a look at the record: results that KIE never made are sold.",
    file: "lib/endpoints/kie.ts",
    find: "      const result = await receiveCallback(app, {",
    replace: `      const { readGeneration } = await import("../db/generations.ts");
      const { applyOutcome } = await import("../services/generation/outcome.ts");
      const { finish } = await import("../services/generation/advance.ts");
      const { taskId = null, resultJson } = body.data ?? {};
      const urls = JSON.parse(resultJson || "{}").resultUrls ?? [];
      const generation = await readGeneration(app.database, generationId);
      if (urls.length > 0 && generation !== null && secretsEqual(token, generation.callbackToken)) {
        const outputs = urls.map((url) => ({ kind: "image", url }));
        const done = await applyOutcome(app, generation, { event: "finished", outputs, creditsConsumed: null, taskId });
        if (done !== null) await finish(app, done);
        return answer(200, {});
      }
      const result = await receiveCallback(app, {`,
  },
  {
    id: "token-not-compared",
    breaks: "Whoever knows the id of a generation can speak as KIE about it.",
    file: "lib/services/generation/receive-callback.ts",
    find: "generation === null || !input.hasToken(generation.callbackToken)",
    replace: "generation === null",
  },
  {
    id: "other-tasks-callback",
    breaks: "A callback of one task is taken for another one's: somebody gets a stranger's result.",
    file: "lib/services/generation/receive-callback.ts",
    find: "hint.taskId !== null && generation.taskId !== null && hint.taskId !== generation.taskId",
    replace: "hint.taskId === null && generation.taskId !== null",
  },
  {
    id: "unsigned-job",
    breaks: "Anybody can start our jobs: a job without a signature is done.",
    file: "lib/queue/queue.ts",
    find: 'if (signature === null || signature === "") return false;',
    replace: 'if (signature === null || signature === "") return true;',
  },
  {
    id: "unsigned-callback",
    breaks: "A callback without a signature is taken although a key is configured.",
    file: "lib/endpoints/kie.ts",
    find: "if (taskId === null || timestamp === null || signature === null) return false;",
    replace: "if (taskId === null || timestamp === null || signature === null) return true;",
  },
  {
    id: "update-without-secret",
    breaks: "Anybody can send updates in the name of any person, and spend their money.",
    file: "lib/endpoints/telegram.ts",
    find: 'secretsEqual(incoming.headers.get("x-telegram-bot-api-secret-token"), app.config.TELEGRAM_WEBHOOK_SECRET)',
    replace: 'incoming.headers.get("x-telegram-bot-api-secret-token") !== "wrong"',
  },
  // — told once, and told at all —
  {
    id: "ringing-not-remembered",
    breaks: "The message that rang is forgotten: each try of a delivery rings the phone again.",
    file: "lib/services/generation/deliver.ts",
    find: "  await saveDoneMessage(app.database, { generationId: generation.id, messageId: sent.message_id });\n",
    replace: "",
  },
  {
    id: "delivered-before-sent",
    breaks: "The result counts as delivered before it is sent: when Telegram refuses, it never arrives.",
    file: "lib/services/generation/deliver.ts",
    find: "    const doneMessageId = generation.doneMessageId ?? (await ring(app, generation, facts));",
    replace: `    const at = { generationId: generation.id, from: generation.state, to: delivered.to, now: app.clock.now() };
    await markTold(app.database, { ...at, files: [], archiveDueAt: archiveDueAt(app) });
    const doneMessageId = generation.doneMessageId ?? (await ring(app, generation, facts));`,
  },
  {
    id: "trouble-is-blocked",
    breaks: "A flood limit is taken for a person who blocked the bot: the result is given up.",
    file: "lib/services/generation/deliver.ts",
    find: 'const isUnreachable = kind === "blocked" || kind === "chat-gone";',
    replace: 'const isUnreachable = kind !== "unknown-outcome";',
  },
  // — the wallet's counters, the line at KIE's rate —
  {
    id: "running-not-given-back",
    breaks: "Finished generations go on counting as running: after some of them nothing of this person moves any more.",
    file: "lib/db/generations.ts",
    find: "running = w.running - ${input.wasRunning ? 1 : 0}::int",
    replace: "running = w.running",
  },
  {
    id: "busy-keeps-the-place",
    breaks: "Sent back by KIE, a generation keeps its place: it counts as running while it waits.",
    file: "lib/db/queue.ts",
    find: "update wallets set queued = wallets.queued + 1, running = wallets.running - 1",
    replace: "update wallets set queued = wallets.queued + 1",
  },
  {
    id: "rate-one-too-many",
    breaks: "One create call more than allowed in ten seconds: KIE refuses everybody.",
    file: "lib/db/queue.ts",
    find: "where ${placesLeft(rate, now)} > (select size from line)",
    replace: "where ${placesLeft(rate, now)} >= (select size from line)",
  },
  {
    id: "rate-slot-not-taken",
    breaks: "A create call does not count: KIE's limit is exceeded, and it refuses everybody.",
    file: "lib/db/queue.ts",
    find: "select moment from unnest(rate_windows.taken_at || ${now}) moment where",
    replace: "select moment from unnest(rate_windows.taken_at) moment where",
  },
  // — batches —
  {
    id: "item-counted-twice",
    breaks: "An item that ended is taken off its batch twice: the batch is told while others are under way.",
    file: "lib/db/batches.ts",
    find: "return sql`update batches set remaining = batches.remaining - 1,",
    replace: "return sql`update batches set remaining = batches.remaining - 2,",
  },
  {
    id: "rest-not-counted",
    breaks: "The rest of a batch is cancelled but not taken off: the batch waits for it and is never delivered.",
    file: "lib/db/batches.ts",
    find: "update batches set remaining = batches.remaining - n.size, ",
    replace: "update batches set remaining = batches.remaining, ",
  },
  {
    id: "batch-never-due",
    breaks: "A batch is not owed when its last item ends: after a crash nobody delivers it.",
    file: "lib/db/batches.ts",
    find: "due_at = case when batches.remaining = ${ended} then ${leaseUntil} else batches.due_at end`;",
    replace: "due_at = batches.due_at`;",
  },
  {
    id: "batch-lease-ignored",
    breaks: "Two processes deliver the same batch: the person gets all of it twice.",
    file: "lib/db/batch-delivery.ts",
    find: "\n      and (lease_until is null or lease_until <= ${input.now.toISOString()}::timestamptz)\n    returning id`);\n  return rows.length > 0;\n}\n\n/** The message that rang.",
    replace: "\n    returning id`);\n  return rows.length > 0;\n}\n\n/** The message that rang.",
  },
  {
    id: "item-told-by-itself",
    breaks: "An item of a batch is delivered by itself, and with the batch once more.",
    file: "lib/services/generation/advance.ts",
    find: "if (recorded.batch !== null && !recorded.batch.isTold)",
    replace: "if (recorded.batch?.isComplete && !recorded.batch.isTold)",
  },
  // — logs —
  {
    id: "prompt-logged",
    breaks: "What people ask for stands in the log.",
    file: "lib/services/generation/start-task.ts",
    find: "outcome: answer.kind, code });",
    replace: "outcome: answer.kind, code, request: JSON.stringify(generation.values) });",
  },
  {
    id: "address-printed",
    breaks: "A forgotten line for debugging prints the address of each call, and with it the bot's token.",
    file: "lib/telegram/client.ts",
    find: "          const failure = failureOf(method, error, stop.aborted);",
    replace:
      "          console.error(`${apiRoot}/bot${token}/${method}`);\n          const failure = failureOf(method, error, stop.aborted);",
  },
];
