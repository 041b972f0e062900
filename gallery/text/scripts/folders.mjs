// Prints flags for rustc that give the folders of crates other names, as a list of TOML without its brackets: node
// folders.mjs METADATA KNOWN... It is for those crates of Cargo's METADATA that are in none of the folders KNOWN.
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { argv, stdout } from "node:process";

const [, , metadata, ...known] = argv;
const crates = JSON.parse(readFileSync(metadata, "utf8")).packages.map(({ name, version, manifest_path }) => ({
  folder: dirname(manifest_path),
  is: `crates/${name}-${version}`,
}));
const others = crates.filter(({ folder }) => !known.some((one) => folder.startsWith(`${one}/`)));
stdout.write(others.map(({ folder, is }) => JSON.stringify(`--remap-path-prefix=${folder}=${is}`) + ",").join(""));
