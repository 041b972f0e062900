// What a metadata request is held against: reads the first bytes of an image from R2, and answers how many there were.
export default {
  async fetch(request, { IMAGES }) {
    const { pathname, searchParams } = new URL(request.url);
    const range = { offset: 0, length: Number(searchParams.get("length")) };
    const object = await IMAGES.get(pathname.slice(1), { range });
    return Response.json({ length: (await object.arrayBuffer()).byteLength });
  },
};
