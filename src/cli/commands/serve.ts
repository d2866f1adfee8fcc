import { Argument, Command, Option } from "commander";
import { Pty } from "../../devices/index.ts";
import { RealScheduler } from "../../time/real.ts";
import { MILLISECOND_US } from "../../time/scheduler.ts";
import {
  LINE_CHARS_MAX,
  NEWLINES,
  type Newline,
  SERIAL_MODES,
  type SerialMode,
} from "../../wire/serial/protocol.ts";
import { failureAt } from "../environment.ts";
import { untilInterrupted } from "../interruptible.ts";
import { say } from "../say.ts";
import { type Loggable, satelliteAddress, serveSatellite, serveSerial } from "../served.ts";
import { WholeFile } from "../whole-file.ts";
import { wholeNumber } from "../whole-number.ts";

interface ServeOptions {
  readonly link?: string;
  readonly log?: string;
  readonly newline: Newline;
  readonly wrap: boolean;
  readonly echo: boolean;
  readonly handshake: boolean;
  readonly pause: string;
  readonly satellite?: readonly string[];
  readonly ipmb?: string;
  readonly address: string;
}

const IPMB = "ipmb";
const PAUSE_MS_MAX = 10_000;

export function serveCommand(): Command {
  return new Command("serve")
    .description("Serve our BMC to other programs over a pseudo-terminal, until Ctrl-C.")
    .addArgument(
      new Argument("<interface>", "how it is spoken to").choices([...SERIAL_MODES, IPMB]),
    )
    .option("--link <path>", "a name for the pseudo-terminal, which goes with it")
    .option("--log <file>", "write down each byte, by who wrote it and when")
    .addOption(
      new Option("--newline <which>", "what ends a line of ours in terminal mode")
        .choices(Object.keys(NEWLINES))
        .default("crlf"),
    )
    .option("--wrap", "terminal mode: go on in the next line after 80 characters", false)
    .option("--echo", "terminal mode: send back each character that comes", false)
    .option("--handshake", "say each time that there is room for the next request", false)
    .option(
      "--pause <ms>",
      "from the beginning of a message of ours to the next, at the least",
      "20",
    )
    .option("--satellite <address...>", "a controller of ours behind the BMC, such as 0x82")
    .option("--ipmb <path>", "the BMC's IPMB, in the form of Linux's ipmb-dev-int, at that name")
    .option("--address <address>", "ipmb: of our controller, which is no BMC", "0x82")
    .addHelpText(
      "after",
      `
Its first line on standard output is the file to open. Whoever opens that is an administrator.
ipmitool understands neither --wrap nor --handshake of terminal mode: docs/serial.md.

Examples:
  baseboard serve serial-terminal --link /tmp/bmc
  ipmitool -I serial-terminal -D /tmp/bmc:115200 mc info
  baseboard serve serial-basic --link /tmp/bmc --satellite 0x82
  ipmitool -I serial-basic -D /tmp/bmc:115200 -t 0x82 -b 0 mc info
  baseboard serve ipmb --link /tmp/ipmb --address 0x84

Exit status: 0 when Ctrl-C ended it; 2 the command was wrong; 3 there is no pseudo-terminal here.`,
    )
    .action(serve);
}

async function serve(written: SerialMode | typeof IPMB, options: ServeOptions): Promise<void> {
  const log = options.log === undefined ? undefined : new WholeFile("--log", options.log);
  const ptys: Pty[] = [];
  try {
    try {
      const pty = opened(ptys, "--link", options.link);
      const parts = { stream: pty, scheduler: new RealScheduler(), log };
      if (written === IPMB) serveSatellite(parts, satelliteAddress("--address", options.address));
      else serveBmc(written, parts, options, ptys);
      say(pty.path);
      await untilInterrupted();
    } finally {
      for (const pty of ptys) pty.close();
    }
    log?.finish();
  } finally {
    log?.discard();
  }
}

function serveBmc(mode: SerialMode, parts: Loggable, options: ServeOptions, ptys: Pty[]): void {
  const { newline, echo, handshake, wrap, ipmb, satellite = [] } = options;
  const pauseMs = wholeNumber("--pause", options.pause, { least: 0, most: PAUSE_MS_MAX }) ?? 0;
  const lineCharsMax = wrap ? LINE_CHARS_MAX : Number.POSITIVE_INFINITY;
  serveSerial(parts, {
    ...{ mode, newline, echo, handshake, lineCharsMax },
    pauseUs: pauseMs * MILLISECOND_US,
    satellites: satellite.map((each) => satelliteAddress("--satellite", each)),
    ipmb: ipmb === undefined ? undefined : opened(ptys, "--ipmb", ipmb),
  });
}

function opened(ptys: Pty[], option: string, link: string | undefined): Pty {
  try {
    const pty = new Pty(link);
    ptys.push(pty);
    return pty;
  } catch (error) {
    throw failureAt(`${option} ${link}`, error);
  }
}
