// The contract's pages, as bare as they can be.
import { randomUUID } from 'node:crypto';

const escaped = (text) =>
  String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

export const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

const page = (main, lang = 'en') =>
  `<!doctype html><html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}"><title>Oracle</title>${main}</html>`;

const form = (id, inside) => `<form id="${id}" method="post" action="">${inside}</form>`;

const hidden = (name, value) => `<input type="hidden" name="${name}" value="${escaped(value)}">`;

const named = (theirs, id, ours) => theirs.replace(`id="${id}"`, `id="${ours}"`);

const LANGUAGES = ['en', 'hi', 'ar'];

// The first of `ui_locales` that there is.
const language = (wishes = '') =>
  wishes.split(' ').map((wish) => wish.split('-')[0]).find((wish) => LANGUAGES.includes(wish));

const phoneForm = (hint = '') => form(
  'phone-form',
  `<input id="phone" name="phone" value="${/^\+\d{7,15}$/.test(hint) ? hint : ''}"><button id="continue">Continue</button>`,
);

export const phone = ({ login_hint: hint, ui_locales: wishes }) =>
  page(`<main>${phoneForm(hint)}</main>`, language(wishes));

export const code = () =>
  page(`<main>${form('code-form', '<input id="code" name="code"><button id="verify">Verify</button>')}</main>`);

export const chooser = () =>
  page(`<main>${form('continue-form', `${hidden('action', 'continue')}<button>Continue</button>`)}${phoneForm()}</main>`);

const items = (scopes, kind) =>
  scopes.map((scope) => `<li data-${kind}="${escaped(scope)}">${escaped(scope)}</li>`).join('');

export const consent = (asked, allowed) => page(`<main>${form('consent-form', `
<ul>${items(asked, 'scope')}</ul><ul>${items(allowed, 'allowed')}</ul>
<button id="allow" name="decision" value="allow">Allow</button><button id="deny" name="decision" value="deny">No</button>`)}</main>`);

export const revoke = () => page(`<main>${form('revoke-form', '<button>Disconnect</button>')}</main>`);

export const account = () => page('<main id="account"></main>');

export const signedOut = () => page('<main id="signed-out"></main>');

// `confirm` says that she typed the code and did not follow a link with it.
export const userCode = (theirs, wrong) => page(`<main>${
  named(theirs, 'op.deviceInputForm', 'device-form')
    .replace('name="user_code"', `id="user_code" name="user_code"${wrong ? ' aria-invalid="true"' : ''}`)
    .replace('</form>', `${hidden('confirm', 'yes')}<button>Continue</button></form>`)
}${wrong ? '<p role="alert">That code is not right.</p>' : ''}</main>`);

export const compare = (theirs, code) => page(`<main><p id="compare">${escaped(code)}</p>${
  named(theirs, 'op.deviceConfirmForm', 'device-form')
    .replace('name="user_code"', 'id="user_code" name="user_code"')
    .replace('</form>', '<button>Continue</button></form>')
}</main>`);

export const deviceDone = (outcome) => page(`<main id="device-done" data-outcome="${outcome}"></main>`);

// oidc-provider's own form, with the contract's name, saying yes; by itself, if there is nothing to ask.
export const logout = (theirs, itself) => page(`<main>${
  named(theirs, 'op.logoutForm', 'logout-form').replace('</form>', `${hidden('logout', 'yes')}<button>Sign out</button></form>`)
}</main>${itself ? '<script>document.forms[0].submit()</script>' : ''}`);

export const error = (cause) =>
  page(`<main id="error" data-error="${escaped(cause)}"><p>${randomUUID()}</p></main>`);
