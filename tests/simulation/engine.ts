import { FUNCTIONS } from "../../lib/deploy/functions.ts";
import { isConnectionCut } from "../../lib/sandbox/http.ts";
import { brokenConnection, type CallFault, type Climate, type RequestFault, serviceError } from "./chaos.ts";
import { type Call, type Instance, type Invocation, type Scope, type ServiceName, scopes } from "./context.ts";
import { isProcessBusy } from "./globals.ts";
import type { History } from "./history.ts";
import type { Dice } from "./random.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** A service, as the product meets it over the network. */
export interface Service {
  name: ServiceName;
  handle(request: Request): Promise<Response>;
}

export interface EngineOptions {
  time: VirtualTime;
  dice: Dice;
  history: History;
  climate: Climate;
  origin: string;
  /** By the first part of the path. */
  services: ReadonlyMap<string, Service>;
  /** Runs one endpoint of an instance. */
  serve(instance: Instance, request: Request): Promise<Response>;
  /** Whom a request goes to. */
  chooseInstance(): Instance;
  /** The process died: somebody must take its place. */
  instanceDied(instance: Instance): void;
  /** A call was performed, or not. `isRefused`: the service answered with an error. */
  observe(call: Call, fault: CallFault | undefined, isRefused?: boolean): void;
}

export interface Engine {
  fetch(scope: Scope, input: string | URL | Request, init: RequestInit | undefined): Promise<Response>;
  /** A request to the product from outside, on a perfect network. */
  request(request: Request): Promise<Response>;
  /** Resolves when nothing more happens until a call is performed or time moves. */
  settle(): Promise<void>;
  waiting(): readonly Call[];
  perform(call: Call): Promise<void>;
  /** Kills a process with everything that runs in it. */
  crash(instance: Instance, why: string): void;
  /** Goes on with work after the answer, on behalf of whoever runs now. */
  keepAlive(work: Promise<void>): void;
  running(): number;
  /** From now on nothing goes wrong any more. */
  calmDown(): void;
  faults: Map<string, number>;
  /** Per person: how often a message may have to be sent once more because nobody knows whether it arrived. */
  excuses: Map<number, number>;
  /** Services that answer nothing at all for a while. */
  cutOff: Set<ServiceName>;
}

/** Turns of the event loop without any sign of life after which everything is taken to wait. */
const QUIET_TURNS = 3;
const MOST_TURNS = 2_000_000;
/** The platform kills a function after this. */
const LIMIT_SECONDS = new Map<string, number>(
  FUNCTIONS.map(({ name, maxDurationSeconds }) => [name, maxDurationSeconds]),
);
/** A lease holds 90 s: whoever takes longer may be overtaken. */
const SLOW_MS = 80_000;

