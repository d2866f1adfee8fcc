import { commandName } from "../ipmi/command-table.ts";
import { completionText } from "../ipmi/completion.ts";
import { hex } from "../ipmi/message.ts";
import type { TraceEvent } from "../trace/events.ts";
import type { TraceHead } from "../trace/head.ts";
import type { Exporter, MaskOptions, Put } from "./exporter.ts";
import { type Message, ProtobufWriter } from "./protobuf.ts";
import { findingText, type Listener, type Sent, Traffic } from "./traffic.ts";

/** Field numbers of Perfetto's messages, of those that are used. @see perfetto_trace.proto */
const Trace = { packet: 1 } as const;
const Packet = { timestamp: 8, sequence: 10, event: 11, flags: 13, descriptor: 60 } as const;
const Descriptor = { uuid: 1, name: 2, parent: 5 } as const;
const Event = { annotation: 4, type: 9, track: 11, name: 23 } as const;
const Annotation = { text: 6, name: 10 } as const;
const Type = { Begin: 1, End: 2, Instant: 3 } as const;
/** All packets are of one writer, who has forgotten nothing. */
const SEQUENCE = 1;
const CLEARED = 1;

/**
 * For ui.perfetto.dev: the requests of the host's users, the transfers on the wire, the host's interface
 * code, the faults, and what happened at once, each on a track of its own.
 */
export function perfettoExporter(head: TraceHead, put: Put, options: MaskOptions): Exporter {
  return new PerfettoExporter(head, put, options);
}

class PerfettoExporter implements Exporter, Listener {
  readonly #tracks: Tracks;
  readonly #traffic: Traffic;
  #lastUs = 0;

  constructor(head: TraceHead, put: Put, options: MaskOptions) {
    this.#tracks = new Tracks(`${head.interface}: ${head.host} and ${head.bmc}`, put);
    this.#traffic = new Traffic(head, this, options);
  }

  event(event: TraceEvent): void {
    this.#lastUs = event.t;
    this.#traffic.event(event);
    switch (event.e) {
      case "request": {
        const name = `${commandName(event.netFn, event.cmd)} (${event.user})`;
        return this.#tracks.begin("requests", event.id, name, event.t);
      }
      case "refused":
        return this.#tracks.end("requests", event.id, event.t);
      case "answer":
        return this.#tracks.end("requests", event.id, event.t, completionText(event.cc));
      case "run":
        return event.on
          ? this.#tracks.begin("host's interface code", 0, event.cause, event.t)
          : this.#tracks.end("host's interface code", 0, event.t);
      case "fault":
        if (event.what === "ends") return this.#tracks.end("faults", event.name, event.t);
        return this.#tracks.begin("faults", event.name, `${event.name} ${event.text}`, event.t);
      default:
    }
  }

  message({ transfer, toBmc, message, atUs, findings }: Sent): void {
    if (toBmc) {
      const [netFnLun = 0, cmd = 0] = message;
      this.#tracks.begin(
        "transfers",
        transfer,
        commandName(netFnLun >> 2, cmd),
        atUs,
        hex(message),
      );
    }
    for (const found of findings) this.#tracks.instant("findings", findingText(found), atUs);
  }

  over(transfer: number, atUs: number): void {
    this.#tracks.end("transfers", transfer, atUs);
  }

  line(text: string, atUs: number): void {
    this.#tracks.instant("lives", text, atUs);
  }

  end(): void {
    this.#tracks.endAll(this.#lastUs);
  }
}

type Key = number | string;

/** What is open on a track. */
interface Open {
  readonly kind: string;
  readonly track: number;
}

/**
 * Slices by kind. Those of a track must lie one after the other, so what overlaps gets a further track of
 * that kind.
 */
class Tracks {
  readonly #put: Put;
  readonly #writer = new ProtobufWriter();
  /** By kind, its tracks' numbers, and whether something is open there. */
  readonly #byKind = new Map<string, { readonly track: number; busy: boolean }[]>();
  readonly #open = new Map<string, Open>();
  #count = 1;

  constructor(name: string, put: Put) {
    this.#put = put;
    this.#write([
      [Packet.flags, CLEARED],
      [
        Packet.descriptor,
        [
          [Descriptor.uuid, 1],
          [Descriptor.name, name],
        ],
      ],
    ]);
  }

  begin(kind: string, key: Key, name: string, us: number, data = ""): void {
    this.end(kind, key, us);
    const track = this.#freeOf(kind);
    this.#open.set(`${kind} ${key}`, { kind, track });
    this.#event(
      us,
      [
        [Event.type, Type.Begin],
        [Event.track, track],
        [Event.name, name],
      ],
      data,
    );
  }

  end(kind: string, key: Key, us: number, result = ""): void {
    const open = this.#open.get(`${kind} ${key}`);
    if (open === undefined) return;
    this.#open.delete(`${kind} ${key}`);
    const own = this.#byKind.get(kind)?.find(({ track }) => track === open.track);
    if (own !== undefined) own.busy = false;
    this.#event(
      us,
      [
        [Event.type, Type.End],
        [Event.track, open.track],
      ],
      result,
    );
  }

  instant(kind: string, name: string, us: number): void {
    const [first] = this.#byKind.get(kind) ?? [this.#made(kind)];
    if (first === undefined) return;
    this.#event(
      us,
      [
        [Event.type, Type.Instant],
        [Event.track, first.track],
        [Event.name, name],
      ],
      "",
    );
  }

  endAll(us: number): void {
    for (const { track } of this.#open.values()) {
      this.#event(
        us,
        [
          [Event.type, Type.End],
          [Event.track, track],
        ],
        "",
      );
    }
    this.#open.clear();
  }

  #freeOf(kind: string): number {
    const own = this.#byKind.get(kind)?.find(({ busy }) => !busy) ?? this.#made(kind);
    own.busy = true;
    return own.track;
  }

  #made(kind: string) {
    const made = { track: ++this.#count, busy: false };
    this.#byKind.set(kind, [...(this.#byKind.get(kind) ?? []), made]);
    this.#write([
      [
        Packet.descriptor,
        [
          [Descriptor.uuid, made.track],
          [Descriptor.name, kind],
          [Descriptor.parent, 1],
        ],
      ],
    ]);
    return made;
  }

  #event(us: number, event: Message, data: string): void {
    const annotation: Message = [
      [Annotation.name, "data"],
      [Annotation.text, data],
    ];
    const whole: Message = data === "" ? event : [...event, [Event.annotation, annotation]];
    this.#write([
      [Packet.timestamp, us * 1_000],
      [Packet.event, whole],
    ]);
  }

  #write(packet: Message): void {
    this.#put(this.#writer.encoded([[Trace.packet, [...packet, [Packet.sequence, SEQUENCE]]]]));
  }
}
