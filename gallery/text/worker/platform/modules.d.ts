// What `./build.sh build` writes down of the bundle that it makes, and GET /healthz answers.
declare module "*/build.json" {
  const build: {
    /** The crate's, with its version. */
    name: string;
    crate: string;
    /** The template's version. */
    template: string;
    compatibilityDate: string;
    /** A checksum of all that the bundle is made of. */
    bundle: string;
  };
  export default build;
}

// wrangler's default rules: what the import of a file is, by the end of its name.
declare module "*.bin" {
  const bytes: ArrayBuffer;
  export default bytes;
}

declare module "*.txt" {
  const text: string;
  export default text;
}

declare module "*.html" {
  const text: string;
  export default text;
}

declare module "*.sql" {
  const text: string;
  export default text;
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
