import path from "node:path";
import { KnownError } from "../../errors.ts";
import { maskCredentials } from "./run-git.ts";

const SCHEMES = new Set(["file", "ssh", "https"]);
const ALLOWED = "Write a https://, ssh:// or file:// URL, user@host:path, or the path of a local repository";

/**
 * The address to give to git for `desired.git`: a URL over file, ssh or https as it is, `user@host:path` as it is, anything
 * else a local path, which starts at `baseDir`.
 * @throws KnownError `DESIRED_UNREADABLE` for what git would take as an option or as the name of a program to run
 */
export function repositoryAddress(url: string, baseDir: string): string {
  if (/\p{Cc}/u.test(url)) throw refused(url, "it holds a control character");
  if (url.startsWith("-")) throw refused(url, "it reads as an option of git");
  if (/^[a-z0-9+.-]*::/i.test(url)) throw refused(url, "it names a remote helper, which is a program to run");
  const scheme = /^([a-z0-9+.-]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    if (!SCHEMES.has(scheme)) throw refused(url, `${scheme}:// is not supported`);
    return url;
  }
  const host = /^([^/:]+):(?!\/\/)/.exec(url)?.[1];
  if (host !== undefined) {
    if (host.startsWith("-") || host.includes("@-")) throw refused(url, "its host reads as an option of ssh");
    return url;
  }
  return path.resolve(baseDir, url);
}

/** What may stand in a refspec: a branch, a tag, a full reference or a commit id. */
const REMOTE_REF = /^(?![-+/.])(?!.*(?:\.\.|@\{|\/\/|\.lock$|[/.]$))[^\s\p{Cc}:?*[\\^~]+$/u;

/** @throws KnownError `DESIRED_UNREADABLE` when `ref` is no name that a remote repository could have */
export function checkRemoteRef(ref: string): string {
  if (REMOTE_REF.test(ref)) return ref;
  throw new KnownError("DESIRED_UNREADABLE", `Cannot fetch ref "${ref}": it is no name of a branch, tag or commit`, {
    hint: "Write a branch, a tag or a full commit id",
  });
}

function refused(url: string, reason: string): KnownError {
  return new KnownError("DESIRED_UNREADABLE", `Cannot fetch "${maskCredentials(url)}": ${reason}`, { hint: ALLOWED });
}
