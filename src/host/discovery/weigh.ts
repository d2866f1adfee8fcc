import { locationText } from "../../wire/location.ts";
import { type Finding, hex, SOURCES } from "./finding.ts";

/** A finding, and what becomes of it. */
export interface Answer {
  readonly finding: Finding;
  /** The one interface to use: a system has one, and does not change it while it runs. */
  readonly chosen: boolean;
  /** Why it was chosen or passed over, in one sentence. */
  readonly why: string;
}

/** Chooses one interface of all that were found; it stands first. @see IPMI 1.5 §6.10a */
export function weigh(findings: readonly Finding[]): readonly Answer[] {
  const inOrder = SOURCES.flatMap((source) => findings.filter((each) => each.source === source));
  const usable = inOrder.filter(({ unusable }) => unusable === undefined);
  const unusable = inOrder.filter((each) => each.unusable !== undefined);
  const [first, ...others] = usable;
  if (first === undefined) return unusable.map((finding) => passedOver(finding, finding));
  return [
    { finding: first, chosen: true, why: reason(first, others) },
    ...[...others, ...unusable].map((finding) => passedOver(finding, first)),
  ];
}

/** Where a finding says that its interface is, for a reader. */
export function placeText({ kind, location, busAddress }: Finding): string {
  if (location !== undefined) return locationText(location);
  if (busAddress !== undefined) return `ssif at ${hex(busAddress)} of a bus it does not name`;
  return kind === undefined ? "an interface" : `${kind} somewhere`;
}

function reason(first: Finding, others: readonly Finding[]): string {
  if (others.length === 0) return "nothing else describes one that can be used";
  return others.some(({ source }) => source === first.source)
    ? "it stands first in the source that comes first"
    : "its source comes first";
}

function passedOver(finding: Finding, first: Finding): Answer {
  return { finding, chosen: false, why: finding.unusable ?? behind(finding, first) };
}

function behind(finding: Finding, first: Finding): string {
  if (!samePlace(finding, first)) return `another place; ${first.where} comes first`;
  const differs = difference(finding, first);
  return differs === undefined
    ? `the same as by ${first.where}`
    : `the same place as by ${first.where}, but ${differs}`;
}

/** What two descriptions of one place do not agree about. */
function difference(finding: Finding, first: Finding): string | undefined {
  if (finding.kind !== undefined && first.kind !== undefined && finding.kind !== first.kind) {
    return `as ${finding.kind}`;
  }
  const [one, two] = [finding.location, first.location];
  if (one === undefined || two === undefined || !("spacing" in one) || !("spacing" in two)) {
    return undefined;
  }
  if (one.spacing !== two.spacing) return `with spacing ${one.spacing}`;
  return one.width === two.width ? undefined : `with accesses of ${one.width} bits`;
}

/** What tells where something is; a finding does, and so does a location. */
export type Whereabouts = Pick<Finding, "location" | "busAddress" | "bar">;

/** Whether two are of one place, whatever they say of it besides. A bus that is not named may be any. */
export function samePlace(one: Whereabouts, other: Whereabouts): boolean {
  const [first, second] = [onBus(one), onBus(other)];
  if (first === undefined || second === undefined) {
    const place = registerPlace(one);
    return place !== undefined && place === registerPlace(other);
  }
  const buses = [first.bus, second.bus];
  return (
    first.address === second.address && (buses.includes(undefined) || first.bus === second.bus)
  );
}

/** Registers by where they begin, and what is not on a bus by its name. */
export function registerPlace({ location, bar }: Whereabouts): string | undefined {
  if (bar !== undefined) return `${bar.at}:${hex(bar.base)}`;
  if (location === undefined) return undefined;
  return location.at === "io" || location.at === "mem"
    ? `${location.at}:${hex(location.base)}`
    : locationText(location);
}

function onBus({ location, busAddress }: Whereabouts) {
  if (location?.at === "i2c") return { bus: location.bus, address: location.address };
  return location === undefined && busAddress !== undefined
    ? { bus: undefined, address: busAddress }
    : undefined;
}
