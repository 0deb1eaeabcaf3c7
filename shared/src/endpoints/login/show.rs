//! The two pages of a sign-in.

use http::{StatusCode, header};

use super::{Login, Step, phone::countries};
use crate::{
    endpoints::{screen::Screen, session_cookie::SessionCookie},
    model::{Errand, Stage},
    pages::{self, CodePage, CodeProblem, FormKey, PhonePage, PhoneProblem},
    types::{PhoneNumber, Timestamp},
    wire::{Response, metadata::path, respond},
};

impl Login {
    /// The phone page. `typed` is what she typed, to be corrected; otherwise the number known so far.
    pub(super) fn phone_page(
        &self,
        step: &Step<'_>,
        typed: Option<&str>,
        problem: Option<PhoneProblem>,
    ) -> Response {
        let tenant = step.tenant();
        let cookie = SessionCookie::read(&self.keyring, tenant, step.request.headers());
        let offer = matches!(step.transaction.stage, Stage::Phone { choose: true });
        let page = PhonePage {
            app: &step.app,
            form: FormKey {
                transaction: &step.transaction.id.to_string(),
                csrf: &self.form_token(step),
            },
            value: typed.or_else(|| known_number(step)).unwrap_or_default(),
            countries: &countries(step),
            problem,
            has_session_note: cookie.is_some() && !offer,
            continue_as: cookie
                .as_ref()
                .filter(|_| offer)
                .map(|c| c.masked_number.as_str()),
        };
        let status = match problem {
            None => StatusCode::OK,
            Some(PhoneProblem::TryLater { .. }) => StatusCode::TOO_MANY_REQUESTS,
            Some(_) => StatusCode::BAD_REQUEST,
        };
        // In another language it is still the number she is about to type, whatever step waits behind it.
        let mut response = self
            .screen(step, "&change=1")
            .show(status, &form_action(step), |shell| pages::phone(shell, &page));
        if let Some(PhoneProblem::TryLater { minutes }) = problem {
            respond::put(&mut response, header::RETRY_AFTER, &(minutes * 60).to_string());
        }
        response
    }

    /// The code page.
    pub(super) fn code_page(&self, step: &Step<'_>, problem: Option<CodeProblem>, resent: bool) -> Response {
        let Stage::Code {
            number,
            expires_at,
            next_resend,
            ..
        } = &step.transaction.stage
        else {
            return self.phone_page(step, None, None);
        };
        let now = step.browser.now;
        let expired = expires_at.is_past(now);
        // An expired code says so at once, not only after she has typed it.
        let problem = problem.or(expired.then_some(CodeProblem::Expired));
        let wait = |t: &Timestamp| if expired { 0 } else { t.seconds_since(now) };
        let page = CodePage {
            app: &step.app,
            form: FormKey {
                transaction: &step.transaction.id.to_string(),
                csrf: &self.form_token(step),
            },
            masked_number: &number.masked(),
            change_number_href: &format!("{}&change=1", step.transaction.link(path::LOGIN)),
            minutes_left: expires_at.seconds_since(now).div_ceil(60),
            resend_wait: if expired {
                Some(0)
            } else {
                next_resend.as_ref().map(wait)
            },
            problem,
            resent,
        };
        let status = match problem {
            None => StatusCode::OK,
            Some(CodeProblem::ResendWait { .. } | CodeProblem::NoMoreResends | CodeProblem::TooManyTries) => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Some(_) => StatusCode::BAD_REQUEST,
        };
        let mut response = self
            .screen(step, "")
            .show(status, &form_action(step), |shell| pages::code(shell, &page));
        let retry_after = match problem {
            Some(CodeProblem::ResendWait { seconds }) => Some(seconds),
            // A new code can be had at once, or as soon as this one is over.
            Some(CodeProblem::TooManyTries) => Some(0),
            Some(CodeProblem::NoMoreResends) => Some(expires_at.seconds_since(now)),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            respond::put(&mut response, header::RETRY_AFTER, &seconds.to_string());
        }
        response
    }

    fn screen<'a>(&'a self, step: &'a Step<'_>, page: &str) -> Screen<'a> {
        Screen::new(step.tenant(), step.locale, &*self.random)
            .at(format!("{}{page}", step.transaction.link(path::LOGIN)))
    }

    fn form_token(&self, step: &Step<'_>) -> String {
        self.keyring
            .form_token(&step.tenant().id, &step.transaction.id.to_string())
    }
}

/// Where the forms may lead: a remembered consent takes her straight back to the partner.
fn form_action(step: &Step<'_>) -> String {
    step.transaction.errand.form_action()
}

/// The number this transaction knows of: typed before, or hinted by the partner.
fn known_number<'a>(step: &'a Step<'_>) -> Option<&'a str> {
    match (&step.transaction.stage, &step.transaction.errand) {
        (Stage::Code { number, .. }, _) => Some(number.as_str()),
        (Stage::Phone { .. }, Errand::Authorization(asked)) => {
            asked.login_hint.as_ref().map(PhoneNumber::as_str)
        }
        _ => None,
    }
}
