// wrangler's default rule for *.wasm: the import is the compiled module.
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
