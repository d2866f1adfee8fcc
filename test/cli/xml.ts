/** An element of a document, and what is in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** An end tag, a start tag, or the text between tags. */
const TOKEN = /<\/(\w+)>|<(\w+)((?: \w+="[^"<]*")*)(\/?)>|([^<]+)/y;
const ATTRIBUTE = / (\w+)="([^"<]*)"/g;
/** What XML 1.0 lets stand in a document. @see Extensible Markup Language (XML) 1.0, §2.2 */
const CHARACTERS = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

/** Reads a document of elements, attributes, texts and numbered characters; throws at all else. */
export function parseXml(document: string): XmlElement {
  if (!document.startsWith(DECLARATION)) throw new Error("the declaration is missing");
  if (!CHARACTERS.test(document)) throw new Error("a character that XML cannot hold");
  const top: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const open = [top];
  for (let at = DECLARATION.length; at < document.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(document);
    const inside = open.at(-1);
    if (token === null || inside === undefined) throw new Error(`not XML at ${at}`);
    const [, ends, begins, attributes = "", empty, text] = token;
    if (text !== undefined) inside.text += unescaped(text);
    if (begins !== undefined) {
      const element = {
        name: begins,
        attributes: attributesIn(attributes),
        children: [],
        text: "",
      };
      inside.children.push(element);
      if (empty === "") open.push(element);
    }
    if (ends !== undefined && open.pop()?.name !== ends) throw new Error(`</${ends}> at ${at}`);
  }
  const [root, ...others] = top.children;
  if (open.length !== 1 || root === undefined || others.length > 0) throw new Error("not one tree");
  return root;
}

function attributesIn(text: string): Record<string, string> {
  const pairs = [...text.matchAll(ATTRIBUTE)].map(([, name = "", value = ""]) => {
    if (/[\t\n\r]/.test(value)) throw new Error(`bare white space in ${name}`);
    return [name, unescaped(value)] as const;
  });
  return Object.fromEntries(pairs);
}

function unescaped(text: string): string {
  if (/&(?!#\d+;)/.test(text)) throw new Error("a bare &");
  return text.replace(/&#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code)));
}
