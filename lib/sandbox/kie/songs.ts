import { writeLyrics } from "./lyrics.ts";
import { fileOf, promptOf, type ResultRequest, textOf } from "./result-file.ts";
import type { ResultFile, Song, Stem, TaskResult } from "./result-recipe.ts";
import { uuidOf } from "./task.ts";

const SONG_SECONDS = [5, 7] as const;
const DEFAULT_STEM = "Lead Vocal";
const VOCAL_STEMS: readonly [string, string][] = [
  ["vocal", "Vocals"],
  ["instrumental", "Instrumental"],
];
const ALL_STEMS: readonly [string, string][] = [
  ["vocal", "Vocals"],
  ["backingVocals", "Backing Vocals"],
  ["drums", "Drums"],
  ["bass", "Bass"],
  ["guitar", "Guitar"],
  ["keyboard", "Keyboard"],
  ["percussion", "Percussion"],
  ["strings", "Strings"],
  ["synth", "Synth"],
  ["fx", "FX"],
  ["brass", "Brass"],
  ["woodwinds", "Woodwinds"],
];

/** As a Telegram player takes it, and as it does not. */
const COVER_SIDE = 320;
const BIG_COVER_SIDE = 1_000;

/** Two tracks with their covers. Their lyrics are those of the request, or written to its prompt as Suno does. */
export function songResult(request: ResultRequest): TaskResult {
  const { input, taskId, createdAt, urlOf } = request;
  const files: ResultFile[] = [];
  const songs = SONG_SECONDS.map((seconds, index): Song => {
    const audio = { ...fileOf(request, index, "mp3"), seconds };
    const side = request.sentinels.bigCover ? BIG_COVER_SIDE : COVER_SIDE;
    const cover = { ...fileOf(request, index, "jpeg"), width: side, height: side };
    files.push(audio, cover);
    return {
      id: uuidOf(`${taskId}/${index}`),
      title: textOf(input.title) || promptOf(input).slice(0, 40) || request.source?.song?.title || "Untitled",
      duration: seconds,
      audio_url: urlOf(audio.name),
      stream_audio_url: urlOf(audio.name),
      image_url: urlOf(cover.name),
      model_name: `chirp-${(textOf(input.model) || "V6").toLowerCase()}`,
      prompt: lyricsOf(request, index),
      tags: textOf(input.style) || textOf(input.tags),
      createTime: createdAt,
    };
  });
  return { files, songs, json: { data: songs } };
}

function lyricsOf({ schema, input, source }: ResultRequest, index: number): string {
  if (schema.mode === "sound-effects" || input.instrumental === true || "tags" in schema.input) {
    return textOf(input.full_lyrics) || textOf(input.fullLyrics);
  }
  if (textOf(input.lyrics)) return textOf(input.lyrics);
  const prompt = textOf(input.prompt);
  const isLiteral = input.customMode === true || input.custom_mode === true || input.defaultParamFlag === true;
  if (!prompt || isLiteral) return prompt || (source?.song?.prompt ?? "");
  return writeLyrics(prompt)[index === 0 ? 0 : 1].text;
}

/** The stems of a song, as long as the song itself. */
export function stemsResult(request: ResultRequest): TaskResult {
  const { input, source, taskId, urlOf } = request;
  const duration = source?.song?.duration ?? SONG_SECONDS[0];
  const stemName = textOf(input.stemName) || textOf(input.stem_name) || DEFAULT_STEM;
  const wanted: readonly [string | undefined, string][] =
    input.type === "split_stem_advanced"
      ? [
          [undefined, stemName],
          [undefined, `No ${stemName}`],
        ]
      : input.type === "split_stem"
        ? ALL_STEMS
        : VOCAL_STEMS;
  const files = wanted.map((_, index) => ({ ...fileOf(request, index, "mp3"), seconds: duration }));
  const stems = wanted.map(([field, group], index): Stem => {
    const url = urlOf(files[index]?.name ?? "");
    return { id: uuidOf(`${taskId}/stem/${index}`), url, group, duration, ...(field ? { field } : {}) };
  });
  const originUrl = source?.song?.audio_url ?? (textOf(input.audioUrl) || textOf(input.audio_url));
  return { files, stems, json: { resultUrls: stems.map(({ url }) => url) }, ...(originUrl ? { originUrl } : {}) };
}

/** The same tune as the song's, as a WAV. */
export function wavResult(request: ResultRequest): TaskResult {
  const { source, urlOf } = request;
  const original = source?.task.result.files.find(({ name }) => source.song?.audio_url.endsWith(`/${name}`));
  const wav = fileOf(request, 0, "wav");
  const file = original ? { ...wav, seed: original.seed, seconds: original.seconds } : wav;
  return { files: [file], json: { resultUrls: [urlOf(file.name)] } };
}
