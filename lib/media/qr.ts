/**
 * A QR code as a PNG that bank apps read from the screen: black on white with the quiet zone of four modules that
 * ISO/IEC 18004 asks for.
 */
export async function qrPicture(text: string): Promise<Uint8Array<ArrayBuffer>> {
  // Drawn seldom, so it is no part of a cold start.
  const { toBuffer } = await import("qrcode");
  const png = await toBuffer(text, { type: "png", errorCorrectionLevel: "M", margin: 4, scale: 10 });
  return new Uint8Array(png);
}
