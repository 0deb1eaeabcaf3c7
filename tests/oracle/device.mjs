// The page where a member types her device's code, under the names of ours.
import * as pages from './pages.mjs';

// How a page of the end says it, where the code typed was right.
const OUTCOMES = { AbortedError: 'denied', AlreadyUsedError: 'too-late' };

export const deviceFlow = {
  enabled: true,
  charset: 'base-20',
  mask: '****-****',
  userCodeInputSource(ctx, theirs, out, error) {
    // Who was asked and answered is told so; any other mistake is a code that is none.
    const outcome = ctx.oidc.route === 'device_resume' ? OUTCOMES[error?.name] : undefined;
    if (error && !outcome) ctx.status = 400;
    show(ctx, outcome ? pages.deviceDone(outcome) : pages.userCode(theirs, error));
  },
  // Only a code that came with a link gets here: she is to compare it with what her device shows.
  userCodeConfirmSource: (ctx, theirs, client, info, code) => show(ctx, pages.compare(theirs, code)),
  successSource: (ctx) => show(ctx, pages.deviceDone('allowed')),
};

function show(ctx, html) {
  ctx.set(pages.HEADERS);
  ctx.body = html;
}
