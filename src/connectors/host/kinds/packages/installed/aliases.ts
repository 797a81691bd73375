import type { Transport } from "../../../transport.ts";
import { type ByteText, toByteText } from "../../bytes.ts";
import { hostPath } from "../../command.ts";

const FOLDERS = ["bin", "sbin", "lib", "lib32", "lib64", "libx32", "libo32"];

/** Follows the links at the top through which a path may lead, such as `/bin` to `usr/bin`. */
export interface Aliases {
  canonical(path: ByteText): ByteText;
  /** Whether the path is such a link. */
  has(path: ByteText): boolean;
}

/** How else a path may be written, where such links exist. */
export function otherName(path: ByteText): readonly ByteText[] {
  return FOLDERS.flatMap((folder) => {
    const [short, long] = [`/${folder}/`, `/usr/${folder}/`];
    if (path.startsWith(long)) return [short + path.slice(long.length)];
    return path.startsWith(short) ? [long + path.slice(short.length)] : [];
  });
}

/** How else what begins so may be written. */
export function otherForms(start: ByteText): readonly ByteText[] {
  return [
    ...otherName(start),
    ...FOLDERS.flatMap((folder) => {
      const [short, long] = [`/${folder}/`, `/usr/${folder}/`];
      if (long.startsWith(start) && long !== start) return [short];
      return short.startsWith(start) && short !== start ? [long] : [];
    }),
  ];
}

/** Where one of them cannot be looked at, it counts as no link: fewer files are explained. */
export async function readAliases(transport: Transport): Promise<Aliases> {
  const targets = new Map<ByteText, ByteText>();
  await Promise.all(
    FOLDERS.map(async (folder) => {
      const stat = await transport.stat(hostPath(`/${folder}`));
      if (!stat.ok || stat.value.linkTarget === undefined) return;
      const target = toByteText(stat.value.linkTarget).replace(/^\/?/, "/");
      if (target === `/usr/${folder}`) targets.set(`/${folder}`, target);
    }),
  );
  return {
    has: (path) => targets.has(path),
    canonical: (path) => {
      const end = path.indexOf("/", 1);
      const target = end === -1 ? undefined : targets.get(path.slice(0, end));
      return target === undefined ? path : target + path.slice(end);
    },
  };
}
