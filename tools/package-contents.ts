import { spawnSync } from "node:child_process";

/** What the package holds, as patterns of paths; all else must not be in it. */
const MAY_HOLD: readonly RegExp[] = [
  /^dist\/[\w/-]+\.(js|d\.ts)(\.map)?$/,
  /^src\/[\w/-]+\.ts$/,
  /^knowledge\/[\w-]+\.json$/,
  /^scenarios\/[\w-]+\.yaml$/,
  /^schema\/[\w.-]+\.json$/,
  /^docs\/[\w/.-]+\.(md|yaml|json)$/,
  /^docs\/examples\/[\w.-]+\.(mjs|sh|txt)(\.gz)?$/,
  /^docs\/pictures\/[\w.-]+\.png$/,
  /^(README|CHANGELOG|SECURITY)\.md$/,
  /^(LICENSE|package\.json)$/,
];

/** What nobody must find there, even under a path that may be. */
const NEVER_HOLDS: readonly RegExp[] = [
  /(^|\/)\./,
  /(^|\/)(node_modules|test|bench|coverage|reports|runs)\//,
  /\.(test|spec)\./,
  /\.(log|tgz|pem|key|partial-\d+)$/,
];

const MUST_HOLD = [
  ...["LICENSE", "README.md", "SECURITY.md", "package.json", "dist/cli/main.js"],
  "dist/viewer/exploration.js",
  "dist/viewer/page.js",
  ...["docs/architecture.md", "knowledge/consoles.json"],
  ...["scenarios/sticky-event-buffer.yaml", "schema/scenario.schema.json"],
] as const;

/** The paths that `npm publish` would put into the package, of what is built now. */
export function packageContents(root: string): readonly string[] {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { stdout } = spawnSync("npm", args, { cwd: root, encoding: "utf8" });
  // npm writes a list, or since version 12 an object by name.
  const document: unknown = JSON.parse(stdout);
  const [pack] = Object.values(document ?? {});
  return pack.files.map(({ path }: { path: string }) => path).sort();
}

/** What is wrong with the contents, a sentence each. */
export function contentFaults(paths: readonly string[]): readonly string[] {
  const strange = paths.filter((path) => !MAY_HOLD.some((pattern) => pattern.test(path)));
  const forbidden = paths.filter((path) => NEVER_HOLDS.some((pattern) => pattern.test(path)));
  const missing = MUST_HOLD.filter((path) => !paths.includes(path));
  return [
    ...strange.map((path) => `${path} is not on the list of what the package holds`),
    ...forbidden.map((path) => `${path} must never be in the package`),
    ...missing.map((path) => `${path} is missing`),
  ];
}
