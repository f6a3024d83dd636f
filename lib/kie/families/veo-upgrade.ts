import type { LookOutcome, LookTask } from "../gateway.ts";
import type { LinkOptions, Operation, ReadOptions } from "./operation.ts";
import { firstUrlList, linkOutputs, membersOf, textOf, uniqueOutputs, withPreviews } from "./reading.ts";
import { readNotYet, readRecord, saysNotYet } from "./record.ts";

interface UpgradeRoute {
  method: "GET" | "POST";
  path: string;
  takesCallback: boolean;
}

type Members = Record<string, unknown>;

const filesIn = ({ resultUrls, result_urls, resultUrl, imageUrls, image_urls }: Members, options: ReadOptions) =>
  withPreviews(
    linkOutputs(firstUrlList(resultUrls, result_urls, resultUrl), options),
    firstUrlList(imageUrls, image_urls),
    options,
  );

/**
 * What an answer shows of a larger copy: its link flat in `data`, or in `response` as record-info has it, with
 * `mediaIds` and `imageUrls`, its stills, beside it.
 */
function readUpgrade(data: unknown, options: ReadOptions): LookOutcome {
  const members = membersOf(data);
  const outputs = uniqueOutputs(filesIn(members, options));
  if (outputs.length > 0) return { kind: "succeeded", outputs, creditsConsumed: null };
  const record =
    members.successFlag === undefined
      ? null
      : readRecord(members, options, { outputs: (response) => filesIn(response, options) });
  return record ?? { kind: "pending", state: "processing" };
}

/** These are answers about the clip itself; any other code says only that the question was not answered. */
const FINAL_CODES = new Set([400, 422, 501]);
const NEVER = /\bunavailable\b|not available|different video/i;

/**
 * 1080p and 4K of a finished clip (docs.kie.ai): there is no task of their own. The same question asked again starts
 * the work, says that it is under way, and in the end shows the result, for 4K even inside of a refusal (422).
 */
export function veoUpgrade({ method, path, takesCallback }: UpgradeRoute): Operation {
  const video = (options: LinkOptions): ReadOptions => ({ ...options, output: "video" });
  const again = ({ earlier, taskId }: LookTask): Members => ({
    taskId: earlier.taskId ?? taskId,
    ...(earlier.index === undefined ? {} : { index: earlier.index }),
  });
  return {
    start: {
      ask: ({ input, callBackUrl }) => ({
        method,
        path,
        fields: takesCallback ? { ...input, callBackUrl } : { ...input },
      }),
      read: ({ code, message, data }, { input }, options) => {
        const isRefused = code === 400 || code === 422;
        if (code !== 200 && !isRefused) return null;
        const taskId = textOf(membersOf(data).taskId) || textOf(input.taskId) || null;
        const answer = readUpgrade(data, video(options));
        if (answer.kind === "succeeded") return { ...answer, kind: "finished", taskId };
        if (taskId === null || (isRefused && !saysNotYet(message))) return null;
        return { kind: "created", taskId };
      },
    },
    look: {
      // Without the callback's address: the task that runs has it already.
      ask: (task) => ({ method, path, fields: again(task) }),
      read: (reply, options) => {
        const { code, message, data } = reply;
        // An empty 200 means that the work has begun, not that there is no such record.
        if (code === 200) return data == null ? { kind: "pending", state: "processing" } : null;
        const answer = code === 422 ? readUpgrade(data, video(options)) : null;
        if (answer?.kind === "succeeded") return answer;
        const notYet = readNotYet(reply);
        if (notYet !== null || /\brecord\b.*(is null|does not exist)/i.test(message)) return notYet;
        const isFinal = FINAL_CODES.has(code) || (code === 500 && NEVER.test(message));
        return isFinal ? { kind: "failed", code, message } : null;
      },
      record: (data, options) => readUpgrade(data, video(options)),
    },
  };
}
