import * as z from "zod";
import type { KieControl } from "../kie/control.ts";
import { KIE_CALL_FAULT_KINDS, type KieCallFaultKind } from "../kie/edge.ts";
import { tagsOf, wordsToSentinels } from "../kie/sentinels.ts";
import { type KieSwitches, switchesSchema } from "../kie/switches.ts";
import { entriesOf, type FaultEntry, SHOTS, TIMES } from "./entry.ts";

type NamesOf<Value> = {
  [Name in keyof KieSwitches]: KieSwitches[Name] extends Value ? Name : never;
}[keyof KieSwitches];
type FlagName = NamesOf<boolean>;
type AmountName = Exclude<NamesOf<number | null>, undefined>;

/** Label, and the name under which the simulator counts it. `strictFields` is no fault: nothing is counted. */
const FLAGS: Readonly<Record<FlagName, readonly [label: string, count: string]>> = {
  strictFields: ["Неизвестные поля запроса отклоняются", ""],
  maintenance: ["Техработы: 455 на каждую задачу", "maintenance"],
  keyRefused: ["Ключ не принят: 401 на всё", "key-refused"],
  keyCapReached: ["Лимит ключа исчерпан: 433", "key-cap"],
  recordLimits: ["Ограничение частых запросов записи (429)", "record-rate"],
  callbacksDown: ["Колбэки не доходят", "callbacks-down"],
  unsignedCallbacks: ["Колбэки без подписи", "callback-signature-none"],
  foreignSignatures: ["Колбэки с чужой подписью", "callback-signature-foreign"],
  staleSignatures: ["Подписи колбэков часовой давности", "callback-signature-stale"],
  skipSunoStages: ["Suno: без text и first", "skipped-suno-stages"],
  repeatSunoComplete: ["Suno: complete дважды", "callback-twice"],
  lateSunoText: ["Suno: text после complete", "late-suno-text"],
  reverseSunoStages: ["Suno: стадии в обратном порядке", "callbacks-reversed"],
  emptySunoErrors: ["Suno: ошибка с пустым списком", "empty-suno-error"],
  filesNeedUserAgent: ["Файлы: 403 без User-Agent", "file-without-user-agent"],
};

const AMOUNTS: Readonly<Record<AmountName, readonly [label: string, count: string]>> = {
  keyCapCredits: ["Сколько кредитов может потратить ключ", "key-cap"],
  edgeErrorRate: ["Доля ответов 502/403 от шлюза, от 0 до 1", "edge-error"],
  callbackDelaySeconds: ["Опоздание колбэков, секунды", "callback-late"],
  resultLifeHours: ["Срок жизни результатов, часы", "result-expired"],
  uploadLifeHours: ["Срок жизни загрузок, часы", "upload-expired"],
};

const CALLS: Readonly<Record<KieCallFaultKind, string>> = {
  http: "Ответ шлюза (502) вместо KIE",
  envelope: "Код ошибки (500) в конверте",
  "lost-request": "Обрыв до запроса",
  "hung-request": "Молчание, запрос не принят",
  "lost-answer": "Обрыв после запроса",
  "no-answer": "Молчание, запрос принят",
  "cut-body": "Обрыв посреди файла",
};

/** Words without a number, for the next task. */
const WORDS: Readonly<Record<string, string>> = {
  fail: "неудача (500)",
  "fail:policy": "неудача: правила",
  "fail:fetch": "неудача: файл не открылся",
  "fail:501": "неудача (501)",
  "fail:531": "неудача с возвратом (531)",
  slow: "в десять раз дольше",
  hang: "не кончится никогда",
  lost: "принята, ответ потерян",
  lostall: "принята, ответ и колбэк потеряны",
  unsent: "обрыв до приёма",
  silent: "принята, ответа нет",
  garbage: "принята, ответ нечитаем",
  http502: "502 от шлюза",
  twice: "колбэк дважды",
  lostcb: "без колбэка",
  early: "колбэк раньше ответа",
  badcb: "ложный успех в колбэке",
  failcb: "ложная неудача в колбэке",
  idcb: "чужой номер задачи в колбэке",
  nosign: "колбэк без подписи",
  badsign: "колбэк с чужой подписью",
  stalecb: "колбэк с подписью часовой давности",
  extra: "лишние поля",
  nofields: "без необязательных полей",
  oldnames: "старые имена полей",
  sametimes: "updateTime как createTime",
  noresult: "неудача без resultJson",
  empty: "успех без результата",
  big: "файлы по 12 МБ",
  bigcover: "обложки песен больше 320 пикселей",
  "402": "отказ 402",
  "422": "отказ 422",
  "429": "отказ 429, один раз",
  "433": "отказ 433",
  "455": "отказ 455",
  "500": "отказ 500",
  "501": "отказ 501",
  "505": "отказ 505",
};

