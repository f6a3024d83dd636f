/** Length of a video or sound file in seconds; `undefined` when it is a picture or cannot be read. */
export async function measureSeconds(bytes: Uint8Array): Promise<number | undefined> {
  const { ALL_FORMATS, BufferSource, Input } = await import("mediabunny");
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
  try {
    return await input.computeDuration();
  } catch {
    // A picture, or damaged: the caller then has no length to count.
    return undefined;
  } finally {
    input.dispose();
  }
}
