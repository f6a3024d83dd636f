import type { FailureTexts } from "./failure-ru.ts";

/** What went wrong, in English. */
export const failureEn: FailureTexts = {
  title: "It did not work out",
  notCharged: "No money was taken.",
  returned: (sum) => `No money was taken: ${sum} went from hold back to your balance.`,
  causes: {
    "content-policy":
      "The model declined: the request did not pass its content check. Try other words or another file.",
    "input-not-fetched": "Kie.ai could not open the file you sent. Send another one or try again.",
    "wrong-parameters": "Bad request: the model did not accept these settings. Change them and try again.",
    "no-credits": "We are not starting generations for now; the reason is on our side. Please try later.",
    "rate-limited": "Our API access is limited right now: too many requests. Please try again in a few minutes.",
    "key-cap": "Our API access is limited right now: the limit is used up. Please try later.",
    maintenance: "Kie.ai is under maintenance. Please try later.",
    authorization: "Authorization with Kie.ai failed. The reason is on our side, please try later.",
    server: "An error occurred on the Kie.ai server. Please try again.",
    "generation-failed": "The model could not cope with this request. Try again or change it.",
    timeout: "The result did not arrive in time. Try again or take another model.",
    "no-answer":
      "Kie.ai did not answer, so it is unknown whether it began. If a result does arrive, you will get it for free.",
    other: "Server error, please try later.",
  },
  cancelled: "The generation was cancelled.",
};
