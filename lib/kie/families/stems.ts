import type { FileOutput } from "../gateway.ts";
import type { LinkOptions } from "./operation.ts";
import { firstSafeUrl, lengthSeconds, listOf, membersOf, notes, textOf } from "./reading.ts";

/**
 * The members that hold one stem each, before `Url` or `_url`, with the name of its group as KIE writes it in
 * `stem_type_group_name` (docs.kie.ai). The original is no stem.
 */
const STEMS: readonly (readonly [camel: string, snake: string, title: string])[] = [
  ["vocal", "vocal", "Vocals"],
  ["instrumental", "instrumental", "Instrumental"],
  ["backingVocals", "backing_vocals", "Backing Vocals"],
  ["drums", "drums", "Drums"],
  ["bass", "bass", "Bass"],
  ["guitar", "guitar", "Guitar"],
  ["piano", "piano", "Piano"],
  ["keyboard", "keyboard", "Keyboard"],
  ["percussion", "percussion", "Percussion"],
  ["strings", "strings", "Strings"],
  ["synth", "synth", "Synth"],
  ["fx", "fx", "FX"],
  ["brass", "brass", "Brass"],
  ["woodwinds", "woodwinds", "Woodwinds"],
];

function listedStems(value: unknown, options: LinkOptions): FileOutput[] {
  return listOf(value).flatMap((item): FileOutput[] => {
    const stem = membersOf(item);
    const url = firstSafeUrl([stem.audio_url, stem.audioUrl], options);
    if (url === null) return [];
    const durationSeconds = lengthSeconds(stem.duration);
    const title = textOf(stem.stem_type_group_name) || textOf(stem.stemTypeGroupName);
    return [{ kind: "audio", url, ...notes(title, stem.id), ...(durationSeconds === null ? {} : { durationSeconds }) }];
  });
}

/**
 * The parts of a separated song. The list comes first, because it alone has the ids that later steps need; a named
 * member adds a stem that the list does not have.
 */
export function stemOutputs(value: unknown, options: LinkOptions): FileOutput[] {
  const holder = membersOf(value);
  const listed = [...listedStems(holder.originData, options), ...listedStems(holder.origin_data, options)];
  const titles = new Set(listed.map(({ title }) => title?.toLowerCase()));
  const named = STEMS.flatMap(([camel, snake, title]): FileOutput[] => {
    if (titles.has(title.toLowerCase())) return [];
    const url = firstSafeUrl([holder[`${camel}Url`], holder[`${snake}_url`]], options);
    return url === null ? [] : [{ kind: "audio", url, title }];
  });
  return [...listed, ...named];
}
