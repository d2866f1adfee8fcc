import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import {
  bmcKernelSources,
  kernelSources,
  systemCodename,
  systemMirrors,
} from "../../src/kernels/apt-sources.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function configuration(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "apt-sources-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const DEB822 = `# the archive
Types: deb deb-src
# a comment inside
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/archive.gpg

Types: deb
URIs: http://mirror.example/security
Suites: bookworm-security
Components: main
`;

test("mirror and keyring come from the deb822 files, other archives are passed over", () => {
  const folder = configuration({
    "sources.list.d/a-tool.sources":
      "Types: deb\nURIs: http://tools.example\nSuites: nodistro\nComponents: main\n",
    "sources.list.d/debian.sources": DEB822,
    "sources.list.d/ignored.txt": "deb http://wrong.example bookworm main\n",
  });
  expect(systemMirrors(folder)).toMatchObject({
    archive: { uri: "http://mirror.example/debian", signedBy: "/usr/share/keyrings/archive.gpg" },
    security: { uri: "http://mirror.example/security", signedBy: undefined },
  });
});

test("one-line files are read too", () => {
  const folder = configuration({
    "sources.list": `
# deb http://commented.example bookworm main
deb-src http://source.example bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://one.example/debian stable main contrib
deb http://one.example/security stable-security main
`,
  });
  expect(systemMirrors(folder)).toMatchObject({
    archive: { uri: "http://one.example/debian", signedBy: "/k.gpg" },
    security: { uri: "http://one.example/security" },
  });
});

test("a disabled source is none, and without an archive the refusal says what to do", () => {
  const folder = configuration({ "sources.list.d/d.sources": `Enabled: no\n${DEB822}` });
  expect(() => systemMirrors(folder)).toThrow(
    expect.objectContaining({ code: "MIRROR_UNKNOWN", remedy: expect.stringContaining("path:") }),
  );
});

test("our sources name the suites that have kernels, and sid when it was asked for", () => {
  const mirrors = systemMirrors(configuration({ "sources.list.d/debian.sources": DEB822 }));
  const text = kernelSources(mirrors);
  expect(text).toContain(
    "URIs: http://mirror.example/debian\nSuites: bookworm trixie trixie-backp",
  );
  expect(text).toContain("Suites: bookworm-security trixie-security");
  expect(text).toContain("Signed-By: /usr/share/keyrings/archive.gpg");
  expect(text).not.toContain("sid");
  expect(kernelSources(mirrors, "sid")).toContain("trixie-backports sid\n");
});

test("a key that stands in the file itself is handed on as it is", () => {
  const key = "Signed-By:\n -----BEGIN-----\n .\n abc\n -----END-----\n";
  const mirrors = systemMirrors(
    configuration({
      "sources.list.d/debian.sources": `Types: deb\nURIs: http://m.example\nSuites: sid\n${key}`,
    }),
  );
  expect(kernelSources(mirrors)).toContain(key);
});

test("a BMC's kernels are of the system's own release, for both processors", () => {
  const mirrors = systemMirrors(configuration({ "sources.list.d/debian.sources": DEB822 }));
  const text = bmcKernelSources(mirrors, "trixie");
  expect(text).toContain("Suites: trixie trixie-backports\n");
  expect(text).toContain("Suites: trixie-security\n");
  expect(text.match(/Architectures: amd64 armhf\n/g)).toHaveLength(2);
});

test("the system says its release, or it is refused", () => {
  const folder = configuration({
    debian: 'NAME="x"\nVERSION_CODENAME=trixie\n',
    other: "NAME=y\n",
  });
  expect(systemCodename(join(folder, "debian"))).toBe("trixie");
  for (const name of ["other", "absent"]) {
    expect(() => systemCodename(join(folder, name))).toThrow(
      expect.objectContaining({ code: "MIRROR_UNKNOWN" }),
    );
  }
});
