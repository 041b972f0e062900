// Names a file in a bundle that is of a package in a folder above this project, if there is one: node above.mjs BUNDLE,
// with the source map beside it. A clone elsewhere would not have it. What worker/package.json asks for, or a file names
// by its path, is the project's own.
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const project = realpathSync(fileURLToPath(new URL("..", import.meta.url)));
const [, , bundle] = argv;

/** What a folder has, and nothing where it cannot be read. */
function entries(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** The folders that packages in a node_modules are links to, as those of a workspace. */
function linked(modules) {
  return entries(modules).flatMap((entry) => {
    const path = join(modules, entry.name);
    if (entry.isSymbolicLink()) return existsSync(path) ? [realpathSync(path)] : [];
    return entry.name.startsWith("@") ? linked(path) : [];
  });
}

function above(folder) {
  const parent = dirname(folder);
  return parent === folder ? [] : [...linked(join(parent, "node_modules")), ...above(parent)];
}

/** The files in it. Each stands in a comment; the map, where it is minified, may have what a package says it is made of. */
function files() {
  const named = readFileSync(bundle, "utf8").matchAll(/^\s*\/\/ (\S.*\/.*)$/gm);
  const paths = Array.from(named, ([, path]) => resolve(path)).filter(existsSync);
  const { sources } = JSON.parse(readFileSync(`${bundle}.map`, "utf8"));
  return paths.length > 0 ? paths : sources.map((source) => resolve(dirname(bundle), source)).filter(existsSync);
}

const isIn = (file) => (folder) => file.startsWith(`${folder}/`);
const own = [project, ...linked(join(project, "worker/node_modules"))];
const strange = above(project);
const found = files().find(
  (file) => !own.some(isIn(file)) && (file.includes("/node_modules/") || strange.some(isIn(file))),
);
console.log(found === undefined ? "" : relative(project, found));
