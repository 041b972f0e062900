// Writes Unicode's full upper-case mapping as a table in UTF-8, for the contestants that have none:
//   node case-table.mjs ts|h >FILE
// It is that of the Node.js which runs this, String.prototype.toUpperCase. Code points in blocks of 64: BLOCKS has the
// number of each block, 0 where no code point changes. In ENTRIES a code point of the others has 8 bytes: up to 6 of
// UTF-8, then how many they are, then how many characters. What is beyond BLOCKS has no case.

const SIZE = 64;
const END = 0x20000;

const blocks = [];
const entries = new Array(SIZE * 8).fill(0);
for (let block = 0; block < END; block += SIZE) {
  const points = Array.from({ length: SIZE }, (_, at) => block + at).filter((point) => point < 0xd800 || point > 0xdfff);
  const changes = points.some((point) => upper(point) !== String.fromCodePoint(point));
  blocks.push(changes ? entries.length / (SIZE * 8) : 0);
  if (changes) {
    entries.push(...points.flatMap((point) => entry(upper(point))));
  }
}

function upper(point) {
  return String.fromCodePoint(point).toUpperCase();
}

function entry(text) {
  const bytes = [...new TextEncoder().encode(text)];
  if (bytes.length > 6) {
    throw new Error(`${text}: expected at most 6 bytes of UTF-8, found ${bytes.length}; make the entries wider`);
  }
  return [...bytes, ...new Array(6 - bytes.length).fill(0), bytes.length, [...text].length];
}

const write = {
  ts: (name, bytes) => `export const ${name}: usize = memory.data<u8>([${bytes}]);`,
  h: (name, bytes) => `alignas(8) static const unsigned char ${name}[] = {${bytes}};`,
}[process.argv[2]];
console.log(write("BLOCKS", blocks));
console.log(write("ENTRIES", entries));
