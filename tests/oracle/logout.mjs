// oidc-provider always asks before it signs out, and leaves to the page whether its form sends itself. With a hint that is
// the session's own there is nothing to ask (RP-Initiated Logout 1.0 s2).
import * as pages from './pages.mjs';

// `names` says what a client calls a member.
export const logoutPage = (names) => (ctx, form) => {
  const { session, entities } = ctx.oidc;
  const hint = entities.IdTokenHint?.payload;
  const hers = hint !== undefined && hint.sub === names(session.accountId, entities.Client);
  // There is a `sid` in ID tokens of clients alone that are told by the back channel.
  const proven = hers && [undefined, session.sidFor(entities.Client.clientId)].includes(hint.sid);
  ctx.set(pages.HEADERS);
  ctx.body = pages.logout(form, proven);
};
