import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";
import { hostConnector } from "../dist/connectors/host/connector.js";
import { HostSettings } from "../dist/connectors/host/settings.js";
import { startSshServer } from "../dist/testing/ssh-server.js";
import { skipWithoutServer } from "./need-sshd.mjs";

/**
 * Reads 300 files of each of 50 hosts: `fleet.mjs ours|peer`. Each host is a real sshd of its own on the loopback interface, and all
 * see the same files. Ours has one host more, which accepts the connection and never says a word, and reads 10 hosts at a time; what
 * counts is when the last of the others is answered for. The peer is a fan-out of the same client by hand, 10 at a time, without
 * that host, and prints what the files are and hold.
 */
const HOSTS = 50;
const FILES = 300;
const AT_ONCE = 10;

skipWithoutServer();
const servers = [];
try {
  for (let started = 0; started < HOSTS; started += AT_ONCE)
    servers.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => startSshServer()))));
  fill(tree());
  console.log(JSON.stringify(process.argv[2] === "peer" ? await byHand() : await scan()));
} finally {
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
}

function tree() {
  return join(servers[0].folder, "tree");
}

function fill(folder) {
  mkdirSync(folder);
  for (let file = 0; file < FILES; file += 1) writeFileSync(join(folder, `${file}`), `content ${file}`);
}

async function byHand() {
  const config = servers.map((server, at) => server.clientConfig(`host${at}`)).join("\n");
  const [all, names] = ["all", "names"].map((name) => join(servers[0].folder, name));
  writeFileSync(all, config);
  writeFileSync(names, servers.map((_, at) => `host${at}`).join("\n"));
  const look = "find . -printf '%y %m %U %G %s %p\\n'; find . -type f -exec sha256sum {} +";
  const script = join(servers[0].folder, "script");
  writeFileSync(script, `cd ${tree()} && ${look}\n`);
  // A file for each: what many print at once runs together.
  const out = join(servers[0].folder, "out");
  mkdirSync(out);
  const command = `xargs -P ${AT_ONCE} -I HOST -a ${names} sh -c 'ssh -F ${all} HOST sh < ${script} > ${out}/HOST'`;
  const begin = performance.now();
  await promisify(execFile)("sh", ["-c", command]);
  const milliseconds = performance.now() - begin;
  const hashes = readdirSync(out).reduce((sum, name) => sum + hashesIn(readFileSync(join(out, name), "utf8")), 0);
  if (hashes !== HOSTS * FILES) throw new Error(`Cannot read by hand: ${hashes} files were hashed`);
  return { milliseconds };
}

function hashesIn(text) {
  return text.match(/^[0-9a-f]{64} /gm)?.length ?? 0;
}

async function scan() {
  const silent = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const entries = servers.map((server, at) => ({
    host: `ssh://root@${server.address}:${server.port}`,
    name: `host${at}`,
    configFile: server.configFile,
  }));
  const hosts = [{ host: `ssh://127.0.0.1:${silent.address().port}`, name: "silent" }, ...entries];
  const settings = HostSettings.parse({ hosts, parallel: AT_ONCE, ssh: { connectTimeout: "60s" } });
  const begin = performance.now();
  const session = await hostConnector.open(settings, { baseDir: "/", now: () => new Date().toISOString() });
  const seen = await observeUntilAll(
    session,
    entries.map(({ name }) => name),
  );
  const milliseconds = performance.now() - begin;
  await session[Symbol.asyncDispose]();
  silent.close();
  return {
    milliseconds,
    notes: `${seen.files} files, ${Math.round(seen.mostBytes / 1024 ** 2)} MB at most`,
    files: seen.files,
  };
}

/** Ends when each of these hosts has been answered for, whatever else is still under way. */
async function observeUntilAll(session, names) {
  const request = {
    asked: [],
    scope: { include: [`host/file:${tree()}/**`], exclude: [] },
    listedKinds: ["host/file"],
    lastRecorded: async () => undefined,
  };
  const [aborter, waiting] = [new AbortController(), new Set(names)];
  let [files, answers, mostBytes] = [0, 0, 0];
  for await (const answer of session.observe(request, aborter.signal)) {
    // Looking takes longer than an answer.
    if (answers++ % 100 === 0) mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
    if ("resource" in answer) files += answer.status === "present" ? 1 : 0;
    else waiting.delete(answer.at);
    if (waiting.size === 0) break;
  }
  if (waiting.size > 0) throw new Error(`Cannot measure: ${[...waiting].join(", ")} did not answer`);
  return { files, mostBytes };
}
