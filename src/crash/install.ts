import { assert } from "../assert.ts";

/** What is built anew at each start of the machine. */
export interface CrashInstallation {
  /** The program and the arguments that lead to `baseboard`: absolute paths. */
  readonly program: readonly string[];
  /** What `baseboard crash build` is told besides kernel and place. */
  readonly orders: readonly string[];
}

/** A file of a machine, as it ought to be. */
export interface InstalledFile {
  /** From the root. */
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

const UNIT = "baseboard-crash.service";
/** Where the unit's own folder is, as systemd makes it. */
const STATE_FOLDER = "baseboard";
/** What kdump is given in place of the kernel. */
const WRAPPED_KERNEL = `/var/lib/${STATE_FOLDER}/vmlinuz.ipmi`;
/** `%v` is the kernel that runs, which is also the one that kdump-tools has an initrd for. */
const KERNEL = "/boot/vmlinuz-%v";

/**
 * The unit that builds the wrapped kernel before kdump-tools loads it: at each start, for where the BMC is
 * and how fast the processor counts may have changed. Where that fails, kdump has the kernel as it is.
 */
function unitFile({ program, orders }: CrashInstallation): InstalledFile {
  const build = [...program, "crash", "build"].map(unitWord);
  const words = [...build, KERNEL, "--out", WRAPPED_KERNEL, "--force", ...orders.map(unitWord)];
  return {
    path: `/etc/systemd/system/${UNIT}`,
    mode: 0o644,
    text: `[Unit]
Description=Have the BMC told of a crash before the kernel that saves the memory
DefaultDependencies=no
After=local-fs.target
Before=kdump-tools.service

[Service]
Type=oneshot
RemainAfterExit=yes
StateDirectory=${STATE_FOLDER}
# Where the rest fails, kdump has the kernel as it is.
ExecStartPre=/bin/cp ${KERNEL} ${WRAPPED_KERNEL}.plain
ExecStartPre=/bin/mv ${WRAPPED_KERNEL}.plain ${WRAPPED_KERNEL}
ExecStart=${words.join(" ")}

[Install]
WantedBy=kdump-tools.service
`,
  };
}

/** The kernel that runs may be installed anew under the same name; its name puts it behind kdump-tools' hook. */
const HOOK: InstalledFile = {
  path: "/etc/kernel/postinst.d/zz-baseboard-crash",
  mode: 0o755,
  text: `#!/bin/sh
# What baseboard made of the kernel that runs is made anew when that kernel is installed anew.
[ "\${1-}" = "$(uname -r)" ] || exit 0
[ -d /run/systemd/system ] || exit 0
systemctl restart ${UNIT} && /usr/sbin/kdump-config try-reload ||
  echo "W: ${UNIT}: the kernel that kdump has is not made of the new one" >&2
exit 0
`,
};

/** The files that belong to nobody else. */
export function installedFiles(installation: CrashInstallation): readonly InstalledFile[] {
  return [unitFile(installation), HOOK];
}

/** kdump-tools' own settings, to which ours are added. */
export const KDUMP_SETTINGS = "/etc/default/kdump-tools";
const BEGIN = "# baseboard crash: begin";
const END = "# baseboard crash: end";
const BLOCK = `${BEGIN}
KDUMP_KERNEL=${WRAPPED_KERNEL}
${END}
`;
const OURS = new RegExp(`^${BEGIN}\\n[^]*?^${END}\\n?`, "m");
const SETTING = /^[ \t]*(?:export[ \t]+)?KDUMP_KERNEL=(?<value>.*)$/gm;
/** What the package comes with: the kernel that runs. */
const PACKAGED = "/var/lib/kdump/vmlinuz";

/** The settings with ours behind them: the last assignment counts, for a shell as for systemd. */
export function withOurSettings(before: string): string {
  const others = before.replace(OURS, "");
  const ended = others === "" || others.endsWith("\n") ? others : `${others}\n`;
  return `${ended}${BLOCK}`;
}

/** The kernel that somebody chose by hand in these settings; undefined when nobody did. */
export function chosenKernel(settings: string): string | undefined {
  const values = [...settings.replace(OURS, "").matchAll(SETTING)];
  const last = values
    .at(-1)
    ?.groups?.["value"]?.trim()
    .replace(/^(["'])(.*)\1$/, "$2");
  return last === undefined || last === "" || last === PACKAGED ? undefined : last;
}

/** What is left to do when all is written. */
export const NEXT_STEPS: readonly string[] = [
  "systemctl daemon-reload",
  `systemctl enable ${UNIT}`,
  `systemctl restart ${UNIT} kdump-tools.service`,
  "kdump-config show",
];

/** A word in quotes as a unit's command line has it, in which % and $ stand for something else. */
function unitWord(word: string): string {
  assert(!/[\n\0]/.test(word), "a word of a command line has one line");
  const escaped = word
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$");
  return /^[\w./:=@,+-]+$/.test(word) ? word : `"${escaped}"`;
}
