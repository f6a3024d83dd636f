/** https://core.telegram.org/bots/api#sending-files: multipart 10 MB for photos, 50 MB for everything else. */
export const MAX_PHOTO_BYTES = 10 * 1000 * 1000;
export const MAX_UPLOAD_BYTES = 50 * 1000 * 1000;
/**
 * Songs are uploaded for the sake of their cover up to this size, one or an album of them: eight minutes of MP3, and what
 * a step has the time and the memory for. Telegram fetches larger ones by link.
 */
export const MAX_COVERED_SONG_BYTES = 12 * 1000 * 1000;
export const MAX_COVERED_ALBUM_BYTES = 25 * 1000 * 1000;
