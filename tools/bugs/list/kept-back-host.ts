import { type Bug, bugsIn } from "../bug.ts";

/** Slips of a host's that were written with the referee unread, to measure it by. */
export const KEPT_BACK_HOST: readonly Bug[] = [
  ...bugsIn({ party: "host", file: "host/bring-up/bring-up.ts" }, [
    {
      name: "host-stands-still-after-a-refused-reset",
      from: "    if (!quiet) {\n      this._si.resume();\n      return;\n    }\n",
      to: "    if (!quiet) return;\n",
      rules: ["STACK-36"],
    },
  ]),
];
