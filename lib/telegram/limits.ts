/** https://core.telegram.org/bots/api#sending-files: multipart 10 MB for photos, 50 MB for everything else. */
export const MAX_PHOTO_BYTES = 10 * 1000 * 1000;
export const MAX_UPLOAD_BYTES = 50 * 1000 * 1000;
