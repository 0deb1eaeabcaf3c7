// A store in memory: the peer's own store would be a DynamoDB adapter, and its calls are not what is measured.
const items = new Map();

export class MemoryAdapter {
  constructor(model) {
    this.model = model;
  }

  key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    items.set(this.key(id), payload);
  }

  async find(id) {
    return items.get(this.key(id));
  }

  async findByUid(uid) {
    return [...items.values()].find((item) => item.uid === uid);
  }

  async findByUserCode(userCode) {
    return [...items.values()].find((item) => item.userCode === userCode);
  }

  async consume(id) {
    const item = items.get(this.key(id));
    if (item) item.consumed = true;
  }

  async destroy(id) {
    items.delete(this.key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, item] of items) if (item.grantId === grantId) items.delete(key);
  }
}
