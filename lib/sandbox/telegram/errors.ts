import type { TelegramResponseParameters } from "@gramio/types/objects";

/**
 * A refusal in the Bot API's own form. `isViolation` tells a programming error (malformed call, broken limit) from
 * what also happens to a correct program: a deleted message, an old query, a blocked bot, an unreachable URL.
 */
export class BotApiError extends Error {
  readonly code: number;
  readonly isViolation: boolean;
  readonly parameters: TelegramResponseParameters | undefined;

  constructor(code: number, description: string, isViolation: boolean, parameters?: TelegramResponseParameters) {
    super(description);
    this.name = "BotApiError";
    this.code = code;
    this.isViolation = isViolation;
    this.parameters = parameters;
  }
}

/** The program broke a rule: answered 400 and remembered in `violations()`. */
export const violation = (description: string): BotApiError =>
  new BotApiError(400, `Bad Request: ${description}`, true);

/** The world is not as the program thought: answered 400, not remembered. */
export const refusal = (description: string): BotApiError => new BotApiError(400, `Bad Request: ${description}`, false);

/** What a person (or a test that plays one) can not do. `status` is 400 or 404 over HTTP. */
export class PeopleError extends Error {
  readonly status: 400 | 404;

  constructor(status: 400 | 404, sentence: string) {
    super(sentence);
    this.name = "PeopleError";
    this.status = status;
  }
}
