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

// wrangler's default rule for *.wasm: the import is the compiled module.
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
