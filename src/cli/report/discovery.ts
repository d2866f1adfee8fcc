import type { Discovery, HeldAnswer } from "../../host/discovery/discover.ts";
import { placeText } from "../../host/discovery/weigh.ts";
import { locationText } from "../../wire/location.ts";
import type { Unread } from "../machine-files.ts";
import { visible } from "../printable.ts";

/** What a discovery found, and where it looked. */
export interface DiscoveryReport {
  readonly from: string;
  /** The one interface that was asked for. */
  readonly wanted: string | undefined;
  readonly discovery: Discovery;
  readonly unread: readonly Unread[];
}

/** Files that could not be read are named up to so many. */
const UNREAD_MAX = 8;

/** The discovery for a program. */
export function discoveryJson({ from, wanted, discovery, unread }: DiscoveryReport): unknown {
  const { answers, remarks, looked } = discovery;
  return {
    from,
    ...(wanted === undefined ? {} : { wanted }),
    interfaces: answers.map(({ finding: { location, ...rest }, chosen, why, holders }) => {
      return {
        interface: location === undefined ? null : locationText(location),
        chosen,
        why,
        holders: holders ?? null,
        usable: rest.unusable === undefined,
        ...rest,
      };
    }),
    remarks,
    looked,
    unread,
  };
}

/** The discovery for a reader. */
export function discoveryText(report: DiscoveryReport): string {
  const { answers, remarks } = report.discovery;
  const chosen = answers.filter((each) => each.chosen);
  const others = answers.filter((each) => !each.chosen);
  return [
    ...(answers.some(({ finding }) => finding.unusable === undefined) ? [] : [nothing(report)]),
    ...chosen.flatMap(answerLines),
    ...headed("passed over", others.flatMap(answerLines)),
    ...headed("odd", remarks),
    ...headed("not read", unreadLines(report.unread)),
  ]
    .map(visible)
    .join("\n");
}

function nothing({ wanted, discovery, unread, from }: DiscoveryReport): string {
  const denied = unread.some((each) => each.denied);
  const what = wanted === undefined ? "no interface that can be used" : `no ${wanted}`;
  const looked = discovery.looked.length === 0 ? "nothing" : discovery.looked.join(", ");
  const where = discovery.looked.length === 0 && !denied ? `; ${empty(from)}` : "";
  return `${what} is described; looked at: ${looked}${denied ? "; root may see more" : where}`;
}

function empty(from: string): string {
  return from === "/"
    ? "this machine shows no tables"
    : `${from} has none of the files that docs/discovery.md lists`;
}

function answerLines({ finding, chosen, why, holders }: HeldAnswer): readonly string[] {
  const { where, version, interrupt, ipmb, notes } = finding;
  const facts = [
    ...(version === undefined ? [] : [`IPMI ${version}`]),
    ...(interrupt === undefined ? [] : [`interrupt ${interrupt}`]),
    ...(ipmb === undefined ? [] : [`on IPMB ${ipmb.toString(16)}h`]),
  ];
  const told = facts.length === 0 ? "" : ` (${facts.join(", ")})`;
  return [
    `${placeText(finding)}  by ${where}${told}`,
    `  ${chosen ? "chosen" : "why"}: ${why}`,
    ...(holders === undefined ? [] : [`  now: ${held(holders)}`]),
    ...notes.map((note) => `  note: ${note}`),
  ];
}

function held(holders: readonly string[]): string {
  return holders.length === 0 ? "nobody has it" : `taken by ${holders.join(", ")}`;
}

function unreadLines(unread: readonly Unread[]): readonly string[] {
  const more = unread.length - UNREAD_MAX;
  return [
    ...unread.slice(0, UNREAD_MAX).map(({ path, why, denied }) => {
      return `${path}: ${why}${denied ? "; root can read it" : ""}`;
    }),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

function headed(head: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", head, ...lines.map((line) => `  ${line}`)];
}
