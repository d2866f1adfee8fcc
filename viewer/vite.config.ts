import { fileURLToPath } from "node:url";
import { minify } from "terser";
import { defineConfig, type Plugin } from "vite";

/**
 * One script without imports for each page, so that a page of one file can hold it: `--mode page`, which shows
 * any trace, `page-kcs` and its like, for a trace of that interface, and `exploration`. A worker is a text in it.
 */
export default defineConfig(({ mode }) => {
  const [name = mode, kind] = mode.split("-");
  const plugins = [withoutMeanings(), ...(kind === undefined ? [] : [rulesOf(kind)])];
  return {
    plugins,
    root: fileURLToPath(new URL(".", import.meta.url)),
    logLevel: "warn",
    publicDir: false,
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      outDir: fileURLToPath(new URL("../dist/viewer", import.meta.url)),
      emptyOutDir: false,
      target: "es2023",
      modulePreload: false,
      chunkSizeWarningLimit: 1_000,
      rolldownOptions: {
        checks: { pluginTimings: false },
        input: fileURLToPath(new URL(`${name}.ts`, import.meta.url)),
        output: { entryFileNames: `${mode}.js`, codeSplitting: false },
      },
    },
    worker: {
      format: "iife",
      plugins: () => [...plugins, constantsInPlace()],
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  };
});

/** A trace has one interface, and the rules of the other three are a quarter of the script. */
function rulesOf(kind: string): Plugin {
  const all = fileURLToPath(new URL("../src/referee/protocols.ts", import.meta.url));
  const own = `import { ${kind} } from "./${kind}/index.ts";\nexport const protocols = [${kind}];\n`;
  return { name: "rules-of-one-interface", load: (id) => (id === all ? own : null) };
}

/** What each event means is said for `docs/trace.md`; in the page nobody reads it. */
function withoutMeanings(): Plugin {
  const shapes = fileURLToPath(new URL("../src/trace/event-shapes.ts", import.meta.url));
  const text = /"(?:[^"\\]|\\.)*"/.source;
  const ofEvent = new RegExp(`(event\\(\\s*"\\w+",\\s*)${text}`, "g");
  const ofWord = new RegExp(`(:\\s*)${text}`, "g");
  return {
    name: "without-meanings",
    enforce: "pre",
    transform(code, id) {
      if (id !== shapes) return null;
      return code
        .replace(ofEvent, '$1""')
        .replace(/explained\(\{[^}]*\}\)/g, (words) => words.replace(ofWord, '$1""'));
    },
  };
}

/** Puts what stands in an object of constants where it is used, as the bundler does not: three per cent less to mail. */
function constantsInPlace(): Plugin {
  const compress = { defaults: false, hoist_props: true, reduce_vars: true, unused: true };
  return {
    name: "constants-in-place",
    renderChunk: async (code) => {
      const { code: smaller } = await minify(code, { compress, mangle: false });
      return smaller === undefined ? null : { code: smaller, map: null };
    },
  };
}
