import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SeatError } from "../programs/errors.ts";
import { parseParagraphs } from "./deb822.ts";

/** Where the system gets its own packages from. */
interface Mirror {
  readonly uri: string;
  /** The keyring or the key, as `Signed-By` has it; undefined: whatever apt trusts. */
  readonly signedBy: string | undefined;
}

/** The mirrors of the archive itself and of its security updates. */
export interface Mirrors {
  readonly archive: Mirror;
  readonly security: Mirror | undefined;
}

interface Source extends Mirror {
  readonly suites: readonly string[];
}

/** The releases whose kernels are taken, and the names that may stand for them. */
const RELEASES = ["bookworm", "trixie"] as const;
const ARCHIVE_SUITE =
  /^(oldoldstable|oldstable|stable|testing|unstable|sid|bullseye|bookworm|trixie|forky)$/;
const SECURITY_SUITE = /^[a-z]+(-security|\/updates)$/;

/** The mirrors that the system's own apt uses. Other archives beside them are passed over. */
export function systemMirrors(folder = "/etc/apt"): Mirrors {
  const sources = readSources(folder);
  const archive = sources.find((each) => each.suites.some((suite) => ARCHIVE_SUITE.test(suite)));
  if (archive === undefined) {
    throw new SeatError(
      "MIRROR_UNKNOWN",
      `no Debian archive is configured under ${folder}`,
      "Debian kernels need Debian's apt; elsewhere add one with path:IMAGE,MODULES",
    );
  }
  const security = sources.find((each) => each.suites.some((suite) => SECURITY_SUITE.test(suite)));
  return { archive, security };
}

/** A `.sources` file with the suites that have kernels, beyond those the system itself uses. */
export function kernelSources(mirrors: Mirrors, extraSuite?: string): string {
  const suites = [...RELEASES, "trixie-backports", ...(extraSuite ? [extraSuite] : [])];
  const paragraphs = [paragraph(mirrors.archive, suites)];
  if (mirrors.security !== undefined) {
    paragraphs.push(
      paragraph(
        mirrors.security,
        RELEASES.map((release) => `${release}-security`),
      ),
    );
  }
  return paragraphs.join("\n");
}

/**
 * A `.sources` file with the kernels of a BMC's processor: of this system's own release, whose compiler
 * and build tools are the ones that run here.
 */
export function bmcKernelSources(mirrors: Mirrors, codename: string): string {
  const paragraphs = [
    paragraph(mirrors.archive, [codename, `${codename}-backports`], BMC_ARCHITECTURES),
  ];
  if (mirrors.security !== undefined) {
    paragraphs.push(paragraph(mirrors.security, [`${codename}-security`], BMC_ARCHITECTURES));
  }
  return paragraphs.join("\n");
}

/** The code name of the system's release. Throws `MIRROR_UNKNOWN` when it says none. */
export function systemCodename(path = "/etc/os-release"): string {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const codename = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(text)?.[1];
  if (codename !== undefined) return codename;
  throw new SeatError("MIRROR_UNKNOWN", `${path} does not say which release of Debian this is`);
}

/** The build tools are for the machine here, the kernel is for the BMC's. */
const BMC_ARCHITECTURES = "amd64 armhf";

function paragraph(mirror: Mirror, suites: readonly string[], architectures = "amd64"): string {
  const lines = [
    "Types: deb",
    `URIs: ${mirror.uri}`,
    `Suites: ${suites.join(" ")}`,
    "Components: main",
    `Architectures: ${architectures}`,
  ];
  if (mirror.signedBy !== undefined) {
    const [first = "", ...more] = mirror.signedBy.split("\n");
    lines.push(`Signed-By: ${first}`.trimEnd(), ...more.map((line) => ` ${line}`));
  }
  return `${lines.join("\n")}\n`;
}

function readSources(folder: string): readonly Source[] {
  const sources: Source[] = [];
  const read = (path: string) => {
    const text = readFileSync(path, "utf8");
    sources.push(...(path.endsWith(".sources") ? parseSources(text) : parseSourcesList(text)));
  };
  const main = join(folder, "sources.list");
  if (existsSync(main)) read(main);
  const parts = join(folder, "sources.list.d");
  if (!existsSync(parts)) return sources;
  for (const name of readdirSync(parts).sort()) {
    if (/\.(sources|list)$/.test(name)) read(join(parts, name));
  }
  return sources;
}

/** The `deb` entries of a deb822 file. @see sources.list(5), DEB822-STYLE FORMAT */
function parseSources(text: string): readonly Source[] {
  const sources: Source[] = [];
  for (const fields of parseParagraphs(text)) {
    const types = (fields.get("types") ?? "").split(/\s+/);
    if (!types.includes("deb") || /^(no|false|0)$/i.test(fields.get("enabled") ?? "yes")) continue;
    const suites = (fields.get("suites") ?? "").split(/\s+/).filter((suite) => suite !== "");
    for (const uri of (fields.get("uris") ?? "").split(/\s+/)) {
      if (uri !== "") sources.push({ uri, suites, signedBy: fields.get("signed-by") });
    }
  }
  return sources;
}

/** The `deb` entries of a one-line file. @see sources.list(5), ONE-LINE-STYLE FORMAT */
function parseSourcesList(text: string): readonly Source[] {
  const sources: Source[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)/.exec(line.replace(/#.*$/, ""));
    if (match === null) continue;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(match[1] ?? "")?.[1];
    sources.push({ uri: match[2] ?? "", suites: [match[3] ?? ""], signedBy });
  }
  return sources;
}
