/** One member of an archive: a folder, a file or a character device. */
export type CpioMember =
  | { readonly path: string; readonly kind: "folder" }
  | { readonly path: string; readonly kind: "file"; readonly data: Uint8Array }
  | { readonly path: string; readonly kind: "device"; readonly major: number; minor: number };

const MODE = { folder: 0o040755, file: 0o100755, device: 0o020600 } as const;
const MAGIC = "070701";
const HEADER_BYTES = 110;
const TRAILER = "TRAILER!!!";
/** The first inode number; any will do, as long as they differ. */
const FIRST_INODE = 1;

/**
 * Writes an archive in the "newc" format that the kernel unpacks as its first root file system:
 * ASCII headers of hexadecimal fields, names and contents padded to 4 bytes, all dates 0, so that
 * the same members always give the same bytes.
 */
export function cpioArchive(members: readonly CpioMember[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let inode = FIRST_INODE;
  for (const member of members) {
    const data = member.kind === "file" ? member.data : new Uint8Array(0);
    const [major, minor] = member.kind === "device" ? [member.major, member.minor] : [0, 0];
    parts.push(
      header({ inode: inode++, mode: MODE[member.kind], major, minor }, member.path, data),
    );
    parts.push(padded(data));
  }
  const nothing = new Uint8Array(0);
  parts.push(header({ inode: 0, mode: 0, major: 0, minor: 0 }, TRAILER, nothing));
  return Buffer.concat(parts);
}

interface Numbers {
  readonly inode: number;
  readonly mode: number;
  readonly major: number;
  readonly minor: number;
}

function header(numbers: Numbers, path: string, data: Uint8Array): Uint8Array {
  const name = new TextEncoder().encode(`${path}\0`);
  const { inode, mode, major, minor } = numbers;
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, major, minor, name.length, 0];
  const text = MAGIC + fields.map((field) => field.toString(16).padStart(8, "0")).join("");
  const bytes = new Uint8Array(HEADER_BYTES + name.length);
  bytes.set(new TextEncoder().encode(text));
  bytes.set(name, HEADER_BYTES);
  return padded(bytes);
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  whole.set(bytes);
  return whole;
}
