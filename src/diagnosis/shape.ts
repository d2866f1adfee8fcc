/**
 * What a kernel's message is when all that differs from machine to machine is taken out of it: device
 * names, addresses, pointers, process ids, counts. Completion codes and error numbers stay.
 */
export function shapeOf(text: string): string | undefined {
  const line = text.replace(/\s+/g, " ").trim();
  const frame = FRAME.exec(line);
  if (frame !== null) return frameShape(frame);
  const rip = RIP.exec(line);
  if (rip !== null) return frameShape(rip);
  const trouble = TROUBLE.find(([pattern]) => pattern.test(line));
  if (trouble !== undefined) return trouble[1];
  if (!OF_INTEREST.test(line) || NOISE.test(line)) return undefined;
  return withoutNumbers(withoutDevice(line));
}

/** A line of a call trace; what has a question mark was only found on the stack. */
const FRAME =
  /^(?:\[<[0-9a-f]+>\] )?(\? )?([\w.$]+)\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[([\w-]+)[^\]]*\])?$/;
const RIP = /^RIP: [0-9a-f]+:()([\w.$]+)\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[([\w-]+)[^\]]*\])?/;
const OUR_MODULE = /^(ipmi_|acpi_ipmi|kcs_bmc|ssif_bmc|bt_bmc)/;
const OUR_FUNCTION = /ipmi|kcs|ssif|_smi_|^smi_|bmc|device_id|list_(add|del)/;

function frameShape([, doubtful, name = "", module = ""]: RegExpExecArray): string | undefined {
  if (doubtful !== undefined && doubtful !== "") return undefined;
  const plain = name
    .replace(/\..*$/, "")
    .replace(/_or_report$/, "")
    .replace(/^(?!ipmi_)\w+_show$/, "attribute_show");
  return OUR_MODULE.test(module) || OUR_FUNCTION.test(plain) ? `in ${plain}` : undefined;
}

/** What the kernel's own watchmen say, in few words whoever it is about. */
const TROUBLE: readonly (readonly [RegExp, string])[] = [
  [/\btask .* blocked for more than \d+ seconds/, "hung task"],
  [/^INFO: task .* is blocked on a (mutex|semaphore)/, "hung task waits for another"],
  [/hard LOCKUP/, "hard lockup"],
  [/soft lockup/, "soft lockup"],
  [/rcu.*(stall|detected)/, "stall of RCU"],
  [/^Oops: /, "oops"],
];
const OF_INTEREST =
  /ipmi|\bbmc\b|\bkcs\b|\bsmic\b|list_(add|del)|kernel BUG|\bBUG: |Oops|general protection|refcount_t|lockup|LOCKUP|nobody cared|Kernel panic|^WARNING: |rcu.*stall/i;
/** Said beside others, and the same whatever the fault is; or a line of a trace. */
const NOISE =
  /^\S+-\d+ +\[\d+\] |^(CPU: |workqueue: |Modules linked in|Hardware name|Tainted|Workqueue: |Command line|task:|Code: |Call Trace|Kernel command)|^(systemd|agent)\b|DMI type 38/;

/** The driver stays, the device goes; whoever speaks through a driver's device speaks for itself. */
function withoutDevice(line: string): string {
  return line
    .replace(/^(ipmi[\w-]*|kcs[\w-]*|ssif[\w-]*|bt[\w-]*|aspeed[\w-]*) [\w.:,-]+: /, "$1: ")
    .replace(/^(?:ipmi[\w-]*: )*IPMI message handler: /, "ipmi_msghandler: ")
    .replace(/^IPMI Watchdog: /, "ipmi_watchdog: ")
    .replace(/^(ipmi_\w+): \1: /, "$1: ");
}

function withoutNumbers(line: string): string {
  return line
    .replace(/\b(netfn|cmd) [0-9a-f]{1,2}\b/gi, "$1 #")
    .replace(/\[(io|mem) [^\]]*\]/g, "[$1]")
    .replace(/\b0x([0-9a-f]+)\b/gi, (all, digits: string) => {
      return CODE.test(digits) ? all.toLowerCase() : "#";
    })
    .replace(/(?<![\w.-])-(\d{1,3})\b(?![:.\d])/g, "errno$1")
    .replace(/\b[0-9a-f]*\d[0-9a-f]*\b/gi, (token) => (LETTERED_CODE.test(token) ? token : "#"))
    .replace(/\b[0-9a-f]{8,}\b/gi, "#")
    .replace(/\b(ipmi|CPU)#?\d+\b/g, "$1#")
    .replace(/#(?:,? #)+/g, "#")
    .slice(0, SHAPE_MAX);
}

/** A completion code that says what went wrong is 80h or more. */
const CODE = /^[89a-f][0-9a-f]$/i;
const LETTERED_CODE = /^(?:[89][a-f]|[a-f]\d)$/i;
const SHAPE_MAX = 160;

const ANY_CODE = /\b0x[89a-f][0-9a-f]\b|\b(?:[89][a-f]|[a-f]\d|ff)\b|\berrno\d+/g;

/** The same line with whatever completion code or error number. */
export function withoutCodes(shape: string): string {
  return shape.replace(ANY_CODE, "*");
}
