import { assert } from "../assert.ts";
import {
  type BzImage,
  ENTRY_64,
  MARK,
  readBzImage,
  setSystemBytes,
  UnfitImage,
  wholeParagraphs,
} from "./bz-image.ts";
import { description } from "./description.ts";
import { type ExecutorParts, executorCode, SAVED_BYTES } from "./executor.ts";

/** JMP with a 32-bit distance. */
const JMP = 0xe9;
const JMP_BYTES = 5;

/** An image whose 64-bit entry runs the executor first, and then the kernel as it was. */
export interface WrappedImage {
  readonly bytes: Uint8Array;
  readonly executorBytes: number;
  /** Of a signature that was taken away. */
  readonly signatureBytes: number;
  /** How much of the memory that the kernel asks for the wrapped image fills. */
  readonly filledBytes: number;
  readonly initSize: number;
}

/**
 * Puts the executor behind a bzImage, and a jump to it at the image's 64-bit entry, where kexec's
 * purgatory goes once it has checked the whole image's digest. Throws `UnfitImage`.
 */
export function wrapBzImage(
  image: Uint8Array,
  parts: Omit<ExecutorParts, "entry" | "saved">,
): WrappedImage {
  const kernel = readBzImage(image);
  refuseWrapped(kernel.bytes);
  const { systemAt, initSize, signatureBytes } = kernel;
  const at = wholeParagraphs(kernel.bytes.length - systemAt);
  const entryAt = systemAt + ENTRY_64;
  const saved = kernel.bytes.slice(entryAt, entryAt + SAVED_BYTES);
  const code = executorCode({ ...parts, entry: ENTRY_64 - at, saved });
  const behind = at + wholeParagraphs(code.length);
  const says = description(parts);
  const systemBytes = behind + says.length + MARK.wrapped.length;
  refuseTooLarge(kernel, systemBytes);
  const bytes = new Uint8Array(systemAt + systemBytes);
  bytes.set(kernel.bytes);
  bytes.set(code, systemAt + at);
  bytes.set(says, systemAt + behind);
  bytes.set(new TextEncoder().encode(MARK.wrapped), bytes.length - MARK.wrapped.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(entryAt, JMP);
  view.setInt32(entryAt + 1, at - (ENTRY_64 + JMP_BYTES), true);
  setSystemBytes(bytes, systemBytes);
  const executorBytes = code.length;
  return { bytes, executorBytes, signatureBytes, filledBytes: systemBytes, initSize };
}

/** The executor lies where the kernel will unpack itself to: by then it has done its work. */
function refuseTooLarge({ initSize }: BzImage, systemBytes: number): void {
  if (systemBytes <= initSize) return;
  throw new UnfitImage(
    "NO_ROOM",
    `leaves no room: the kernel asks for ${initSize} bytes of memory, and the executor would end at ${systemBytes}`,
  );
}

function refuseWrapped(bytes: Uint8Array): void {
  const { wrapped, alone } = MARK;
  assert(bytes.length > wrapped.length, "an image is longer than the mark");
  // A signature that was put behind a wrapped image leaves up to seven bytes between.
  const last = new TextDecoder("latin1").decode(bytes.slice(-wrapped.length - 7));
  if (last.includes(alone)) throw new UnfitImage("NOT_A_BZIMAGE", "has no kernel in it");
  if (!last.includes(wrapped)) return;
  throw new UnfitImage("WRAPPED_ALREADY", "is wrapped already; take the kernel as it was");
}
