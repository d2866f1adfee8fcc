/** One paragraph of a Debian control file: field names in lower case, continuation lines joined. */
export type Paragraph = ReadonlyMap<string, string>;

/**
 * Reads the paragraphs of a control file: an index of packages or a `.sources` file.
 * @see Debian Policy §5.1
 */
export function parseParagraphs(text: string): readonly Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let fields = new Map<string, string>();
  let last = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    if (line.trim() === "") {
      if (fields.size > 0) paragraphs.push(fields);
      fields = new Map();
      continue;
    }
    if (/^[ \t]/.test(line)) {
      fields.set(last, `${fields.get(last) ?? ""}\n${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    last = line.slice(0, colon).toLowerCase();
    fields.set(last, line.slice(colon + 1).trim());
  }
  if (fields.size > 0) paragraphs.push(fields);
  return paragraphs;
}
