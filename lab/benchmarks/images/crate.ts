// The metadata of an image by the crate, in Node.js.

import { readFileSync } from "node:fs";
import * as crate from "../../my_worker/pkg/my_worker.js";
import { instantiate } from "../platform";
import { metadata as metadataBy } from "../src/images";

const bytes = readFileSync(new URL("../../my_worker/pkg/my_worker_bg.wasm", import.meta.url));
const wasm = instantiate(crate, Reflect.construct(WebAssembly.Module, [bytes]) as WebAssembly.Module);

/** As JSON bytes, in the way of the Worker. @throws {Refusal} when the crate refuses the image. */
export const metadata = (image: Uint8Array): Uint8Array => metadataBy(wasm, image);
