// The floor: what HTTP itself costs in workerd. It answers the body that it got, unread.

const ANSWER = { headers: new Headers({ "content-type": "application/json" }) };

export default {
  async fetch(request) {
    return new Response(await request.arrayBuffer(), ANSWER);
  },
};
