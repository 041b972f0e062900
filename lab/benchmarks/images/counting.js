// Another Worker, which the bundler knows as "worker": answers the lengths of the ranges that it read from R2, and how
// many fields it answered.

import worker from "worker";

export default {
  async fetch(request, env, context) {
    const ranges = [];
    const get = async (...words) => {
      const object = await env.IMAGES.get(...words);
      ranges.push(object.range?.length ?? object.size);
      return object;
    };
    const answer = await worker.fetch(request, { ...env, IMAGES: { get } }, context);
    const fields = Object.values((await answer.json()) ?? {}).filter((value) => value !== null);
    return Response.json({ ranges, fields: fields.length });
  },
};
