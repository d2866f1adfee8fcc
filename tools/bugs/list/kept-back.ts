import { type Bug, bugsIn } from "../bug.ts";

/** Slips that were written with the list unread, to measure the rules by. */
export const KEPT_BACK: readonly Bug[] = [
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/capabilities.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-code-never-told-of",
      from: "const { inputBytesMax, pecSupported: usesPec } = told;",
      to: "const { inputBytesMax } = told;\n  const usesPec = true;",
      rules: ["SSIF-08"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog.ts" }, [
    {
      name: "host-wd-tries-no-more",
      from: "      this.#after(this._options.retryPauseUs, () => {\n        this._due = true;\n",
      to: "      this.#after(this._options.retryPauseUs, () => {\n",
      rules: ["STACK-35"],
    },
  ]),
];
