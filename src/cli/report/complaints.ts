/**
 * What the JSON document of any command complains of, so that the documents of two days can be held
 * against each other.
 */
import { z } from "zod";
import { fails, GRADES } from "../../check/index.ts";
import { explorationDocument } from "./exploration-document.ts";
import { type MatrixCell, matrixDocument } from "./matrix-document.ts";

/** Something that is not as it should be. */
export interface Complaint {
  /** What was looked at: a match, a search, an interface. */
  readonly where: string;
  readonly what: string;
}

/** What a document says. */
export interface Complaints {
  /** All that was looked at, whatever came of it. */
  readonly places: readonly string[];
  readonly complaints: readonly Complaint[];
}

const seated = { interface: z.string(), host: z.string(), bmc: z.string() };

/** A match that was played, as `run` and `matrix` write it. */
const match = z.looseObject({
  ...seated,
  scenario: z.string(),
  misses: z.array(z.string()).readonly(),
});

/** What was judged of a stranger's trace or evidence, as `replay` and `judge` write it. */
const judged = z.looseObject({
  ...seated,
  block: z.string().default(""),
  verdict: z.looseObject({
    violations: z.array(z.looseObject({ rule: z.string(), party: z.string() })).readonly(),
  }),
});

const evidence = z.looseObject({ interfaces: z.array(judged).readonly() });

/** A BMC that was checked, as `check` writes it. */
const checked = z.looseObject({
  format: z.literal("baseboard check"),
  target: z.string(),
  interface: z.string(),
  strict: z.boolean(),
  cases: z
    .array(
      z.looseObject({
        id: z.string(),
        remarks: z
          .array(
            z.looseObject({
              grade: z.enum(GRADES),
              text: z.string(),
              rule: z.string().optional(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
});

const KINDS: readonly z.ZodType<Complaints>[] = [
  one(matrixDocument, ({ cells }) => {
    return together(cells.flatMap((cell) => (cell.state === "empty" ? [] : [ofCell(cell)])));
  }),
  oneOrMore(explorationDocument, ({ scenario, interface: kind, host, brokenSorts }) => {
    return at(`${scenario} on ${host}, ${kind}`, brokenSorts);
  }),
  oneOrMore(match, ofMatch),
  one(evidence, ({ interfaces }) => together(interfaces.map(ofJudged))),
  one(judged, ofJudged),
  one(checked, ({ target, interface: kind, strict, cases }) => {
    return together(
      cases.map(({ id, remarks }) => {
        const bad = remarks.filter(({ grade }) => fails(grade, strict));
        const whats = bad.map(({ grade, rule, text }) => `${grade} ${rule ?? text}`);
        return at(`${target} on ${kind}, ${id}`, whats);
      }),
    );
  }),
];

/** Undefined where it is the document of no command that complains of anything. */
export function complaintsIn(document: unknown): Complaints | undefined {
  for (const kind of KINDS) {
    const { success, data } = kind.safeParse(document);
    if (success) return data;
  }
  return undefined;
}

function one<T>(schema: z.ZodType<T>, of: (document: T) => Complaints): z.ZodType<Complaints> {
  return schema.transform(of);
}

function oneOrMore<T>(schema: z.ZodType<T>, of: (document: T) => Complaints) {
  const each = one(schema, of);
  return z.union([each, z.array(each).min(1).transform(together)]);
}

function ofCell(cell: Exclude<MatrixCell, { state: "empty" }>): Complaints {
  if (cell.state === "broken") return at(`${cell.scenario} on ${cell.host}`, [cell.reason]);
  const { success, data } = match.safeParse(cell.match);
  return success ? ofMatch(data) : at(`${cell.scenario} on ${cell.host}`, cell.match.misses);
}

function ofMatch({ scenario, host, bmc, interface: kind, misses }: z.infer<typeof match>) {
  return at(`${scenario} on ${host}, ${kind}, bmc ${bmc}`, misses);
}

function ofJudged({ block, interface: kind, verdict }: z.infer<typeof judged>): Complaints {
  const broken = verdict.violations.map(({ rule, party }) => `the ${party} breaks ${rule}`);
  return at(block === "" ? kind : `${kind} at ${block}`, [...new Set(broken)]);
}

function at(where: string, whats: readonly string[]): Complaints {
  return { places: [where], complaints: whats.map((what) => ({ where, what })) };
}

function together(all: readonly Complaints[]): Complaints {
  return {
    places: all.flatMap(({ places }) => places),
    complaints: all.flatMap(({ complaints }) => complaints),
  };
}
