import { isRecord } from "./event-codec.ts";
import { TELLABLE } from "./event-shapes.ts";
import { count, type Field, flag, keysOf, oneOf, text } from "./fields.ts";
import {
  DEFAULT_PROMISES,
  type KernelIdentity,
  type Promises,
  type Taps,
  TRACE_FORMAT,
  TRACE_VERSION,
  TRANSPORTS,
  type TraceHead,
  type Witness,
} from "./head.ts";

const clock = oneOf("virtual", "guest", "real");
const interfaceName = oneOf(...TRANSPORTS);

const BOUNDS = keysOf(DEFAULT_PROMISES);
const TELLS = TELLABLE.join(", ");

/** A seat of which nothing is said. */
const UNKNOWN_SEAT = "unknown";

/** The head as one line of JSON, without the line's end. The order of the keys is fixed. */
export function encodeHead(head: TraceHead): string {
  return JSON.stringify({
    format: head.format,
    version: head.version,
    scenario: head.scenario,
    host: head.host,
    bmc: head.bmc,
    interface: head.interface,
    seed: head.seed,
    taps: { host: head.taps.host, bmc: head.taps.bmc },
    clock: head.clock,
    promises: {
      answerBoundUs: head.promises.answerBoundUs,
      internalTransfersMax: head.promises.internalTransfersMax,
      runAccessesMax: head.promises.runAccessesMax,
      panicBoundUs: head.promises.panicBoundUs,
    },
    scenarioText: head.scenarioText,
    // What is undefined is left out.
    witness: head.witness && { middle: head.witness.middle, tells: head.witness.tells },
    kernel: head.kernel,
  });
}

/** Why a line is not a head of this format's version. */
export interface HeadRefusal {
  readonly code: "not-a-trace" | "other-version" | "malformed-head";
  readonly why: string;
}

const KEYS = [
  "format",
  "version",
  "scenario",
  "host",
  "bmc",
  "interface",
  "seed",
  "taps",
  "clock",
  "promises",
  "scenarioText",
  "witness",
  "kernel",
] as const;
type Key = (typeof KEYS)[number];

/**
 * Takes the head out of the first line's parsed JSON. Whoever writes a trace by hand has to say the
 * format, its version, the interface and the taps; all else has a default.
 */
export function decodeHead(json: unknown): TraceHead | HeadRefusal {
  if (!isRecord<Key>(json) || json.format !== TRACE_FORMAT) {
    return { code: "not-a-trace", why: `the first line has no "format": "${TRACE_FORMAT}"` };
  }
  if (json.version !== TRACE_VERSION) {
    const version = JSON.stringify(json.version) ?? "none";
    const why = `the trace is of version ${version}; version ${TRACE_VERSION} can be read`;
    return { code: "other-version", why };
  }
  const scenario = given(text, json.scenario, "");
  if (scenario === undefined) return malformed("scenario", text.what);
  const host = given(text, json.host, UNKNOWN_SEAT);
  if (host === undefined) return malformed("host", text.what);
  const bmc = given(text, json.bmc, UNKNOWN_SEAT);
  if (bmc === undefined) return malformed("bmc", text.what);
  const kind = interfaceName.read(json.interface);
  if (kind === undefined) return malformed("interface", interfaceName.what);
  const seed = given(count, json.seed, 0);
  if (seed === undefined) return malformed("seed", count.what);
  const taps = decodeTaps(json.taps);
  if (taps === undefined) return malformed("taps", "an object of two flags, host and bmc");
  const time = given(clock, json.clock, "real");
  if (time === undefined) return malformed("clock", clock.what);
  const promises = decodePromises(json.promises);
  if (promises === undefined) return malformed("promises", `an object of ${BOUNDS.join(", ")}`);
  const scenarioText = given(text, json.scenarioText, "");
  if (scenarioText === undefined) return malformed("scenarioText", text.what);
  const witness = json.witness === undefined ? undefined : decodeWitness(json.witness);
  if (witness === undefined && json.witness !== undefined) {
    return malformed("witness", `an object of a flag, middle, and tells, a list of ${TELLS}`);
  }
  const kernel = json.kernel === undefined ? undefined : decodeKernel(json.kernel);
  if (kernel === undefined && json.kernel !== undefined) {
    return malformed("kernel", "an object of name, version, sha256, modules and parameters");
  }
  const other = Object.keys(json).find((key) => !KEYS.some((known) => known === key));
  if (other !== undefined) {
    return { code: "malformed-head", why: `the head has no field ${JSON.stringify(other)}` };
  }
  return {
    format: TRACE_FORMAT,
    version: TRACE_VERSION,
    scenario,
    host,
    bmc,
    interface: kind,
    seed,
    taps,
    clock: time,
    promises,
    scenarioText,
    ...(witness === undefined ? {} : { witness }),
    ...(kernel === undefined ? {} : { kernel }),
  };
}

function decodeWitness(json: unknown): Witness | undefined {
  if (!isRecord<keyof Witness>(json) || Object.keys(json).length !== 2) return undefined;
  const middle = flag.read(json.middle);
  if (middle === undefined || !Array.isArray(json.tells)) return undefined;
  const told: readonly unknown[] = json.tells;
  const tells = TELLABLE.filter((group) => told.includes(group));
  return tells.length === told.length ? { middle, tells } : undefined;
}

function decodeKernel(json: unknown): KernelIdentity | undefined {
  if (!isRecord<keyof KernelIdentity>(json) || Object.keys(json).length !== 5) return undefined;
  const name = text.read(json.name);
  const version = text.read(json.version);
  const sha256 = text.read(json.sha256);
  if (name === undefined || version === undefined || sha256 === undefined) return undefined;
  const modules: Record<string, string> = {};
  if (!isRecord<string>(json.modules) || !Array.isArray(json.parameters)) return undefined;
  for (const [module, hash] of Object.entries(json.modules)) {
    if (typeof hash !== "string") return undefined;
    modules[module] = hash;
  }
  const given: readonly unknown[] = json.parameters;
  const parameters = given.filter((parameter) => typeof parameter === "string");
  if (parameters.length !== given.length) return undefined;
  return { name, version, sha256, modules, parameters };
}

function decodeTaps(json: unknown): Taps | undefined {
  if (!isRecord<keyof Taps>(json) || Object.keys(json).length !== 2) return undefined;
  const host = flag.read(json.host);
  const bmc = flag.read(json.bmc);
  return host === undefined || bmc === undefined ? undefined : { host, bmc };
}

/** A bound that is left out is the usual one. */
function decodePromises(json: unknown): Promises | undefined {
  if (json === undefined) return DEFAULT_PROMISES;
  if (!isRecord<keyof Promises>(json)) return undefined;
  if (Object.keys(json).some((key) => !BOUNDS.some((bound) => bound === key))) return undefined;
  const promises = { ...DEFAULT_PROMISES };
  for (const bound of BOUNDS) {
    const value = given(count, json[bound], DEFAULT_PROMISES[bound]);
    if (value === undefined) return undefined;
    promises[bound] = value;
  }
  return promises;
}

/** The field's value, or what stands for one that is left out. */
function given<T>(field: Field<T>, json: unknown, otherwise: T): T | undefined {
  return json === undefined ? otherwise : field.read(json);
}

function malformed(key: string, what: string): HeadRefusal {
  return { code: "malformed-head", why: `"${key}" is not ${what}` };
}
