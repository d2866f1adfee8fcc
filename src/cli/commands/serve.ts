import { Argument, Command, Option } from "commander";
import { SerialBmc } from "../../bmc/index.ts";
import { Pty } from "../../devices/index.ts";
import { RealScheduler } from "../../time/real.ts";
import { Tracer } from "../../trace/tracer.ts";
import {
  LINE_CHARS_MAX,
  NEWLINES,
  type Newline,
  SERIAL_MODES,
  type SerialMode,
} from "../../wire/serial/protocol.ts";
import { LoggedStream, streamLogLine } from "../../wire/stream/log.ts";
import { failureAt } from "../environment.ts";
import { untilInterrupted } from "../interruptible.ts";
import { say } from "../say.ts";
import { WholeFile } from "../whole-file.ts";

interface ServeOptions {
  readonly link?: string;
  readonly log?: string;
  readonly newline: Newline;
  readonly wrap: boolean;
  readonly echo: boolean;
  readonly handshake: boolean;
}

export function serveCommand(): Command {
  return new Command("serve")
    .description("Serve our BMC to other programs over a pseudo-terminal, until Ctrl-C.")
    .addArgument(new Argument("<interface>", "how it is spoken to").choices(SERIAL_MODES))
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
    .addHelpText(
      "after",
      `
Its first line on standard output is the file to open. Whoever opens that is an administrator.
ipmitool understands neither --wrap nor --handshake of terminal mode: docs/serial.md.

Examples:
  baseboard serve serial-terminal --link /tmp/bmc
  ipmitool -I serial-terminal -D /tmp/bmc:115200 mc info

Exit status: 0 when Ctrl-C ended it; 2 the command was wrong; 3 there is no pseudo-terminal here.`,
    )
    .action(serve);
}

async function serve(mode: SerialMode, options: ServeOptions): Promise<void> {
  const log = options.log === undefined ? undefined : new WholeFile("--log", options.log);
  try {
    const pty = opened(options.link);
    try {
      const scheduler = new RealScheduler();
      const now = () => scheduler.now();
      const stream = new LoggedStream(pty, now, (piece) => log?.write(streamLogLine(piece)));
      new SerialBmc(stream, scheduler, new Tracer(now), {
        ...{ mode, newline: options.newline, echo: options.echo, handshake: options.handshake },
        lineCharsMax: options.wrap ? LINE_CHARS_MAX : Number.POSITIVE_INFINITY,
      });
      say(pty.path);
      await untilInterrupted();
    } finally {
      pty.close();
    }
    log?.finish();
  } finally {
    log?.discard();
  }
}

function opened(link: string | undefined): Pty {
  try {
    return new Pty(link);
  } catch (error) {
    throw failureAt(`--link ${link}`, error);
  }
}
