// What a metadata request is held against: a Worker that reads a range of an image from R2, and answers how long it is.
export default {
  async fetch(request, { IMAGES }) {
    const { pathname, searchParams } = new URL(request.url);
    const object = await IMAGES.get(pathname.slice(1), { range: { offset: 0, length: Number(searchParams.get("length")) } });
    return Response.json({ length: (await object.arrayBuffer()).byteLength });
  },
};
