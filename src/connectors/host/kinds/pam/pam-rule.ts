import type { ListingGap } from "../../../../model/observation.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { FileStat, Read, Transport } from "../../transport.ts";
import { idText } from "../bytes.ts";
import { hostPath } from "../command.ts";
import { type ConfigFiles, readConfigFile, readConfigFolders } from "../config-folders.ts";
import { answerFrom, type Table, unread } from "../table.ts";
import { pamRuleFacts } from "./pam-rule.facts.ts";
import { PAM_FOLDERS, type PamService, type PamServices, stacksOf } from "./pam-stacks.ts";
import { type PamLines, parsePamConf, parsePamFile } from "./parse-pam.ts";

/** Counts only where there is none of the folders. */
const CLASSIC_FILE = "/etc/pam.conf";
/** What packagers and editors leave behind: no program has a service of such a name. */
const LEFT_BEHIND = /~$|\.(?:dpkg|ucf)-[a-z]+$|\.rpm(?:new|save|orig)$|\.sw[a-p]$/;

/** The stacks of PAM, as they are written. A host without PAM has none. */
export const pamRuleKind: HostKind = {
  facts: pamRuleFacts,
  permissions: [
    {
      kinds: [pamRuleFacts.kind],
      access: [...PAM_FOLDERS.map((folder) => `${folder}/*`), CLASSIC_FILE].join(", "),
      needs: "anyone, as they are installed",
      without: "the services whose files cannot be read, and those that include them",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(pamRuleFacts.kind, request, await readStacks(request, transport));
  },
};

async function readStacks({ signal }: KindRequest, transport: Transport): Promise<Table> {
  const [inFolders, classic, ...folders] = await Promise.all([
    readConfigFolders({ folders: PAM_FOLDERS, suffix: "" }, transport, signal),
    readConfigFile(hostPath(CLASSIC_FILE), transport),
    ...PAM_FOLDERS.map((folder) => transport.stat(hostPath(folder))),
  ]);
  return folders.some(isThere) ? tableOf(fromFolders(inFolders), inFolders) : tableOf(fromConf(classic), classic);
}

function isThere(folder: Read<FileStat>): boolean {
  return folder.ok || folder.reason !== "absent";
}

function tableOf(services: PamServices, { hidden }: ConfigFiles): Table {
  const { entries, gaps } = stacksOf(services);
  // What hides a folder, or the file of all services, hides each of them.
  const whole = hidden.filter(({ file }) => file === undefined || file === CLASSIC_FILE);
  const everything = whole.map(({ reason, detail }): ListingGap => ({ glob: "**", reason, detail }));
  return { status: "read", entries, gaps: [...gaps, ...everything] };
}

function fromFolders({ files, hidden }: ConfigFiles): PamServices {
  const read = files.map(({ path, lines }) => [path, serviceOf(path, parsePamFile(lines))] as const);
  const unreadable = hidden.flatMap(({ file, ...why }) => (file === undefined ? [] : [[file, why] as const]));
  const services = [...read, ...unreadable].filter(([path]) => !LEFT_BEHIND.test(path));
  return new Map(services.map(([path, service]) => [path.slice(path.lastIndexOf("/") + 1), service]));
}

function fromConf({ files }: ConfigFiles): PamServices {
  const services = files.flatMap(({ path, lines }) =>
    Array.from(parsePamConf(lines), ([name, rules]) => [idText(name), serviceOf(path, rules)] as const),
  );
  return new Map(services);
}

function serviceOf(file: string, lines: PamLines): PamService {
  if (!("malformedLine" in lines)) return { file, lines };
  return unread("failed", `Cannot read "${file}": line ${lines.malformedLine} is malformed`);
}
