// The demo's members as accounts.
import { createHash } from 'node:crypto';

export class Members {
  constructor(list = []) {
    this.list = list;
  }

  byNumber(number) {
    return this.list.find((member) => member.number === number);
  }

  // Whoever may hold tokens; a suspended member is nobody.
  async account(id) {
    const member = this.list.find((one) => one.id === id && one.status !== 'suspended');
    if (!member) return undefined;
    const { profile = {}, number } = member;
    return {
      accountId: id,
      claims: () => ({ sub: id, ...profile, phone_number: number, phone_number_verified: true }),
    };
  }
}

// A member's name towards one sector, the same for ever.
export const pairwise = (brand, account, sector) =>
  createHash('sha256').update(`${brand} ${sector} ${account}`).digest('base64url');
