/** The part of `qrcode` that is used; the package has no types of its own. */
declare module "qrcode" {
  export function toBuffer(
    text: string,
    options: { type: "png"; errorCorrectionLevel: "L" | "M" | "Q" | "H"; margin: number; scale: number },
  ): Promise<Uint8Array>;
}
