/**
 * Compares two Debian versions or parts of them: runs of digits as numbers, all else by character,
 * letters before other signs, and `~` before everything, even the end.
 * @see Debian Policy §5.6.12
 */
export function compareVersions(a: string, b: string): number {
  const left = chunks(a);
  const right = chunks(b);
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = compareChunks(left[at] ?? "", right[at] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

/** True when `version` is `wanted` or begins with its parts: 6.1 takes 6.1.192, but not 6.12. */
export function versionMatches(version: string, wanted: string): boolean {
  if (version === wanted) return true;
  const next = version[wanted.length];
  return version.startsWith(wanted) && (next === "." || next === "~");
}

/** The version that the kernel's makers gave it: without Debian's epoch and revision. */
export function upstreamVersion(debianVersion: string): string {
  const withoutEpoch = debianVersion.slice(debianVersion.indexOf(":") + 1);
  const dash = withoutEpoch.lastIndexOf("-");
  return dash < 0 ? withoutEpoch : withoutEpoch.slice(0, dash);
}

/** The version in a kernel's release: 6.12.95 of `6.12.95+deb12-armmp`. */
export function releaseVersion(release: string): string {
  return release.replace(/^(\d+(?:\.\d+)*).*$/, "$1");
}

/** The version cut into text, number, text, number, ..., starting with a text. */
function chunks(version: string): readonly string[] {
  return version.split(/(\d+)/);
}

function compareChunks(a: string, b: string): number {
  if (/^\d/.test(a) || /^\d/.test(b)) return Math.sign(Number(a || "0") - Number(b || "0"));
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = weight(a, at) - weight(b, at);
    if (order !== 0) return Math.sign(order);
  }
  return 0;
}

function weight(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (Number.isNaN(code)) return 0;
  if (text[at] === "~") return -1;
  return /[A-Za-z]/.test(text.charAt(at)) ? code : code + 0x100;
}
