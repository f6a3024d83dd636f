import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { createPage } from "../../lib/sandbox/page.ts";
import { BROWSER, hasChromium, launchBrowser } from "../support/browser.ts";

interface FakeMessage {
  messageId: number;
  from: "bot" | "user";
  date: number;
  edited: boolean;
  text?: string;
  caption?: string;
  entities?: { type: string; offset: number; length: number }[];
  replyTo?: number;
  mediaGroupId?: string;
  media?: { kind: string; url: string; bytes: number; fileName: string; mime: string }[];
  keyboard?: { text: string; data?: string; url?: string }[][];
}

const sentTextSchema = z.object({ text: z.string(), replyTo: z.int().optional() });

/** The JSON API of the sandbox with a bot that echoes, so that the page is tried alone. */
class FakeSandbox {
  readonly messages: FakeMessage[] = [];
  readonly toasts: { text: string; alert: boolean; messageId: number; at: number }[] = [];
  readonly taps: unknown[] = [];
  readonly users = [{ userId: 1001, firstName: "Анна", username: "anna", languageCode: "ru" }];
  /** When set, the API answers nothing but this status. */
  failure: number | undefined;
  /** Taps are answered when this resolves. */
  tapGate: Promise<void> = Promise.resolve();
  /** Sendings are answered when this resolves; their messages are seen before. */
  sendGate: Promise<void> = Promise.resolve();
  #offsetSeconds = 0;
  #balanceKopecks = 0n;
  readonly #listeners = new Set<ServerResponse>();
  readonly #page = createPage();
  readonly #server: Server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The fake sandbox has no port");
    return `http://127.0.0.1:${address.port}/`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  add(message: Partial<FakeMessage>): FakeMessage {
    const messageId = this.messages.length + 1;
    const full: FakeMessage = { messageId, from: "bot", date: 1_790_000_000 + messageId, edited: false, ...message };
    this.messages.push(full);
    return full;
  }

