/** telegraf's own form of a file to upload. */
interface Upload {
  source: Buffer;
  filename: string;
}

export interface Payload {
  payload: Record<string, unknown>;
  /** The call becomes multipart/form-data. */
  hasFiles: boolean;
}

async function toUpload(file: Blob): Promise<Upload> {
  const filename = file instanceof File && file.name !== "" ? file.name : "file.bin";
  return { source: Buffer.from(await file.arrayBuffer()), filename };
}

type Members = Record<string, unknown>;
const membersOf = (value: unknown): Members | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Blob)
    ? { ...value }
    : null;

/**
 * A thumbnail as a part of its own, which is named in its place: telegraf can send one inside of an album's item but not
 * inside of the medium that a message is edited into.
 */
async function withThumbnail(members: Members, payload: Members): Promise<Members> {
  const { thumbnail } = members;
  if (!(thumbnail instanceof Blob)) return members;
  const name = `thumbnail_${Object.keys(payload).filter((part) => part.startsWith("thumbnail_")).length}`;
  // Its place is taken before the bytes are read: the items of an album are read side by side.
  payload[name] = null;
  payload[name] = await toUpload(thumbnail);
  return { ...members, thumbnail: `attach://${name}` };
}

/** An item of `media` with its file in telegraf's form, or null when it has none. */
async function withUpload(value: unknown, payload: Members): Promise<Members | null> {
  const members = membersOf(value);
  const media = members?.media;
  if (members === null || !(media instanceof Blob)) return null;
  return { ...(await withThumbnail(members, payload)), media: await toUpload(media) };
}

/** telegraf looks for files by reading `.media` of every array item and crashes on null. */
const withoutNulls = (value: unknown): unknown =>
  Array.isArray(value) ? value.filter((item) => item !== null && item !== undefined) : value;

/**
 * Parameters as telegraf can send them. In a multipart call it silently drops every object it does not know
 * (`reply_parameters` and many more), so everything without a file is written out as JSON text beforehand.
 */
export async function toPayload(params: object): Promise<Payload> {
  const payload: Members = {};
  const plain: string[] = [];
  const members = await withThumbnail({ ...params }, payload);
  let hasFiles = Object.keys(payload).length > 0;
  for (const [name, given] of Object.entries(members)) {
    if (given === null || given === undefined) continue;
    const value = withoutNulls(given);
    const single = value instanceof Blob ? await toUpload(value) : await withUpload(value, payload);
    if (single !== null) {
      payload[name] = single;
      hasFiles = true;
      continue;
    }
    if (Array.isArray(value)) {
      const items = await Promise.all(value.map(async (item) => ({ item, upload: await withUpload(item, payload) })));
      if (items.some(({ upload }) => upload !== null)) {
        payload[name] = items.map(({ item, upload }) => upload ?? item);
        hasFiles = true;
        continue;
      }
    }
    payload[name] = value;
    if (typeof value === "object") plain.push(name);
  }
  // Also outside multipart for objects that telegraf would take for a file (`source`, `url`).
  for (const name of plain) {
    const members = membersOf(payload[name]);
    const looksLikeFile = members !== null && (members.url !== undefined || members.source !== undefined);
    if (hasFiles || looksLikeFile) payload[name] = JSON.stringify(payload[name]);
  }
  return { payload, hasFiles };
}
