import { kexecFolder } from "../../../src/lab/crash/guest/kexec-tools.ts";
import { unpackOnce } from "../unpack.ts";

/** Has the distribution's kexec in the cache. */
export function unpackKexec(): void {
  unpackOnce("unpack-kexec.sh", kexecFolder());
}
