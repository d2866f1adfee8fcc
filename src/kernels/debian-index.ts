import { SeatError } from "../programs/errors.ts";
import { parseParagraphs } from "./deb822.ts";
import type { KernelSpec } from "./spec.ts";
import { compareVersions, upstreamVersion, versionMatches } from "./version.ts";

/** One package to download. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Where it is not the machine's own. */
  readonly architecture?: string;
}

/** A kernel of the archive: one package with everything, or one for the image, one for modules. */
export interface DebianKernel {
  readonly release: string;
  /** Upstream's version: 6.1.192. */
  readonly version: string;
  readonly packages: readonly DebianPackage[];
}

/** Names of packages that hold a kernel or a part of it, for ordinary x86-64 machines. */
export const KERNEL_PACKAGE = /^linux-(image|binary|modules)-(\d[\w.+~-]*-amd64)$/;
/** Flavours that the seat has no use for: no serial console to rely on, or other timing. */
const OTHER_FLAVOUR = /-(cloud|rt)-amd64$/;
/** Meta packages have the names of images, but nothing in them. */
const IMAGE_BYTES_MIN = 1_000_000;

/** The kernels that an index (the output of `apt-cache show`) offers, oldest first. */
export function debianKernels(index: string): readonly DebianKernel[] {
  const parts = new Map<string, DebianPackage>();
  const releases = new Set<string>();
  for (const fields of parseParagraphs(index)) {
    const name = fields.get("package") ?? "";
    const match = KERNEL_PACKAGE.exec(name);
    if (match === null || OTHER_FLAVOUR.test(name)) continue;
    const found: DebianPackage = {
      name,
      version: fields.get("version") ?? "",
      sha256: fields.get("sha256") ?? "",
      bytes: Number(fields.get("size") ?? 0),
    };
    const known = parts.get(name);
    if (known !== undefined && compareVersions(known.version, found.version) >= 0) continue;
    parts.set(name, found);
    releases.add(match[2] ?? "");
  }
  const kernels = [...releases].map((release) => assembled(release, parts));
  return kernels
    .filter((kernel) => kernel !== undefined)
    .sort((a, b) => compareVersions(a.version, b.version) || order(a, b));
}

/** The newest kernel that a spec takes. */
export function chooseDebianKernel(
  kernels: readonly DebianKernel[],
  spec: KernelSpec & { readonly kind: "debian" },
): DebianKernel {
  const chosen = kernels.filter((each) => versionMatches(each.version, spec.version)).at(-1);
  if (chosen !== undefined) return chosen;
  const versions = [...new Set(kernels.map((each) => each.version))];
  throw new SeatError(
    "NO_SUCH_KERNEL",
    `the archive has no kernel ${spec.version}`,
    versions.length === 0 ? "it has no kernels at all" : `it has ${versions.join(", ")}`,
  );
}

/** From 6.19 on the image and the modules come apart; a half alone cannot be used. */
function assembled(
  release: string,
  parts: ReadonlyMap<string, DebianPackage>,
): DebianKernel | undefined {
  const binary = parts.get(`linux-binary-${release}`);
  const modules = parts.get(`linux-modules-${release}`);
  const image = parts.get(`linux-image-${release}`);
  const packages =
    binary !== undefined && modules?.version === binary.version
      ? [binary, modules]
      : image !== undefined && image.bytes >= IMAGE_BYTES_MIN
        ? [image]
        : [];
  const first = packages[0];
  if (first === undefined) return undefined;
  return { release, version: upstreamVersion(first.version), packages };
}

function order(a: DebianKernel, b: DebianKernel): number {
  return compareVersions(a.release, b.release);
}
