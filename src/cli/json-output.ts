import { visibleJson } from "./printable.ts";
import { say, sayJson } from "./say.ts";
import { WholeFile } from "./whole-file.ts";

/** The option as each command has it, for `Command.option`. */
export const JSON_OPTION = [
  "--json [=file]",
  "print one JSON document and nothing else; or write it to that file, beside what is printed",
] as const;

/** What a file is called that is none. */
export const STANDARD_OUTPUT = "-";

/**
 * `--json` alone takes nothing from the words behind it, which commander has no option for: a file is
 * given by `--json=FILE`, and `-` is standard output.
 */
export function withJsonAlone(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return words.map((word, index) => {
    const isOption = word === "--json" && (end < 0 || index < end);
    return isOption ? `--json=${STANDARD_OUTPUT}` : word;
  });
}

/** Where a command's JSON document goes. */
export class JsonOutput {
  /** The document is all that standard output gets. */
  readonly alone: boolean;
  readonly #file: WholeFile | undefined;

  /** Opens a file at once, so that a name which cannot be written is refused before any work. */
  constructor(given: string | undefined) {
    this.alone = given === STANDARD_OUTPUT;
    this.#file = given === undefined || this.alone ? undefined : new WholeFile("--json", given);
  }

  /** Prints the text for a reader, or the document; and writes the document if that was asked for. */
  put(document: () => unknown, text: () => string): void {
    if (this.alone) sayJson(document());
    else say(text().trimEnd());
    if (this.#file === undefined) return;
    this.#file.write(`${visibleJson(document())}\n`);
    this.#file.finish();
  }

  /** Leaves nothing behind, unless the document was written. */
  discard(): void {
    this.#file?.discard();
  }
}

/** Has a command's work with its JSON output open; what is not written then is taken away. */
export async function withJson(
  given: string | undefined,
  work: (json: JsonOutput) => Promise<void> | void,
): Promise<void> {
  const json = new JsonOutput(given);
  try {
    await work(json);
  } finally {
    json.discard();
  }
}
