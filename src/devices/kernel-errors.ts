import { NetFn } from "../ipmi/command-table.ts";
import { DeviceError, type DeviceErrorCode } from "./errors.ts";

/** What was asked for when the driver refused. */
interface Asked {
  readonly netFn: number;
  readonly cmd: number;
  readonly data?: Uint8Array | undefined;
}

type Meaning = readonly [code: DeviceErrorCode, text: string, remedy?: string];

/** What the kernel's driver says by an error's name. */
const MEANING: Readonly<Record<string, Meaning>> = {
  EACCES: ["NOT_PERMITTED", "this user may not use it", "run it as root"],
  EPERM: ["NOT_PERMITTED", "this user may not do that", "run it as root"],
  EBUSY: ["TAKEN", "somebody else has that already, or the BMC is being reset"],
  EAGAIN: ["TAKEN", "all of the driver's sequence numbers are in use; try again"],
  EMSGSIZE: ["REFUSED", "the message is longer than the driver takes"],
  ENODEV: ["NO_DEVICE", "the interface is gone: its driver was removed"],
  EIO: ["DEVICE_FAILS", "the device fails"],
  ENOMEM: ["DEVICE_FAILS", "the kernel has no memory left for it"],
};

/** Why the driver did not take a call, as a line for its user. */
export function refusal(path: string, name: string, asked?: Asked): DeviceError {
  const [code, text, remedy = ""] = meaning(name, asked);
  const what = asked === undefined ? "" : `${request(asked)}: `;
  return new DeviceError(code, `${path}: ${what}${text} (${name})`, remedy);
}

/** Of what the driver refuses without a reason, the reason that can be seen. */
function meaning(name: string, asked: Asked | undefined): Meaning {
  if (name !== "EINVAL") return MEANING[name] ?? ["DEVICE_FAILS", "the driver refuses"];
  if (asked === undefined) return ["REFUSED", "the driver does not take that value"];
  const { netFn, cmd } = asked;
  if (netFn % 2 !== 0) return ["REFUSED", "the NetFn of a request is even"];
  const own = netFn === NetFn.App && OWN_COMMANDS.includes(cmd);
  if (own) return ["REFUSED", "the driver sends this command itself; say whom it is for instead"];
  return ["REFUSED", "there is no such channel, or nobody on it can have that address"];
}

/** Get Message, Send Message and Read Event Message Buffer. @see IPMI 2.0 §22.6 to §22.8 */
const OWN_COMMANDS: readonly number[] = [0x33, 0x34, 0x35];

function request({ netFn, cmd, data }: Asked): string {
  const bytes = data?.length ?? 0;
  return `NetFn ${hex(netFn)}, command ${hex(cmd)}, ${bytes} bytes`;
}

function hex(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, "0")}h`;
}

const NO_DRIVER = "modprobe ipmi_devintf and the interface's driver, ipmi_si or ipmi_ssif";

/** Why a device could not be opened. What is none of the system's refusals comes back as it is. */
export function openError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const name = String(error.code);
  switch (name) {
    case "ENOENT":
      return new DeviceError("NO_DEVICE", `${path}: there is no such device (${name})`, NO_DRIVER);
    case "ENXIO":
    case "ENODEV":
      return new DeviceError(
        "NO_DEVICE",
        `${path}: no interface is behind it (${name})`,
        NO_DRIVER,
      );
    default:
      return refusal(path, name);
  }
}

/** Why a file of the kernel's that registers or a bus are behind cannot be used. */
export function accessError(path: string, error: unknown): unknown {
  const name = typeof error === "string" ? error : nameOf(error);
  if (name === undefined) return error;
  const [code, text, remedy] = ACCESS[name] ?? ["DEVICE_FAILS", "it cannot be used"];
  return new DeviceError(code, `${path}: ${text} (${name})`, remedy);
}

const ACCESS: Readonly<Record<string, readonly [DeviceErrorCode, string, string]>> = {
  EACCES: ["NOT_PERMITTED", "this user may not use it", "run it as root"],
  EPERM: [
    "NOT_PERMITTED",
    "the kernel does not permit it",
    "run it as root; a locked-down kernel, and memory that a driver has, permit it to nobody",
  ],
  ENOENT: ["NOT_ON_THIS_PLATFORM", "there is no such file", "this kernel was built without it"],
  ENXIO: ["NO_DEVICE", "nothing is behind it", ""],
  ENODEV: ["NO_DEVICE", "nothing is behind it", ""],
};

function nameOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
