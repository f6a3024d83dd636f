import { deflateSync } from "node:zlib";

/** A word or line of a page; points from the lower left corner. */
export interface PdfText {
  x: number;
  y: number;
  text: string;
}

/**
 * A PDF of one A4 page with a text layer as banks make them: compressed, with a font whose letters have numbers of their
 * own and a table that says what they mean. Nothing would be seen on it, because the font has no outlines.
 */
export function makePdf(texts: readonly PdfText[]): Uint8Array {
  const letters = [...new Set(texts.flatMap(({ text }) => [...text]))];
  const code = (letter: string) => (letters.indexOf(letter) + 1).toString(16).padStart(4, "0");
  const unicode = (letter: string) => (letter.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
  const content = texts
    .map(({ x, y, text }) => `BT /F1 10 Tf ${x} ${y} Td <${[...text].map(code).join("")}> Tj ET`)
    .join("\n");
  const meanings = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def
1 begincodespacerange <0000> <ffff> endcodespacerange
${letters.length} beginbfchar
${letters.map((letter) => `<${code(letter)}> <${unicode(letter)}>`).join("\n")}
endbfchar endcmap end end`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    stream(content),
    "<< /Type /Font /Subtype /Type0 /BaseFont /Made /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 8 0 R >>",
    "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Made /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 7 0 R /DW 500 >>",
    "<< /Type /FontDescriptor /FontName /Made /Flags 4 /FontBBox [0 0 500 700] /ItalicAngle 0 /Ascent 700 /Descent 0 /CapHeight 700 /StemV 80 >>",
    stream(meanings),
  ];
  let file = "%PDF-1.7\n";
  const offsets = objects.map((object, at) => {
    const offset = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return new Uint8Array(Buffer.from(file, "latin1"));
}

function stream(text: string): string {
  const packed = deflateSync(Buffer.from(text, "latin1")).toString("latin1");
  return `<< /Length ${packed.length} /Filter /FlateDecode >>\nstream\n${packed}\nendstream`;
}