/** Words with a number: label, what it counts, and the number that the page asks for. */
const NUMBER_WORDS: Readonly<Record<string, readonly [label: string, number: number]>> = {
  late: ["готова через 130 минут", 130],
  many: ["11 результатов", 11],
  size: ["файлы по 15 МБ", 15],
  unseen: ["30 секунд без записи", 30],
  latecb: ["колбэк на минуту позже", 60],
};

/** Everything that can go wrong with the simulated KIE. */
export function kieEntries(kie: KieControl): FaultEntry[] {
  const { flag, amount, text, choice, shots, action } = entriesOf("kie");
  const counted = (name: string) => () => kie.injected()[name] ?? 0;
  const keys = <Name extends string>(record: Readonly<Record<Name, unknown>>) => Object.keys(record) as Name[];
  const armed = (words: string) => kie.nextTasks().filter((other) => other === words).length;
  const tagOf = (words: string) => tagsOf(wordsToSentinels(words))[0] ?? words;

  return [
    ...keys(FLAGS).map((name) => {
      const [label, count] = FLAGS[name];
      const set = (on: boolean) => kie.setSwitches({ [name]: on });
      return flag({ name, label, get: () => kie.switches()[name], set, injected: counted(count) });
    }),
    amount({
      name: "credits",
      label: "Баланс KIE, кредиты",
      schema: z.number().nonnegative(),
      get: kie.credits,
      set: (value) => kie.setCredits(value ?? 0),
      injected: counted("no-credits"),
    }),
    ...keys(AMOUNTS).map((name) => {
      const [label, count] = AMOUNTS[name];
      const schema = z.number().nullable().pipe(switchesSchema.shape[name].unwrap());
      const set = (value: number | null) => kie.setSwitches({ [name]: value });
      return amount({ name, label, schema, get: () => kie.switches()[name], set, injected: counted(count) });
    }),
    choice({
      name: "sunoCallbacks",
      label: "Suno: вид колбэков",
      choices: ["legacy", "playground"],
      get: () => kie.switches().sunoCallbacks,
      set: (sunoCallbacks) => kie.setSwitches({ sunoCallbacks }),
      injected: () => 0,
    }),
    text({
      name: "everyTask",
      label: "Слова для каждой задачи (slow: twice:)",
      get: () => kie.switches().everyTask,
      set: (everyTask) => kie.setSwitches({ everyTask }),
      injected: counted("every-task"),
    }),
    ...KIE_CALL_FAULT_KINDS.map((kind) =>
      shots({
        name: `call.${kind}`,
        label: CALLS[kind],
        takes: { ...SHOTS, where: z.string().min(1).default("*"), code: z.int().optional() },
        left: () => kie.left(kind),
        arm: ({ where, ...options }) => kie.next(where, kind, options),
        injected: counted(kind),
      }),
    ),
    shots({
      name: "refuse-create",
      label: "Отказ следующей задаче (505 или другой код)",
      takes: { ...TIMES, code: z.int().min(400).max(999).default(505) },
      left: () => kie.left("refuse"),
      arm: ({ code, times = 1 }) => {
        for (let count = 0; count < times; count += 1) kie.failNextCreate(code);
      },
      injected: counted("refused-create"),
    }),
    shots({
      name: "drop-create",
      label: "Следующая задача принята, ответ потерян",
      takes: TIMES,
      left: () => kie.left("drop"),
      arm: ({ times = 1 }) => kie.dropNextCreates(times),
      injected: counted("lost"),
    }),
    shots({
      name: "lose-upload",
      label: "Следующая загрузка сразу пропадёт",
      takes: TIMES,
      left: () => kie.left("lose-upload"),
      arm: ({ times = 1 }) => kie.loseNextUploads(times),
      injected: counted("upload-gone"),
    }),
    ...keys(WORDS).map((word) =>
      shots({
        name: `word.${word}`,
        label: `Задача: ${WORDS[word]}`,
        takes: TIMES,
        left: () => armed(word),
        arm: ({ times }) => kie.nextTask(word, times),
        injected: counted(tagOf(word)),
      }),
    ),
    ...keys(NUMBER_WORDS).map((word) => {
      const [label, usual] = NUMBER_WORDS[word] ?? [word, 1];
      return shots({
        name: `word.${word}`,
        label: `Задача: ${label}`,
        takes: { ...TIMES, number: z.int().min(1).max(100_000).default(usual) },
        left: () => kie.nextTasks().filter((other) => other.startsWith(`${word}:`)).length,
        arm: ({ number, times }) => kie.nextTask(`${word}:${number}`, times),
        injected: counted(tagOf(`${word}:1`)),
      });
    }),
    action({
      name: "finish-tasks",
      label: "Завершить все задачи сейчас",
      value: () => running(kie).length,
      run: async () => {
        for (const { taskId } of running(kie)) await kie.finish(taskId);
      },
      injected: () => 0,
    }),
  ];
}

const running = (kie: KieControl) => kie.tasks().filter(({ state }) => state !== "success" && state !== "fail");
