import { addSeconds, type Clock, SECOND_MS } from "../shared/clock.ts";
import { randomId } from "../shared/ids.ts";
import type { OutputKind } from "../shared/media.ts";
import type { MidiNotes } from "../shared/midi-notes.ts";
import type { KieGateway, TaskOutput } from "./gateway.ts";
import { MOCK_AUDIO, MOCK_VIDEO, mockImage } from "./mock-media.ts";

export interface MockGatewayOptions {
  clock: Clock;
  /** Drawn into pictures and written into titles, so that nobody takes the result for a real one. */
  label: "TEST" | "DRY RUN";
}

/** Long enough to see the status message change, short enough not to be waited for. */
const PENDING_SECONDS = 3;
const TASK_ID = /^mock-([0-9a-z]{1,12})-[0-9a-z]{12}$/;

/** A scale, of which a MIDI file can be made. */
const SCALE: MidiNotes = {
  instruments: [
    {
      name: "Piano",
      notes: [60, 62, 64, 65, 67, 69, 71, 72].map((pitch, index) => ({
        pitch,
        startSeconds: index / 2,
        endSeconds: (index + 1) / 2,
        velocity: 0.8,
      })),
    },
  ],
};

/**
 * KIE for TEST_MODE, DRY_RUN and KIE_STUB: no network and no memory. The task id carries its own start, so any process
 * can answer for any task. Every task succeeds after about three seconds, with one small real file as a `data:` URL, or with words.
 */
export function createMockGateway({ clock, label }: MockGatewayOptions): KieGateway {
  const words = `${label}: la la la`;
  const outputOf: Readonly<Record<OutputKind, () => TaskOutput>> = {
    image: () => ({ kind: "image", url: mockImage(label), title: label }),
    video: () => ({ kind: "video", ...MOCK_VIDEO, title: label }),
    audio: () => ({ kind: "audio", ...MOCK_AUDIO, title: label, externalId: "mock-track", text: words }),
    text: () => ({ kind: "text", text: words, title: label, externalId: "mock-words" }),
    "timed-lyrics": () => ({ kind: "timed-lyrics", text: `[00:00.00] ${words}\n[00:00.50] la la la` }),
    midi: () => ({ kind: "midi", text: JSON.stringify(SCALE) }),
  };
  return {
    start: async () => ({ kind: "created", taskId: `mock-${clock.now().getTime().toString(36)}-${randomId(12)}` }),
    look: async ({ taskId, output }) => {
      const startedAt = TASK_ID.exec(taskId)?.[1];
      if (startedAt === undefined) return { kind: "not-found" };
      const age = clock.now().getTime() - Number.parseInt(startedAt, 36);
      if (age < PENDING_SECONDS * SECOND_MS) return { kind: "pending", state: "generating" };
      return { kind: "succeeded", outputs: [outputOf[output]()], creditsConsumed: 0 };
    },
    upload: async ({ format }) => ({
      // `.invalid` never resolves (RFC 2606): nobody can be made to fetch it.
      url: `https://mock.invalid/${randomId(26)}.${format}`,
      expiresAt: addSeconds(clock.now(), 24 * 60 * 60),
    }),
    credits: async () => 1_000,
  };
}
