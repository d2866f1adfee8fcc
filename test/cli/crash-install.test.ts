import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

// These run the built command as a user does; `npm test` builds it first.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const STOP = ["--at", "discovered", "--watchdog", "stop"];
const UNIT = "etc/systemd/system/baseboard-crash.service";
const HOOK = "etc/kernel/postinst.d/zz-baseboard-crash";
const SETTINGS = "etc/default/kdump-tools";
/** As the package has them, without the comments. */
const PACKAGED =
  "USE_KDUMP=1\nKDUMP_KERNEL=/var/lib/kdump/vmlinuz\nKDUMP_INITRD=/var/lib/kdump/initrd.img\n";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "install-"));
  for (const path of [UNIT, HOOK, SETTINGS])
    mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, SETTINGS), PACKAGED, { mode: 0o640 });
});
afterEach(() => rmSync(root, { recursive: true }));

function install(...args: readonly string[]) {
  const all = [MAIN, "crash", "install", "--root", root, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8" });
  return { status, stdout, stderr };
}

const read = (path: string) => readFileSync(join(root, path), "utf8");
const files = () =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(root, path)).isFile())
    .sort();

/** What a shell makes of the settings, as kdump-config does. */
function kernelIn(settings: string): string {
  const script = `. ${join(root, settings)}; echo "$KDUMP_KERNEL $KDUMP_INITRD $USE_KDUMP"`;
  return spawnSync("sh", ["-c", script], { encoding: "utf8" }).stdout.trim();
}

test("shows the files, and writes none", () => {
  const { status, stdout, stderr } = install(...STOP);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  for (const path of [UNIT, HOOK, SETTINGS])
    expect(stdout).toContain(`== ${path.startsWith("etc/default") ? "" : root}/${path}`);
  expect(stdout).toContain("Before=kdump-tools.service");
  expect(stdout).toContain("KDUMP_KERNEL=/var/lib/baseboard/vmlinuz.ipmi");
  expect(stdout).toContain("Nothing was written");
  expect(files()).toEqual([SETTINGS]);
  expect(read(SETTINGS)).toBe(PACKAGED);
});

test("writes them, each with its mode, and the last assignment is ours", () => {
  const { status, stdout } = install(...STOP, "--sel", "OS stop", "--write");
  expect(status).toBe(0);
  expect(stdout).toContain("systemctl enable baseboard-crash.service");
  expect(files()).toEqual([SETTINGS, HOOK, UNIT]);
  expect(statSync(join(root, HOOK)).mode & 0o777).toBe(0o755);
  expect(statSync(join(root, UNIT)).mode & 0o777).toBe(0o644);
  expect(statSync(join(root, SETTINGS)).mode & 0o777).toBe(0o640);
  expect(spawnSync("sh", ["-n", join(root, HOOK)]).status).toBe(0);
  expect(kernelIn(SETTINGS)).toBe("/var/lib/baseboard/vmlinuz.ipmi /var/lib/kdump/initrd.img 1");
  expect(read(SETTINGS).startsWith(PACKAGED)).toBe(true);
  const [start = ""] = /^ExecStart=.*$/m.exec(read(UNIT)) ?? [];
  expect(start).toBe(
    `ExecStart=${process.execPath} ${MAIN} crash build /boot/vmlinuz-%v --out /var/lib/baseboard/vmlinuz.ipmi ` +
      '--force --at discovered --watchdog stop --sel "OS stop" --budget 2s',
  );
});

// Goal: what the unit runs is what was meant, whatever stands in a text. Method: its command line, read by
// systemd's rules for quotes, % and $, is a command that builds a kernel.
test("a text with what a unit takes for something else comes through", () => {
  const text = `50% "of" $HOME \\ done`;
  install(...STOP, "--sel", text, "--raw", "06 22", "--write");
  const [start = ""] = /^ExecStart=.*$/m.exec(read(UNIT)) ?? [];
  const words = [...start.slice("ExecStart=".length).matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) =>
      (quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "").replaceAll("%%", "%").replaceAll("$$", "$"),
  );
  expect(words).toEqual([
    ...[process.execPath, MAIN, "crash", "build", "/boot/vmlinuz-%v", "--out"],
    ...["/var/lib/baseboard/vmlinuz.ipmi", "--force", ...STOP, "--sel", text, "--raw", "06 22"],
    ...["--budget", "2s"],
  ]);
});

test("a second time changes nothing, and other orders need --force", () => {
  install(...STOP, "--write");
  const before = files().map(read);
  expect(install(...STOP, "--write").stdout).toContain("all is as it ought to be");
  const other = install("--at", "kcs:io:0xca2", "--watchdog", "300s:reset", "--write");
  expect(other).toMatchObject({ status: 2, stdout: "" });
  expect(other.stderr).toContain("is there already, and is another; --force replaces it");
  expect(files().map(read)).toEqual(before);
  expect(
    install("--at", "kcs:io:0xca2", "--watchdog", "300s:reset", "--write", "--force").status,
  ).toBe(0);
  expect(read(UNIT)).toContain("--watchdog 300s:reset");
  expect(read(SETTINGS).match(/vmlinuz\.ipmi/g)).toHaveLength(1);
});

test("a kernel that somebody chose for kdump is not taken away without --force", () => {
  writeFileSync(join(root, SETTINGS), `${PACKAGED}KDUMP_KERNEL="/srv/own"\n`);
  const { status, stderr } = install(...STOP, "--write");
  expect(status).toBe(2);
  expect(stderr).toContain("has KDUMP_KERNEL=/srv/own, which somebody chose");
  expect(files()).toEqual([SETTINGS]);
  expect(install(...STOP, "--write", "--force").status).toBe(0);
  expect(kernelIn(SETTINGS)).toMatch(/^\/var\/lib\/baseboard/);
});

test.each([
  ["kdump-tools is not installed", SETTINGS, 3],
  ["a Debian with systemd has it", dirname(UNIT), 3],
])("%s: nothing is written", (text, missing, status) => {
  rmSync(join(root, missing), { recursive: true });
  const left = files();
  const got = install(...STOP, "--write");
  expect(got.stderr).toContain(text);
  expect(got.status).toBe(status);
  expect(files()).toEqual(left);
});

test("a name that cannot be written leaves no other half", () => {
  mkdirSync(join(root, HOOK));
  const { status, stderr } = install(...STOP, "--write", "--force");
  expect(stderr.split("\n")).toHaveLength(2);
  expect(status).not.toBe(0);
  expect(existsSync(join(root, UNIT))).toBe(false);
  expect(read(SETTINGS)).toBe(PACKAGED);
});

test.each([
  [["--at", "kcs:mem:0xfeb00001/4:32", "--watchdog", "stop"], "lie at multiples of 4 bytes"],
  [["--at", "discovered"], "there is nothing to tell the BMC"],
  [[...STOP, "--budget", "2h"], "--budget"],
  [[...STOP, "--tsc", "1"], "--tsc"],
])("what build would refuse is refused at once: %s", (args, text) => {
  const { status, stderr } = install(...args, "--write");
  expect(stderr).toContain(text);
  expect(status).toBe(2);
  expect(files()).toEqual([SETTINGS]);
});
