import type { HostParty } from "../lab/index.ts";
import type { ModuleFile } from "../seats/linux/index.ts";
import type { ModuleParameter } from "../seats/linux/match/parameters.ts";
import type { TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { Exit, Failure } from "./failure.ts";

/** What a user says of a guest's drivers by hand. */
export interface DriverOptions {
  readonly module?: readonly string[];
  readonly param?: readonly string[];
}

/** What a user says of a guest by hand. */
export interface GuestOptions extends DriverOptions {
  readonly console?: boolean;
}

const MODULE = /^([\w-]+)=(.+)$/;
const PARAMETER = /^([\w-]+)\.([\w-]+)=(\S*)$/;

/** Gathers an option that may be given several times. */
export function gathered(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** The host with the modules that the user gave; what makes no sense for it is refused. */
export async function guestWith(host: HostParty, options: GuestOptions): Promise<HostParty> {
  const { module = [], param = [] } = options;
  if (host.withDrivers !== undefined) {
    const modules = module.map(moduleFile);
    return host.withDrivers({ modules, parameters: parametersOf(options) });
  }
  if (module.length === 0 && param.length === 0 && host.kernel !== undefined) return host;
  const useless = module.length > 0 ? "--module" : param.length > 0 ? "--param" : "--console";
  if (module.length === 0 && param.length === 0 && options.console !== true) return host;
  throw new Failure(Exit.WrongCommand, `${useless} is for a kernel: add --host linux:VERSION`);
}

/** The hosts, each kernel among them with what the user gave; without a kernel it is refused. */
export async function guestsWith(
  hosts: readonly HostParty[],
  options: DriverOptions,
): Promise<readonly HostParty[]> {
  const kernels = hosts.filter(({ withDrivers }) => withDrivers !== undefined);
  const [refused] = kernels.length > 0 ? [] : hosts;
  if (refused !== undefined) await guestWith(refused, options);
  return Promise.all(
    hosts.map((host) => (kernels.includes(host) ? guestWith(host, options) : host)),
  );
}

/** What `--param` sets. */
function parametersOf({ param = [] }: DriverOptions): readonly ModuleParameter[] {
  return param.map((text) => {
    const [, module, name, value = ""] = PARAMETER.exec(text) ?? [];
    if (module !== undefined && name !== undefined) {
      return { module: module.replaceAll("-", "_"), name, value };
    }
    const right = "write MODULE.NAME=VALUE, such as ipmi_si.kipmid_max_busy_us=100";
    throw new Failure(Exit.WrongCommand, `--param ${text}: ${right}`);
  });
}

function moduleFile(text: string): ModuleFile {
  const [, name, path] = MODULE.exec(text) ?? [];
  if (name !== undefined && path !== undefined) return { name, path };
  const right = "write NAME=FILE, such as ipmi_si=./ipmi_si.ko";
  throw new Failure(Exit.WrongCommand, `--module ${text}: ${right}`);
}

/** A line of a guest's console, and when it came, in µs of the match. */
export interface ConsoleLine {
  readonly t: number;
  readonly text: string;
}

/** Keeps what a guest's console says. */
export class ConsoleLines implements TraceSink {
  readonly lines: ConsoleLine[] = [];

  event(event: TraceEvent): void {
    if (event.e === "console") this.lines.push({ t: event.t, text: event.text });
  }
}

/** The console as it is printed below a verdict. */
export function consoleText(lines: readonly ConsoleLine[]): string {
  if (lines.length === 0)
    return "\nconsole: nothing; a guest prints its warnings and what is worse";
  const rows = lines.map(({ t, text }) => `${(t / 1_000_000).toFixed(6).padStart(13)}  ${text}`);
  return ["", "console, by the match's time in seconds", ...rows].join("\n");
}
