import { SeatError } from "../programs/errors.ts";
import { type Paragraph, parseParagraphs } from "./deb822.ts";
import type { DebianPackage } from "./debian-index.ts";
import { compareVersions, upstreamVersion, versionMatches } from "./version.ts";

/** A kernel of a BMC's processor, and what one of its modules is built with. */
export interface DebianBmcKernel {
  readonly release: string;
  /** Upstream's version: 6.12.95. */
  readonly version: string;
  readonly image: DebianPackage;
  /** Headers and build tools, to be unpacked side by side. */
  readonly headers: readonly DebianPackage[];
  readonly source: DebianPackage;
  /** The C compiler that the kernel's own makers used, by its program's name. */
  readonly compiler: string;
}

/** Names of the packages that are looked at: ARMv7, without the flavours for large memory. */
export const BMC_KERNEL_PACKAGE =
  /^linux-(image-\d[\w.+~-]*-armmp|headers-\d[\w.+~-]*-(armmp|common)|kbuild-\d[\w.+~]*|source-\d+\.\d+)$/;
const IMAGE = /^linux-image-(\d[\w.+~-]*)-armmp$/;

/** The kernels that an index (the output of `apt-cache show`) offers complete, oldest first. */
export function debianBmcKernels(index: string): readonly DebianBmcKernel[] {
  const packages = new Packages(parseParagraphs(index));
  const kernels = packages.named(IMAGE).map((image) => assembled(image, packages));
  return kernels
    .filter((kernel) => kernel !== undefined)
    .sort((a, b) => compareVersions(a.version, b.version) || compareVersions(a.release, b.release));
}

/** The newest kernel of a version. Throws `NO_SUCH_KERNEL` and says which there are. */
export function chooseBmcKernel(
  kernels: readonly DebianBmcKernel[],
  version: string,
): DebianBmcKernel {
  const chosen = kernels.filter((each) => versionMatches(each.version, version)).at(-1);
  if (chosen !== undefined) return chosen;
  const versions = [...new Set(kernels.map((each) => each.version))];
  throw new SeatError(
    "NO_SUCH_KERNEL",
    `the archive has no armhf kernel ${version} with headers and source`,
    versions.length === 0 ? "it has none at all" : `it has ${versions.join(", ")}`,
  );
}

/** What an index says, by names and versions. */
class Packages {
  private readonly _all: readonly Paragraph[];

  constructor(all: readonly Paragraph[]) {
    this._all = all;
  }

  named(name: RegExp): readonly Paragraph[] {
    return this._all.filter((each) => name.test(each.get("package") ?? ""));
  }

  /** The package of that name and version; of any version the newest. */
  find(name: string, version?: string): Paragraph | undefined {
    const found = this._all.filter((each) => {
      return (
        each.get("package") === name && (version === undefined || each.get("version") === version)
      );
    });
    return [...found]
      .sort((a, b) => compareVersions(a.get("version") ?? "", b.get("version") ?? ""))
      .at(-1);
  }
}

function assembled(image: Paragraph, packages: Packages): DebianBmcKernel | undefined {
  const abi = IMAGE.exec(image.get("package") ?? "")?.[1] ?? "";
  const version = image.get("version") ?? "";
  const upstream = upstreamVersion(version);
  const series = /^\d+\.\d+/.exec(upstream)?.[0] ?? "";
  const headers = packages.find(`linux-headers-${abi}-armmp`, version);
  const common = packages.find(`linux-headers-${abi}-common`, version);
  const depends = headers?.get("depends") ?? "";
  const kbuild = packages.find(/linux-kbuild-[\w.+~]+/.exec(depends)?.[0] ?? "", version);
  const source = packages.find(`linux-source-${series}`, version);
  const compiler = /\bgcc-(\d+)/.exec(depends)?.[1];
  if (headers === undefined || common === undefined || kbuild === undefined) return undefined;
  if (source === undefined || compiler === undefined) return undefined;
  return {
    release: `${abi}-armmp`,
    version: upstream,
    image: debianPackage(image),
    headers: [headers, common, kbuild].map(debianPackage),
    source: debianPackage(source),
    compiler: `arm-linux-gnueabihf-gcc-${compiler}`,
  };
}

function debianPackage(fields: Paragraph): DebianPackage {
  const architecture = fields.get("architecture");
  return {
    name: fields.get("package") ?? "",
    version: fields.get("version") ?? "",
    sha256: fields.get("sha256") ?? "",
    bytes: Number(fields.get("size") ?? 0),
    ...(architecture === "armhf" ? { architecture } : {}),
  };
}
