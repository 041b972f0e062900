// Answers `GET /images/KEY/metadata` from R2.

import { storedMetadata } from "./metadata.js";

export default {
  async fetch(request, { IMAGES }) {
    const [, , key] = new URL(request.url).pathname.split("/");
    return new Response(await storedMetadata(IMAGES, key), { headers: { "content-type": "application/json" } });
  },
};