  changed(): void {
    for (const listener of this.#listeners) listener.write(`data: ${JSON.stringify({ chat: 1001 })}\n\n`);
  }

  dropConnections(): void {
    for (const listener of this.#listeners) listener.destroy();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const url = new URL(incoming.url ?? "/", "http://sandbox");
    if (url.pathname === "/sandbox/events" && this.failure === undefined) {
      response.writeHead(200, { "content-type": "text/event-stream" }).write(": open\n\n");
      this.#listeners.add(response);
      response.on("close", () => this.#listeners.delete(response));
      return;
    }
    const request = new Request(url, {
      method: incoming.method ?? "GET",
      headers: { "content-type": incoming.headers["content-type"] ?? "" },
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const answer = (await this.#page.handle(request)) ?? (await this.#answer(url.pathname, request));
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
  }

  async #answer(path: string, request: Request): Promise<Response> {
    if (this.failure !== undefined) return Response.json({ error: "Песочница сломана" }, { status: this.failure });
    switch (`${request.method} ${path}`) {
      case "GET /sandbox/chats":
        return Response.json({ users: this.users });
      case "GET /sandbox/chats/1001":
        return Response.json({ messages: this.messages, toasts: this.toasts });
      case "POST /sandbox/chats/1001/messages":
        await this.#receive(request);
        this.changed();
        await this.sendGate;
        return Response.json({});
      case "POST /sandbox/chats/1001/taps":
        this.taps.push(await request.json());
        await this.tapGate;
        return Response.json({});
      case "GET /sandbox/chats/1001/commands":
        return Response.json({ commands: [{ command: "balance", description: "Баланс" }] });
      case "GET /sandbox/clock":
        return Response.json(this.#clock());
      case "POST /sandbox/clock":
        this.#offsetSeconds += z.object({ advanceSeconds: z.number() }).parse(await request.json()).advanceSeconds;
        return Response.json(this.#clock());
      case "GET /sandbox/wallets": {
        const wallet = { userId: 1001, mainKopecks: String(this.#balanceKopecks), bonusKopecks: "0", heldKopecks: "0" };
        return Response.json({ wallets: [wallet] });
      }
      case "POST /sandbox/credit":
        this.#balanceKopecks += BigInt(z.object({ kopecks: z.int() }).parse(await request.json()).kopecks);
        return Response.json({ balance: String(this.#balanceKopecks) });
      default:
        return Response.json({ error: "not found" }, { status: 404 });
    }
  }

  async #receive(request: Request): Promise<void> {
    if (request.headers.get("content-type")?.startsWith("application/json")) {
      const { text, replyTo } = sentTextSchema.parse(await request.json());
      this.add({ from: "user", text, ...(replyTo !== undefined && { replyTo }) });
      this.add({ text: `Эхо: ${text}` });
      return;
    }
    const form = await request.formData();
    const file = form.get("file");
    const mediaGroupId = form.get("mediaGroupId");
    if (!(file instanceof File)) throw new Error("A message without a file");
    this.add({
      from: "user",
      caption: String(form.get("caption")),
      media: [
        {
          kind: String(form.get("kind")),
          url: "/page/icon.svg",
          bytes: file.size,
          fileName: file.name,
          mime: file.type,
        },
      ],
      ...(typeof mediaGroupId === "string" && { mediaGroupId }),
    });
  }

  #clock() {
    const now = new Date(Date.now() + this.#offsetSeconds * 1000);
    return { now: now.toISOString(), offsetSeconds: this.#offsetSeconds };
  }
}

describe("the page's files", () => {
  const page = createPage();
  const get = (path: string) => page.handle(new Request(`http://sandbox${path}`));

  test("are served with their content types and are not kept by the browser", async () => {
    const types = {
      "/": "text/html",
      "/page/main.js": "text/javascript",
      "/page/theme.css": "text/css",
      "/page/icon.svg": "image/svg",
    };
    for (const [path, type] of Object.entries(types)) {
      const response = await get(path);
      expect(response?.status).toBe(200);
      expect(response?.headers.get("content-type")).toContain(type);
      expect(response?.headers.get("cache-control")).toBe("no-cache");
    }
  });

  test("are all that can be read", async () => {
    for (const name of [
      "../page.ts",
      "..%2fpage.ts",
      "%2e%2e%2fpage.ts",
      "..%5cpage.ts",
      "%2Fetc%2Fpasswd",
      "missing.js",
      "",
    ]) {
      const response = await get(`/page/${name}`);
      // The URL parser itself resolves plain dots: such a path is not the page's at all.
      expect(response?.status ?? 404).toBe(404);
    }
  });

  test("leave other paths to others", async () => {
    expect(await get("/sandbox/chats")).toBeUndefined();
    expect((await page.handle(new Request("http://sandbox/", { method: "POST" })))?.status).toBe(405);
  });
});

describe.skipIf(!hasChromium)("the chat page in a browser", BROWSER, () => {
  let browser: Browser;
  let sandbox: FakeSandbox;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    sandbox = new FakeSandbox();
    faults = [];
  });
  afterEach(async () => {
    await page.close();
    await sandbox.stop();
    expect(faults).toEqual([]);
  });

  async function open(width = 390, height = 844): Promise<void> {
    const address = await sandbox.start();
    page = await browser.newPage({ viewport: { width, height } });
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(address);
  }

  test("an empty chat offers to start, and the bot's answer appears", async () => {
    await open();
    await page.getByTestId("start").click();
    await page.getByTestId("message-2").getByText("Эхо: /start").waitFor();
    expect(await page.getByTestId("start").isVisible()).toBe(false);
    expect(await page.getByTestId("message-1").count()).toBe(1);
  });

  test("Enter sends the text, seen once even while its sending goes on; Shift+Enter makes a new line", async () => {
    let answerSending = () => {};
    sandbox.sendGate = new Promise((resolve) => {
      answerSending = resolve;
    });
    await open();
    await page.getByTestId("composer").fill("первая");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("вторая");
    await page.keyboard.press("Enter");
    await page.getByTestId("message-2").waitFor();
    expect(await page.locator("article").count()).toBe(2);
    answerSending();
    expect(sandbox.messages.map(({ text }) => text)).toEqual(["первая\nвторая", "Эхо: первая\nвторая"]);
    expect(await page.locator("article").count()).toBe(2);
  });

  test("a tapped button waits for the answer, then the toast and the edit are shown", async () => {
    const message = sandbox.add({ text: "Карточка", keyboard: [[{ text: "Создать", data: "ok~1" }]] });
    let answerTap = () => {};
    sandbox.tapGate = new Promise((resolve) => {
      answerTap = resolve;
    });
    await open();
    const button = page.getByTestId("message-1").getByTestId("button-0-0");
    await button.click();
    await page.locator("[aria-busy=true]").waitFor();
    await expect.poll(() => sandbox.taps).toEqual([{ messageId: 1, data: "ok~1" }]);
    Object.assign(message, { text: "Создаём", edited: true });
    sandbox.toasts.push({ text: "Принято", alert: false, messageId: 1, at: 1 });
    answerTap();
    await page.getByTestId("toast").getByText("Принято").waitFor();
    await page.getByTestId("message-1").getByText("Создаём").waitFor();
    await page.getByTestId("message-1").getByText("изм.").waitFor();
    await expect.poll(() => button.getAttribute("aria-busy")).toBe("false");
    await page.getByTestId("toast").waitFor({ state: "detached" });
  });

  test("an alert stays until OK, and an old toast is not shown again", async () => {
    sandbox.add({ text: "Меню" });
    sandbox.toasts.push({ text: "Старое", alert: true, messageId: 1, at: 1 });
    await open();
    await page.getByTestId("message-1").waitFor();
    sandbox.toasts.push({ text: "Карточка устарела", alert: true, messageId: 1, at: 2 });
    sandbox.changed();
    await page.getByTestId("alert").getByText("Карточка устарела").waitFor();
    await page.getByRole("button", { name: "OK" }).click();
    await page.getByTestId("alert").waitFor({ state: "detached" });
  });

  test("text is shown as text, with entities counted in UTF-16", async () => {
    const text = "👋 <b>привет</b> мир";
    sandbox.add({ text, entities: [{ type: "bold", offset: text.indexOf("мир"), length: 3 }] });
    await open();
    await page.getByText("<b>привет</b>").waitFor();
    expect(await page.getByTestId("message-1").locator("strong").allTextContents()).toEqual(["мир"]);
  });

  test("several pictures go as one album under one caption", async () => {
    await open();
    const files = ["a.png", "b.png"].map((name) => ({ name, mimeType: "image/png", buffer: Buffer.from("png") }));
    await page.getByTestId("attach").click();
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByTestId("attach-photo").click()]);
    await chooser.setFiles(files);
    await page.getByTestId("caption").fill("Два фото");
    await page.getByTestId("send-files-confirm").click();
    await page.getByTestId("message-1").getByTestId("message-2").waitFor();
    const [first, second] = sandbox.messages;
    expect([first?.caption, second?.caption]).toEqual(["Два фото", ""]);
    expect(first?.mediaGroupId).toBeTruthy();
    expect(second?.mediaGroupId).toBe(first?.mediaGroupId);
    expect(second?.media?.[0]).toMatchObject({ kind: "photo", fileName: "b.png" });
  });

  test("a reader of old messages is not moved and sees how many came", async () => {
    for (let index = 0; index < 40; index += 1) sandbox.add({ text: `Сообщение ${index}` });
    await open();
    await page.getByTestId("message-40").waitFor();
    await page.getByTestId("message-15").scrollIntoViewIfNeeded();
    await page.locator(".down-button.shown").waitFor();
    const before = await page.getByTestId("message-20").boundingBox();
    sandbox.add({ text: "Новое" });
    sandbox.changed();
    await page.locator(".down-count", { hasText: "1" }).waitFor();
    expect(await page.getByTestId("message-20").boundingBox()).toEqual(before);
    await page.getByTestId("scroll-down").click();
    await page.locator(".down-button:not(.shown)").waitFor({ state: "attached" });
  });

  test("a reply names its message", async () => {
    sandbox.add({ text: "Что изменить?" });
    await open();
    await page.getByTestId("message-1").hover();
    await page.getByTestId("message-1").getByTestId("reply").click();
    await page.getByTestId("composer").fill("Фон");
    await page.getByTestId("send").click();
    await page.getByTestId("message-2").getByText("Что изменить?").waitFor();
    expect(sandbox.messages[1]?.replyTo).toBe(1);
  });

  test("a failed sending says so and can be repeated", async () => {
    await open();
    await page.getByTestId("start").waitFor();
    sandbox.failure = 500;
    await page.getByTestId("composer").fill("Привет");
    await page.keyboard.press("Enter");
    await page.getByText("Не отправлено. Песочница сломана").waitFor();
    sandbox.failure = undefined;
    await page.getByRole("button", { name: "Повторить" }).click();
    await page.getByTestId("message-2").waitFor();
    expect(await page.getByText("Не отправлено").count()).toBe(0);
  });

  test("a lost connection shows a banner until it is back, with what was missed", async () => {
    await open();
    await page.getByTestId("start").waitFor();
    sandbox.failure = 503;
    sandbox.dropConnections();
    await page.getByTestId("connection-lost").waitFor();
    sandbox.failure = undefined;
    sandbox.add({ text: "Пока вас не было" });
    await page.getByTestId("connection-lost").getByRole("button").click();
    await page.getByTestId("message-1").waitFor();
    await page.getByTestId("connection-lost").waitFor({ state: "hidden" });
  });

  test("the panel moves the clock and adds money", async () => {
    await open(1280, 800);
    await page.getByTestId("panel-open").click();
    await page.getByTestId("clock-600").click();
    await page.getByText("Впереди настоящего на 10 мин").waitFor();
    await page.getByTestId("clock-input").fill("1 ч 30 мин");
    await page.keyboard.press("Enter");
    await page.getByText("Впереди настоящего на 1 ч 40 мин").waitFor();
    await page.getByTestId("wallet-1001").getByTestId("credit-1000").click();
    await page.getByTestId("wallet-1001").getByText("1 000,00 ₽").waitFor();
  });
});
