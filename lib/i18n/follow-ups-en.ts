import type { FollowUpTexts } from "./follow-ups-ru.ts";

/** What can be made of a result, in English. */
export const followUpsEn: FollowUpTexts = {
  buttons: {
    animate: "🎬 Animate",
    upscale: "⬆️ Enhance",
    edit: "🖌 Edit the picture",
    original: "📄 Original",
    whatElse: {
      image: "🎛 More with this picture",
      video: "🎛 More with this video",
      audio: "🎛 More with this recording",
      track: "🎛 More with this track",
      words: "🎛 What next",
    },
  },
  names: { image: "Picture", video: "Video", audio: "Recording", track: "Track", words: "Text" },
  numbered: (name, position) => `${name}\u00a0${position}`,
  lead: "What shall we do next? The price is on the button.",
  nothing: "Nothing more can be made of this result: Kie.ai does not keep its tasks for long.",
  unavailable: "This can't be made of that result any more: too much time has passed, or the model is not sold now.",
  needsResult: "This is made of a finished result only: press its button under the result.",
  originalComing: "Sending it as a file",
  noFile: "This result has no file",
  willNotify: "We'll write when this model works again",
  whatNext: {
    image: "Got the file. Pick a model to edit it and write what to change.",
    video: "Got the file. Pick a model to animate it. You can write right away what should happen.",
    audio: "Got the file. Pick a model.",
    music: "Got the file. Pick a model.",
    tools: "Got the file. Pick what to enhance it with.",
  },
};