export function createEngine(options: EngineOptions): Engine {
  const { time, dice, history, climate, services, origin } = options;
  const waiting: Call[] = [];
  const performing = new Set<Call>();
  const hanging = new Set<Call>();
  const live = new Set<Invocation>();
  const faults = new Map<string, number>();
  const excuses = new Map<number, number>();
  const cutOff = new Set<ServiceName>();
  let lastCallId = 0;
  let lastInvocationId = 0;
  let activity = 0;
  let isCalm = false;
  /** Statements that are not the product's own. */
  let aside = 0;

  const count = (name: string) => faults.set(name, (faults.get(name) ?? 0) + 1);
  const never = () => new Promise<never>(() => undefined);
  const labelOf = ({ id, endpoint, instance }: Invocation) => `#${id} ${endpoint}@${instance.name}`;

  async function settle(): Promise<void> {
    for (let quiet = 0, turns = 0; quiet < QUIET_TURNS; turns += 1) {
      if (turns > MOST_TURNS) throw new Error("the product never comes to rest");
      const busy = performing.values().find(({ nested }) => nested === 0);
      if (busy !== undefined) {
        await new Promise<void>((wake) => {
          busy.changed = wake;
        });
        quiet = 0;
        continue;
      }
      const before = activity;
      await nextTurn();
      quiet = activity === before && aside === 0 && !isProcessBusy() ? quiet + 1 : 0;
    }
  }

  async function fetchOf(
    scope: Scope,
    input: string | URL | Request,
    init: RequestInit | undefined,
  ): Promise<Response> {
    activity += 1;
    const url = input instanceof Request ? input.url : String(input);
    const { pathname } = new URL(url);
    if (!url.startsWith(origin)) throw brokenConnection("ECONNREFUSED");
    if (scope.kind !== "product") {
      const request = new Request(input, init);
      if (pathname.startsWith("/api/")) return await arrive(request, scope.kind === "outside" ? scope.call : undefined);
      const service = serviceAt(pathname);
      if (service.name !== "database") return await service.handle(request);
      // Money that is given, and the set-up: nothing else goes on until the database has answered.
      aside += 1;
      try {
        return await scopes.run({ kind: "database" }, () => service.handle(request));
      } finally {
        aside -= 1;
      }
    }
    const { invocation } = scope;
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    const { method, headers, body } = await sentBy(input, init);
    if (invocation.isDead) return await never();
    signal?.throwIfAborted();
    const { name } = serviceAt(pathname);
    return await new Promise<Response>((resolve, reject) => {
      const what = nameOf(name, method, pathname, body);
      const call: Call = {
        id: ++lastCallId,
        invocation,
        service: name,
        what,
        url,
        method,
        headers,
        body,
        recipient: recipientOf(name, what, body),
        messages: what === "sendMediaGroup" ? [...textOf(body).matchAll(/"media":\s*"/g)].length : 1,
        state: "waiting",
        resolve,
        reject,
        nested: 0,
        changed: undefined,
      };
      // By age and not by arrival: how many turns of the event loop one takes may differ from run to run.
      const place = waiting.findLastIndex((other) => other.invocation.id <= invocation.id) + 1;
      waiting.splice(place, 0, call);
      activity += 1;
      signal?.addEventListener("abort", () => giveUp(call, signal.reason), { once: true });
    });
  }

  function serviceAt(pathname: string): Service {
    const service = services.get(pathname.split("/")[1] ?? "");
    if (service === undefined) throw new Error(`there is no service at ${pathname}`);
    return service;
  }

  /** The caller's own limit has passed. */
  function giveUp(call: Call, reason: unknown): void {
    if (call.state === "over" || call.invocation.isDead) return;
    activity += 1;
    history.add(`${labelOf(call.invocation)} gives up ${call.what}`, aboutOf(call));
    if (call.state === "performing") excuse(call, true);
    close(call);
    call.reject(reason);
  }

  function close(call: Call): void {
    call.state = "over";
    const place = waiting.indexOf(call);
    if (place >= 0) waiting.splice(place, 1);
    hanging.delete(call);
  }

  async function perform(call: Call): Promise<void> {
    waiting.splice(waiting.indexOf(call), 1);
    const fault = drawFault(call);
    if (fault !== undefined) count(`${call.service}: ${fault}`);
    const { invocation } = call;
    const note = (text: string) => history.add(`${labelOf(invocation)} ${call.what}${text}`, aboutOf(call));
    switch (fault) {
      case "refused":
      case "lost-request":
        note(` ✗ ${fault}`);
        options.observe(call, fault);
        excuse(call, false);
        close(call);
        call.reject(brokenConnection(fault === "refused" ? "ECONNREFUSED" : "ECONNRESET"));
        return;
      case "silent-before":
        note(" ✗ silent-before");
        options.observe(call, fault);
        excuse(call, false);
        call.state = "hanging";
        hanging.add(call);
        return;
      case "service-error": {
        const { name, response } = serviceError(call, dice);
        note(` ✗ ${name}`);
        options.observe(call, fault);
        excuse(call, false);
        close(call);
        call.resolve(response);
        return;
      }
      case "crash-before":
        note(" ✗ crash before");
        crash(invocation.instance, "crash");
        return;
      default:
    }
    call.state = "performing";
    performing.add(call);
    if (call.recipient !== undefined) {
      invocation.sentTo.set(call.recipient, Math.max(call.messages, invocation.sentTo.get(call.recipient) ?? 0));
    }
    const request = new Request(call.url, {
      method: call.method,
      headers: call.headers,
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    const scope: Scope = call.service === "database" ? { kind: "database" } : { kind: "outside", call };
    const service = serviceAt(new URL(call.url).pathname);
    void scopes
      .run(scope, () => service.handle(request))
      .then(
        (response) => answered(call, fault, response, note),
        (error: unknown) => {
          note(` the simulator failed: ${String(error)}`);
          finishPerforming(call);
          call.reject(error);
        },
      );
  }

  function answered(call: Call, fault: CallFault | undefined, response: Response, note: (text: string) => void): void {
    const isLost = isConnectionCut(response);
    const kind = isLost ? "lost-answer" : fault;
    const isGone = call.state === "over" || call.invocation.isDead;
    note(` → ${isLost ? "cut" : response.status}${kind === undefined ? "" : ` ✗ ${kind}`}`);
    options.observe(call, kind, !isLost && !response.ok);
    finishPerforming(call);
    if (isGone) return;
    if (kind !== undefined) excuse(call, true);
    switch (kind) {
      case undefined:
        close(call);
        call.resolve(response);
        return;
      case "crash-after":
        crash(call.invocation.instance, "crash");
        return;
      case "silent-after":
        call.state = "hanging";
        hanging.add(call);
        return;
      default:
        close(call);
        call.reject(brokenConnection("ECONNRESET"));
    }
  }

  function finishPerforming(call: Call): void {
    activity += 1;
    performing.delete(call);
    call.changed?.();
  }

  function drawFault(call: Call): CallFault | undefined {
    if (isCalm) return undefined;
    if (cutOff.has(call.service)) return dice.pick(["refused", "lost-request", "silent-before"] as const);
    if (!dice.chance(climate.calls[call.service])) return undefined;
    return dice.weighted(climate.kinds);
  }

  /**
   * A message may be sent once more where nobody knows whether the first one arrived, or where that could not be stored.
   * A refusal is no excuse: it tells that nothing was sent.
   */
  function excuse(call: Call, wasPerformed: boolean): void {
    const recipient = wasPerformed ? call.recipient : undefined;
    if (recipient !== undefined) excuses.set(recipient, (excuses.get(recipient) ?? 0) + call.messages);
    else if (call.service === "database") excuseAll(call.invocation);
  }

  function excuseAll(invocation: Invocation): void {
    for (const [userId, messages] of invocation.sentTo) excuses.set(userId, (excuses.get(userId) ?? 0) + messages);
  }

  async function arrive(request: Request, call: Call | undefined): Promise<Response> {
    if (call !== undefined) {
      call.nested += 1;
      call.changed?.();
    }
    try {
      return await onTheWay(request);
    } finally {
      activity += 1;
      if (call !== undefined) call.nested -= 1;
    }
  }

  async function onTheWay(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const fault = drawRequestFault();
    const body = await request.text();
    if (fault !== undefined) {
      count(`incoming: ${fault}`);
      history.add(`${pathname} ✗ ${fault}`, body);
    }
    const again = () =>
      new Request(request.url, { method: request.method, headers: request.headers, ...(body === "" ? {} : { body }) });
    switch (fault) {
      case "dropped":
        throw brokenConnection("ECONNRESET");
      case "delayed":
        await new Promise<void>((wake) => time.at(time.nowMs() + 1_000 + dice.below(40_000), wake));
        return await begin(again(), body);
      case "doubled":
        void begin(again(), body).catch(() => undefined);
        return await begin(again(), body);
      case "answer-lost":
        await begin(again(), body);
        throw brokenConnection("ECONNRESET");
      default:
        return await begin(again(), body);
    }
  }

  function drawRequestFault(): RequestFault | undefined {
    if (isCalm) return undefined;
    for (const [name, share] of Object.entries(climate.requests)) {
      if (dice.chance(share)) return requestFault(name);
    }
    return undefined;
  }

  function begin(request: Request, body: string): Promise<Response> {
    activity += 1;
    const { pathname } = new URL(request.url);
    const endpoint = pathname.split("/")[2] ?? "";
    const instance = options.chooseInstance();
    const { promise: isCut, reject: cut } = Promise.withResolvers<never>();
    isCut.catch(() => undefined);
    const invocation: Invocation = {
      id: ++lastInvocationId,
      endpoint,
      instance,
      startedMs: time.nowMs(),
      isDead: false,
      open: 1,
      cut: () => cut(brokenConnection("ECONNRESET")),
      sentTo: new Map(),
      limits: [],
    };
    live.add(invocation);
    instance.invocations.add(invocation);
    history.add(
      `${labelOf(invocation)} ← ${request.method} ${pathname}`,
      body.length > 4_000 ? "" : request.url + body,
    );
    const limitMs = (LIMIT_SECONDS.get(endpoint) ?? 60) * 1_000;
    invocation.limits.push(time.at(time.nowMs() + limitMs, () => crash(instance, "function limit")));
    const answer = scopes.run({ kind: "product", invocation }, () => options.serve(instance, request));
    void answer.then(
      (response) => {
        if (!invocation.isDead) history.add(`${labelOf(invocation)} answers ${response.status}`);
        release(invocation);
      },
      (error: unknown) => {
        history.add(`${labelOf(invocation)} THROWS ${String(error)}`);
        release(invocation);
      },
    );
    return Promise.race([answer, isCut]);
  }

  function release(invocation: Invocation): void {
    activity += 1;
    invocation.open -= 1;
    if (invocation.open > 0 || !live.delete(invocation)) return;
    invocation.instance.invocations.delete(invocation);
    forgetLimits(invocation);
    if (time.nowMs() - invocation.startedMs > SLOW_MS) excuseAll(invocation);
  }

  function crash(instance: Instance, why: string): void {
    activity += 1;
    history.add(`${instance.name} dies: ${why}`);
    count(`process: ${why}`);
    for (const invocation of instance.invocations) {
      invocation.isDead = true;
      excuseAll(invocation);
      live.delete(invocation);
      forgetLimits(invocation);
      for (const call of [...waiting, ...hanging]) if (call.invocation === invocation) close(call);
      invocation.cut();
    }
    instance.invocations.clear();
    options.instanceDied(instance);
  }

  return {
    fetch: fetchOf,
    request: async (request) => await begin(request, await request.clone().text()),
    settle,
    waiting: () => waiting,
    perform,
    crash,
    keepAlive: (work) => {
      const scope = scopes.getStore();
      if (scope?.kind !== "product") return;
      scope.invocation.open += 1;
      void work.finally(() => release(scope.invocation));
    },
    running: () => live.size,
    calmDown: () => {
      isCalm = true;
      cutOff.clear();
    },
    faults,
    excuses,
    cutOff,
  };
}

const requestFault = (name: string): RequestFault | undefined =>
  (["dropped", "delayed", "doubled", "answer-lost"] as const).find((fault) => fault === name);

/** A request of the product, taken apart; most are given as plain text, and a `Request` costs more than the rest of the call. */
async function sentBy(
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Pick<Call, "method" | "headers" | "body">> {
  const { method = "GET", headers, body: text } = init ?? {};
  if (!(input instanceof Request) && (text === undefined || typeof text === "string"))
    return { method: method.toUpperCase(), headers: new Headers(headers), body: text };
  const request = new Request(input, { ...init, signal: null });
  const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
  return { method: request.method, headers: request.headers, body };
}

function recipientOf(service: ServiceName, what: string, body: Call["body"]): number | undefined {
  if (service !== "telegram" || !/^(send(?!ChatAction)|copy|forward)/.test(what)) return undefined;
  const [, id] = /"chat_id":\s*"?(\d+)|name="chat_id"\s+(\d+)/.exec(textOf(body)) ?? [];
  return id === undefined ? undefined : Number(id);
}

/** What was sent, as far as it may be looked at. */
export function textOf(body: Call["body"]): string {
  if (body === undefined) return "";
  return typeof body === "string" ? body : Buffer.from(body.subarray(0, MOST_TEXT)).toString("utf8");
}

const MOST_TEXT = 20_000;

const aboutOf = (call: Call): string => `${call.url.slice(0, 300)} ${textOf(call.body).slice(0, MOST_TEXT)}`;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function forgetLimits(invocation: Invocation): void {
  for (const forget of invocation.limits) forget();
  invocation.limits = [];
}

function nameOf(service: ServiceName, method: string, pathname: string, body: Call["body"]): string {
  switch (service) {
    case "telegram":
      return pathname.split("/").at(-1) ?? "";
    case "database":
      return `sql ${statementOf(textOf(body))}`;
    default:
      return `${method} ${pathname.split("/").slice(1, 6).join("/").slice(0, 60)}`;
  }
}

/** The words that tell one statement from another; most statements are the same ones again and again. */
function statementOf(body: string): string {
  const end = body.indexOf('","params"');
  const sql = end < 0 ? body.slice(0, 2_000) : body.slice(0, end);
  let name = statementNames.get(sql);
  if (name === undefined) {
    const verbs = [...sql.replace(/\\n/g, " ").matchAll(/\b(insert into|update|delete from) (\w+)/g)];
    const words = [...new Set(verbs.map(([, verb, table]) => `${verb} ${table}`))].join(", ");
    name = words === "" ? sql.replace(/\\n|\s+/g, " ").slice(10, 60) : words.slice(0, 90);
    statementNames.set(sql, name);
  }
  return name;
}

const statementNames = new Map<string, string>();
