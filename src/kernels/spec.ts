import { SeatError } from "../programs/errors.ts";

/** What a user asks to be added. */
export type KernelSpec =
  | {
      readonly kind: "debian";
      /** `6.1` for the newest 6.1.x, `6.18.5` for that one. */
      readonly version: string;
      /** A suite beyond the ordinary ones, when it was named. */
      readonly suite: "sid" | "experimental" | undefined;
    }
  | { readonly kind: "path"; readonly image: string; readonly modules: string };

const DEBIAN = /^debian:(?:(sid|experimental)\/)?(\d+\.\d+[\w.~+]*)$/;
const FORMS =
  "write debian:6.1, debian:6.18.5, debian:sid/7.2, debian:experimental/7.3 or " +
  "path:/boot/vmlinuz-X,/lib/modules/X";
const BMC_FORMS = "write debian:6.1, debian:6.12 or path:ZIMAGE,BOARD.dtb,/lib/modules/X";
const WITHOUT_FOLDER = [
  "beside the image, a folder is needed that says what drivers the kernel has",
  "write path:IMAGE,FOLDER: that of the modules, or else of the build, where modules.builtin is",
] as const;

/** A BMC's kernel of the user's own: its image, the board's device tree, and where its modules are. */
export interface BmcKernelFiles {
  readonly kind: "path";
  readonly image: string;
  readonly deviceTree: string;
  readonly modules: string;
}

/** What a user asks to be added for a BMC's processor. */
export type BmcKernelSpec = Extract<KernelSpec, { readonly kind: "debian" }> | BmcKernelFiles;

/** Reads what a user wrote after `kernels add --arch armhf`. */
export function parseBmcKernelSpec(text: string): BmcKernelSpec {
  if (text.startsWith("path:")) {
    const [image, deviceTree, modules, ...more] = text.slice("path:".length).split(",");
    if (image && deviceTree && modules && more.length === 0) {
      return { kind: "path", image, deviceTree, modules };
    }
  } else {
    const spec = parseKernelSpec(text);
    if (spec.kind === "debian" && spec.suite === undefined) return spec;
  }
  throw new SeatError("BAD_KERNEL_SPEC", `"${text}" names no kernel for armhf`, BMC_FORMS);
}

/** Reads what a user wrote after `kernels add`. */
export function parseKernelSpec(text: string): KernelSpec {
  const debian = DEBIAN.exec(text);
  if (debian !== null) {
    const suite = debian[1];
    return {
      kind: "debian",
      version: debian[2] ?? "",
      suite: suite === "sid" || suite === "experimental" ? suite : undefined,
    };
  }
  if (text.startsWith("path:")) {
    const [image, modules, ...more] = text.slice("path:".length).split(",");
    if (image && modules && more.length === 0) return { kind: "path", image, modules };
    if (image && modules === undefined) throw new SeatError("BAD_KERNEL_SPEC", ...WITHOUT_FOLDER);
  }
  throw new SeatError("BAD_KERNEL_SPEC", `"${text}" names no kernel`, FORMS);
}
