import type { UserAccount } from "../ledger/accounts.ts";
import { formatNumber, NBSP, plural } from "./format.ts";

const counted = (value: number, one: string, few: string, many: string): string =>
  `${formatNumber(value, "ru")}${NBSP}${plural("ru", value, { one, few, many, other: few })}`;

/** The nightly comparison of the books, for admins, in Russian. Sums and moments arrive written out. */
export const reconcileRu = {
  title: "⚖️ Сверка",
  button: "⚖️ Сверка",
  never: "Сверки ещё не было: она проходит каждую ночь после 03:00 по Москве.",
  running: (since: string): string => `Сверка идёт с ${since}.`,
  done: (at: string, wallets: number): string =>
    `Последняя: ${at}, ${counted(wallets, "кошелёк проверен", "кошелька проверены", "кошельков проверено")}.`,
  allWell: "Расхождений нет.",
  open: (count: number): string => `Ждут решения: ${formatNumber(count, "ru")}.`,
  now: "🔄 Сверить сейчас",
  refresh: "🔄 Обновить",
  started: "Сверяем. Если что-то не сойдётся, придёт сообщение",
  repair: "🔧 Исправить",
  confirm: "✅ Да, исправить",
  dismiss: "Пропустить",
  openModel: "🎨 Открыть модель",
  list: "⚖️ Все расхождения",
  dismissed: "Пропущено",
  ordered: "Исправляем",
  gone: "Такой записи нет.",
  statuses: {
    open: "Ждёт решения.",
    repaired: "✅ Исправлено.",
    dismissed: "Пропущено.",
    gone: "✅ Уже сошлось само.",
  },
  found: (when: string): string => `Замечено: ${when}`,
  user: (userId: number): string => `Пользователь: ${userId}`,

  balance: {
    title: "Баланс не сходится с операциями",
    line: (userId: number): string => `баланс пользователя ${userId}`,
    accounts: { main: "Основной", bonus: "Бонусы", held: "В резерве", debt: "Долг" } as Record<UserAccount, string>,
    account: (name: string, cached: string, sum: string): string => `${name}: записано ${cached}, по операциям ${sum}`,
    ask: "Записать в кошелёк суммы по операциям? Сами операции не изменятся.",
    impossible:
      "По операциям выходит меньше нуля, так записать нельзя. Сначала исправьте операции в карточке пользователя.",
  },
  "stale-hold": {
    title: "Генерация зависла, деньги в резерве",
    line: (generationId: string): string => `зависла генерация № ${generationId}`,
    generation: (generationId: string, model: string): string => `№ ${generationId}, ${model}`,
    held: (sum: string): string => `В резерве: ${sum}`,
    deadline: (when: string): string => `Должна была закончиться: ${when}`,
    ask: "Проверить задачу у KIE и закончить генерацию? Если результата нет, деньги вернутся пользователю.",
  },
  credits: {
    title: "KIE берёт не столько, сколько в каталоге",
    line: (model: string): string => `цена: ${model}`,
    model: (model: string): string => `Модель: ${model}`,
    figures: (expected: string, consumed: string): string => `В каталоге: ${expected} кр., KIE взял: ${consumed} кр.`,
    example: (generationId: string): string => `Например, генерация № ${generationId}`,
    advice: "Проверьте цену модели. Когда она изменится в каталоге, запись закроется сама.",
  },
  stars: {
    title: {
      "not-credited": "Звёзды оплачены, но не зачислены",
      "not-refunded": "Telegram вернул звёзды, а у нас возврата нет",
      unknown: "Платёж звёздами есть у нас, а в Telegram его нет",
    },
    line: (stars: number): string => `платёж на ${counted(stars, "звезду", "звезды", "звёзд")}`,
    payment: (stars: number): string => `Платёж: ${counted(stars, "звезда", "звезды", "звёзд")}`,
    charge: (chargeId: string): string => `Номер: ${chargeId}`,
    ask: {
      "not-credited": "Зачислить этот платёж пользователю?",
      "not-refunded": "Списать этот платёж с пользователя? Чего не хватит на балансе, станет долгом.",
    },
    advice: "Проверьте платёж в истории звёзд бота. Исправить такое кнопкой нельзя.",
  },

  report: (count: number): string =>
    count === 0
      ? "⚖️ Сверка закончена: расхождений нет."
      : `⚖️ Сверка закончена. Ждут решения: ${formatNumber(count, "ru")}.`,
  late: (count: number): string =>
    `⏳ ${counted(count, "генерация не закончилась", "генерации не закончились", "генераций не закончились")} в срок, деньги в резерве. Проверьте, идут ли задачи у KIE.`,
};

/** The shape every language has. */
export type ReconcileTexts = typeof reconcileRu;
