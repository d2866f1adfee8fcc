import type { Bounds } from "./clocks.ts";
import type { BmcStep, Byte, HostStep, Piece } from "./face.ts";
import type { Pair } from "./pairs.ts";

/** A stretch that both faces show without a hole. */
export interface Faces {
  readonly host: Piece<HostStep>;
  readonly bmc: Piece<BmcStep>;
}

/** What has to be known of an interface, so that two faces of it can be laid together. */
export interface Wire {
  /** What the host sends, in the order in which the BMC takes it. */
  sent(steps: readonly HostStep[]): Byte[];
  /** What the BMC takes. */
  taken(steps: readonly BmcStep[]): Byte[];
  /** Whether a request begins with it: what follows up to the next does not stand without it. */
  begins(step: HostStep | BmcStep): boolean;
  /** What pairs of these say of the clocks. */
  bounds(faces: Faces, pairs: readonly Pair[]): Bounds;
  /** What they say where the BMC may answer a byte before it takes it; left out where none can. */
  earlyBounds?(faces: Faces, pairs: readonly Pair[]): Bounds;
  /** Whether both faces show each step at once: what the BMC sees of it stands before the host's. */
  readonly together: boolean;
  /** The host's reads are dated when they were answered, and that may be long after they were made. */
  readonly datesAnswers?: boolean;
  /** The wire itself, of which nothing is known yet. */
  model(): WireModel;
}

/** What is between the faces, as far as both tell of it together. */
export interface WireModel {
  copy(): WireModel;
  /** What the step would have shown otherwise, in words; undefined when it fits. */
  differs(step: HostStep | BmcStep): string | undefined;
  /** Whether that was not done here, by all that is known: what may be told earlier or later is. */
  misplaces(step: HostStep | BmcStep): boolean;
  /** Why it cannot be told whose doing this is, the wire's or a party's; undefined where it can. */
  unclear(step: HostStep | BmcStep): string | undefined;
  /** The step is done. */
  take(step: HostStep | BmcStep): void;
  /** That step of the BMC's was taken before the host's last, and may have come behind it. */
  unsure?(step: BmcStep): void;
  /** Whether a step that fits shows that both faces agree again. */
  settles(step: HostStep | BmcStep): boolean;
  /** Whether the host's look shows that the BMC has taken what was handed over; undefined: it is no such look. */
  looksTaken(step: HostStep): boolean | undefined;
}

/** A byte as the faces' differences print it. */
export function hex(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, "0")}h`;
}
