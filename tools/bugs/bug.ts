import type { InterfaceKind } from "../../src/wire/interface.ts";

/** The parties that a bug can be put into. */
export type Guilty = "host" | "bmc";

/** A slip such as a developer of that party could make, as a change of one text in one file. */
export interface Bug {
  readonly name: string;
  readonly party: Guilty;
  /** Under `src`. */
  readonly file: string;
  /** Stands once in the file. */
  readonly from: string;
  /** What stands there with the bug. */
  readonly to: string;
  /** The rules that name the misdeed; the first one is what a reader would look for. */
  readonly rules: readonly string[];
  /** Where it can show; without: wherever one looks. */
  readonly interfaces?: readonly InterfaceKind[];
}

/** Where bugs are tried that are none of an interface: on registers, and on a bus. */
const ONE_OF_EACH: readonly InterfaceKind[] = ["kcs", "ssif"];

export function interfacesOf({ interfaces = ONE_OF_EACH }: Bug): readonly InterfaceKind[] {
  return interfaces;
}

/** The file's text with the bug in it. Throws when the bug has lost its place. */
export function spoiled({ name, file, from, to }: Bug, text: string): string {
  const pieces = text.split(from);
  if (pieces.length !== 2) {
    throw new Error(
      `bug ${name}: its place is ${pieces.length - 1} times in src/${file}, not once`,
    );
  }
  return pieces.join(to);
}

/** Bugs of one file. */
export function bugsIn(
  place: Pick<Bug, "party" | "file" | "interfaces">,
  bugs: readonly Omit<Bug, "party" | "file" | "interfaces">[],
): readonly Bug[] {
  return bugs.map((bug) => ({ ...place, ...bug }));
}
